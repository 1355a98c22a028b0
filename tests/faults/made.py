"""The faults, each made to happen to one place; each says what it found, and how long it took."""

import asyncio
import signal

from nats.js.errors import NotFoundError
from sqlalchemy import make_url, text

from events.broker import jetstream_of
from events.stream import STREAM, TRACKER
from services.store.database import Database
from tests.faults.fault import Fault, ended_well
from tests.faults.place import RECIPIENTS, Findings, Place


async def killed_at_random(place: Place) -> Findings:
    """kill -9 after some time between nothing and a second."""
    await place.publish(place.made_up(place.random.randrange(2, 30)))
    await place.serve()
    await asyncio.sleep(place.random.random())
    place.kill()
    await place.gone()
    await place.serve()
    return await ended_well(place, may_double=True)


async def killed_a_hundred_times(place: Place) -> Findings:
    """kill -9 again and again, wherever it is, with more events each time."""
    for _ in range(100):
        await place.publish(place.made_up(place.random.randrange(1, 4)))
        await place.serve()
        await asyncio.sleep(1.5 * place.random.random())
        place.kill()
        await place.gone()
    await place.serve()
    return await ended_well(place, may_double=True)


def killed_at(step: str) -> Fault:
    """kill -9 at a named step."""

    async def fault(place: Place) -> Findings:
        await place.publish(place.made_up(place.random.randrange(2, 12)))
        await place.serve(step=step, call=place.random.randrange(1, 4) if "mail" in step else 1)
        await place.gone(8)
        place.kill()
        await place.gone()
        await place.serve()
        return await ended_well(place, may_double=True)

    return fault


async def broker_killed(place: Place) -> Findings:
    """kill -9 of the broker, which is started again on its store and at its address."""
    await place.serve()
    await place.publish(place.made_up(20))
    await asyncio.sleep(place.random.random() / 2)
    await place.restart_broker()
    await place.publish(place.made_up(5))
    return await ended_well(place)


async def consumer_deleted(place: Place) -> Findings:
    """The durable consumer is deleted under a tracker at work."""
    await place.serve()
    await place.publish(place.made_up(10))
    await asyncio.sleep(place.random.random())
    await jetstream_of(place.broker).delete_consumer(STREAM, TRACKER)
    await place.publish(place.made_up(10))
    return await ended_well(place)


async def stream_deleted(place: Place) -> Findings:
    """The stream is deleted, and each source sends again what it had sent."""
    await place.serve()
    await place.publish(place.made_up(10))
    await place.settled(mailed=False)
    await jetstream_of(place.broker).delete_stream(STREAM)
    for _ in range(300):
        try:
            await jetstream_of(place.broker).stream_info(STREAM)
            break
        except NotFoundError:
            await asyncio.sleep(0.1)
    await place.publish(list(place.sent.values()))
    place.bad = 2
    return await ended_well(place)


async def sessions_ended(place: Place) -> Findings:
    """PostgreSQL ends every session (57P01), several times."""
    await place.serve()
    for _ in range(4):
        await place.publish(place.made_up(8))
        await asyncio.sleep(place.random.random() / 2)
        async with place.database.writing() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
    assert place.runs(), (place.launcher.folder / "serve.log").read_text("utf-8")[-1500:]
    return await ended_well(place)


async def database_read_only(place: Place) -> Findings:
    """The database takes nothing for a while, and nothing good is set aside meanwhile."""
    await place.serve()
    await place.publish(place.made_up(5))
    await place.settled(mailed=False)
    name = make_url(place.url).database
    for state in ("on", "off"):
        async with place.database.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await free.execute(text("SET default_transaction_read_only = off"))
            await free.execute(
                text(f"ALTER DATABASE {name} SET default_transaction_read_only={state}")
            )
            await free.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await place.database.engine.dispose()
        if state == "on":
            await place.publish(place.made_up(5))
            await asyncio.sleep(3)
    assert place.runs()
    return await ended_well(place)


async def mail_refused(place: Place) -> Findings:
    """Mail is put off with 421 and 450 for some, and taken later."""
    place.mail.answers = {
        f"r{n}@council.example": place.random.choice(("421 later", "450 later")) for n in range(3)
    }
    await place.publish(place.made_up(4))
    await place.serve()
    while len(place.mail.ids) < RECIPIENTS - 3:
        await asyncio.sleep(0.05)
    place.mail.answers.clear()
    async with place.database.writing() as connection:
        await connection.execute(text("UPDATE digests SET next_attempt_at = NULL"))
    return await ended_well(place)


async def mail_cut(place: Place) -> Findings:
    """The connection is cut after the final dot: it went, and nobody was told."""
    place.mail.cut = 3
    await place.publish(place.made_up(4))
    await place.serve()
    return await ended_well(place, may_double=True)


async def stopped_in_time(place: Place) -> Findings:
    """SIGTERM while events are worked through and mail hangs: gone within ten seconds."""
    place.mail.hang = 4.0
    await place.publish(place.made_up(30))
    await place.serve()
    await asyncio.sleep(0.5 + place.random.random())
    place.kill(signal.SIGTERM)
    in_time = await place.gone(10)
    place.kill()
    place.mail.hang = 0.0
    await place.gone()
    await place.serve()
    found = await ended_well(place, may_double=True)
    if not in_time:
        found.wrong += 1
        found.notes.append("it took longer than ten seconds to stop")
    return found


async def mail_down(place: Place) -> Findings:
    """Nobody listens where the mail server was; then it is back."""
    place.mail.stop()
    await place.publish(place.made_up(4))
    await place.serve()
    await place.settled(mailed=False)
    await asyncio.sleep(2)
    place.mail.start()
    async with place.database.writing() as connection:
        await connection.execute(text("UPDATE digests SET next_attempt_at = NULL"))
    return await ended_well(place)


async def backlog_killed(place: Place) -> Findings:
    """kill -9 while a backlog is stored, and derived in every process that helps."""
    await place.publish(place.made_up(700))
    await place.serve()
    await asyncio.sleep(1 + 4 * place.random.random())
    place.kill()
    await place.gone()
    await place.serve()
    return await ended_well(place, may_double=True)


async def database_locked(place: Place) -> Findings:
    """Somebody else holds the database, or a table that everything needs, for longer than usual."""
    await place.serve()
    await place.publish(place.made_up(5))
    await place.settled(mailed=False)
    async with place.database.writing() as connection:
        if not place.database.is_sqlite:
            await connection.execute(text("LOCK TABLE events, people IN ACCESS EXCLUSIVE MODE"))
        await place.publish(place.made_up(5))
        await asyncio.sleep(place.random.choice((3, 28)))
    return await ended_well(place)


async def two_trackers(place: Place) -> Findings:
    """Two of everything at work; one is killed, and the other goes on."""
    await place.publish(place.made_up(40))
    await place.serve()
    first = place.pid
    await place.serve()
    await place.publish(place.made_up(40))
    await asyncio.sleep(2 * place.random.random())
    place.pid, second = first, place.pid
    place.kill()
    await place.gone()
    place.pid = second
    await place.publish(place.made_up(10))
    return await ended_well(place, may_double=True)


async def nobody_let_in(place: Place) -> Findings:
    """PostgreSQL lets nobody in for a while, and ends who is."""
    await place.serve()
    await place.publish(place.made_up(5))
    await place.settled(mailed=False)
    name = make_url(place.url).database
    admin = Database(place.url.replace(f"/{name}?", "/postgres?"))
    for state in ("false", "true"):
        async with admin.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await free.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {state}"))
            await free.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                ),
                {"name": name},
            )
        if state == "false":
            await place.publish(place.made_up(5))
            await asyncio.sleep(3)
    await admin.close()
    await place.database.engine.dispose()
    return await ended_well(place)

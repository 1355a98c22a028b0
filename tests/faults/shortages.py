"""Faults of what there is too little of: time, connections, disk, room in the stream, turns."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from events.broker import jetstream_of
from events.publish import NotStoredError
from events.stream import STREAM, stream_config
from tests.faults.fault import Fault, ended_well
from tests.faults.place import Findings, Place
from tests.faults.proxy import SlowDatabase

_SMALL_DISK = "24m"


async def _through(place: Place) -> SlowDatabase:
    """The program's way to its database, from now on through something slow."""
    target = place.url.split("host=")[1]
    slow = SlowDatabase(place.folder / "slow", target, place.random)
    await slow.start()
    place.program_url = place.url.replace(target, str(slow.folder))
    return slow


async def slow_database(place: Place) -> Findings:
    """Each piece to and from the database takes up to a tenth of a second, for a while."""
    slow = await _through(place)
    try:
        slow.delay = 0.1
        await place.serve()
        for _ in range(5):
            await place.publish(place.made_up(6))
            await asyncio.sleep(1)
        slow.delay = 0.0
        return await ended_well(place)
    finally:
        place.kill()
        await slow.stop()


async def swallowed(place: Place) -> Findings:
    """The connections to the database swallow what they are given, and do not end."""
    slow = await _through(place)
    try:
        await place.serve()
        await place.publish(place.made_up(6))
        await place.settled(mailed=False)
        slow.swallows = True
        await place.publish(place.made_up(6))
        await asyncio.sleep(5)
        slow.swallows = False
        return await ended_well(place)
    finally:
        place.kill()
        await slow.stop()


async def out_of_connections(place: Place) -> Findings:
    """Others take every connection that PostgreSQL has; whoever had one loses it."""
    await place.serve()
    await place.publish(place.made_up(5))
    await place.settled(mailed=False)
    others = create_async_engine(place.url, poolclass=NullPool)
    async with place.database.engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await free.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        taken = []
        with suppress(Exception):  # the driver has several for it
            while True:
                taken.append(await others.connect())
        await place.publish(place.made_up(5))
        await asyncio.sleep(4)
        for one in taken:
            await one.close()
    await others.dispose()
    return await ended_well(place)


async def deadlocked(place: Place) -> Findings:
    """Somebody locks what the tracker needs, and then what it holds: one of the two must go."""
    await place.serve()
    await place.publish(place.made_up(5))
    await place.settled(mailed=False)
    for _ in range(3):
        with suppress(DBAPIError):
            async with place.database.writing() as connection:
                await connection.execute(text("LOCK TABLE periods IN ACCESS EXCLUSIVE MODE"))
                await place.publish(place.made_up(5))
                await asyncio.sleep(0.5)
                await connection.execute(text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
    return await ended_well(place)


async def disk_full(place: Place) -> Findings:
    """The disk of the database is full for a while; only root can mount such a small one."""
    where = place.folder / "small"
    where.mkdir()
    if os.geteuid() != 0 or not _mounted(str(where)):
        return Findings(notes=["not tried: it needs somebody who may mount"])
    try:
        await place.move_store(where / "store.sqlite")
        await place.serve()
        await place.publish(place.made_up(5))
        await place.settled(mailed=False)
        junk = where / "junk"
        with suppress(OSError), junk.open("wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()
        await place.publish(place.made_up(5))
        await asyncio.sleep(4)
        junk.unlink()
        return await ended_well(place)
    finally:
        place.kill()
        await place.gone()
        await place.database.close()
        _unmount(str(where))


def _mounted(where: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SMALL_DISK}", "tmpfs", where]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _unmount(where: str) -> None:
    subprocess.run(["umount", "-l", where], check=False)


async def stream_full(place: Place) -> Findings:
    """The stream takes nothing more, and publishers are told; once it is larger they send again."""
    place.more_environment["SIGHTLINE_NATS_MAX_BYTES"] = "40000"
    await jetstream_of(place.broker).update_stream(stream_config(40_000))
    await place.serve()
    refused = []
    for _ in range(12):
        events = place.made_up(6)
        try:
            await place.publish(events)
        except NotStoredError:
            refused.append(events)
            place.bad -= 1
    place.kill()
    await place.gone()
    assert refused, (await jetstream_of(place.broker).stream_info(STREAM)).state.bytes
    place.more_environment.clear()
    await place.serve()
    await asyncio.sleep(1)
    for events in refused:
        await place.publish(events)
    return await ended_well(place, may_double=True)


async def paused(place: Place) -> Findings:
    """One of two trackers stands still with a batch in its hands, and wakes up when it is done."""
    await place.serve()
    first = place.pid
    await place.serve()
    second = place.pid
    await place.publish(place.made_up(20))
    place.pid = first
    await asyncio.sleep(place.random.random() / 2)
    place.kill(signal.SIGSTOP)
    await place.publish(place.made_up(20))
    await asyncio.sleep(14)
    place.kill(signal.SIGCONT)
    found = await ended_well(place, may_double=True)
    place.kill()
    await place.gone()
    place.pid = second
    return found


SHORTAGES: Mapping[str, Fault] = {"stream full, then larger": stream_full}
OF_SQLITE: Mapping[str, Fault] = {"disk of the database full": disk_full}
OF_POSTGRESQL: Mapping[str, Fault] = {
    "database slow": slow_database,
    "database's connections swallow": swallowed,
    "no connection left": out_of_connections,
    "deadlocked": deadlocked,
    "one of two trackers stands still": paused,
}

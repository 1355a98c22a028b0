"""`sightline import ssda903`: files that councils already make, as events."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from events.publish import NotStoredError, parcel, publish
from schemas.days import london_day
from services.commands.console import (
    MISUSED,
    WRONG,
    Json,
    err,
    fail,
    print_json,
    progress,
    run,
    say,
    time_option,
)
from services.imports.bringing import Brought, HeldNow, Send, bring
from services.imports.faults import FaultReport
from services.imports.held import held_of
from services.imports.rows import Row
from services.imports.sayings import Held, Voice
from services.imports.ssda903.children import ChildReturn, read_child
from services.imports.ssda903.reading import Return, files_in, read_return
from services.imports.ssda903.years import CollectionYear, read_year
from services.records.database import Database
from services.runtime import opened_broker, opened_database
from services.settings import Settings, load_policy, load_settings

app = typer.Typer(no_args_is_help=True, help="Bring in files that councils already make.")

RETURN_SOURCE = "/return/ssda903"

_Paths = Annotated[list[Path], typer.Argument(help="Files, or a folder that holds them.")]
_Year = Annotated[str, typer.Option("--year", help="The collection year, such as 2025/26.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and report; send nothing.")]
_Publish = Annotated[bool, typer.Option("--publish", help="Put what is new on the broker.")]
_Report = Annotated[Path | None, typer.Option("--report", help="Save every fault as CSV.")]
_Source = Annotated[str, typer.Option("--source", help="The CloudEvents source to speak for.")]
_AsAt = Annotated[
    str,
    typer.Option("--as-at", help="When the files were made, RFC 3339; else their own latest time."),
]


@app.callback()
def imports() -> None:
    """Bring in files that councils already make."""


@app.command("ssda903")
def ssda903(
    paths: _Paths,
    year: _Year = "",
    dry_run: _DryRun = False,
    to_broker: _Publish = False,
    report: _Report = None,
    source: _Source = RETURN_SOURCE,
    as_at: _AsAt = "",
    as_json: Json = False,
) -> None:
    """Import the annual return of looked-after children: its CSV files or its XML.

    Without --dry-run and --publish the events are written to standard output, one a line.
    """
    told = Return()
    try:
        told.year = read_year(year) if year else None
    except ValueError as error:
        fail(f"--year is {year!r}; {error}.", MISUSED)
    try:
        files = files_in(paths)
    except FileNotFoundError as error:
        fail(error, MISUSED)
    voice = Voice(source, _made_at(files, as_at))
    way = Way(load_settings(), dry_run=dry_run, to_broker=to_broker and not dry_run)
    faults = FaultReport(keeps_all=report is not None)
    try:
        summary = run(_import_return(way, files, told, voice, faults))
    except (NotStoredError, OSError) as error:
        fail(error)
    if report:
        faults.save(report)
    _tell(summary, way, faults, report, as_json=as_json)
    if faults.total:
        raise typer.Exit(WRONG)


@dataclass(frozen=True, slots=True)
class Way:
    """Where the events go: to the broker, to nowhere, or else to standard output."""

    settings: Settings
    dry_run: bool
    to_broker: bool

    @property
    def to_stdout(self) -> bool:
        """Whether the events are what is printed."""
        return not (self.dry_run or self.to_broker)


@dataclass(slots=True)
class Summary:
    """What came of a return."""

    told: Return
    brought: Brought
    open: Counter[str]
    care_leavers: Counter[str]

    def as_json(self, faults: FaultReport) -> dict[str, Any]:
        """One object with every figure."""
        return {
            "year": str(self.told.year),
            "people": self.brought.people,
            "events": dict(sorted(self.brought.told.items())),
            "news": dict(sorted(self.brought.news.items())),
            "open": {kind: self.open[kind] for kind in ("care", "placement", "accommodation")},
            "care_leavers": dict(sorted(self.care_leavers.items())),
            "files": [
                {
                    "file": file.name,
                    "table": file.table,
                    "rows": file.rows,
                    "left_out": faults.left_out(file.name, file.table),
                }
                for file in self.told.files
            ],
            "faults": {became.value: number for became, number in sorted(faults.became.items())},
            "notes": self.told.notes,
        }


async def _import_return(
    way: Way, files: Sequence[Path], told: Return, voice: Voice, faults: FaultReport
) -> Summary:
    summary = Summary(told, Brought(), Counter(), Counter())
    today = london_day(voice.as_at)
    async with _held_and_sent(way, voice) as (held_now, send):
        with progress() as bar:
            reading = bar.add_task("Reading", total=None)
            children = read_return(files, told, faults, lambda: bar.advance(reading))
            comparing = bar.add_task("Comparing", total=None)
            settled: tuple[CollectionYear, frozenset[str]] | None = None

            def read(child: str, rows: list[Row], held: Held) -> ChildReturn:
                nonlocal settled
                if settled is None:
                    settled = told.settle_year(today), frozenset(told.tables)
                    bar.update(comparing, total=sum(file.rows for file in told.files))
                bar.advance(comparing, len(rows))
                return read_child(child, rows, *settled, held)

            bringing = bring(children, read, voice, held_now, send, faults, summary.brought)
            async for child, _ in bringing:
                summary.open += child.open
                if child.accommodation:
                    summary.care_leavers[child.accommodation] += 1
        if settled is None:
            told.settle_year(today)
    return summary


@asynccontextmanager
async def _held_and_sent(way: Way, voice: Voice) -> AsyncIterator[tuple[HeldNow, Send]]:
    """What is held to compare with, and where what is new goes."""
    policy = load_policy(way.settings.policy)
    async with AsyncExitStack() as stack:
        database: Database | None = None
        if way.to_broker or (way.dry_run and _has_database(way.settings)):
            database = await stack.enter_async_context(opened_database(way.settings))
        broker = None
        if way.to_broker:
            broker, _ = await stack.enter_async_context(opened_broker(way.settings))

        async def held_now(subjects: Sequence[str]) -> dict[str, Held]:
            if database is None:
                return {}
            async with database.reading() as connection:
                return await held_of(connection, policy, voice.source, subjects)

        async def send(events: list[dict[str, Any]]) -> None:
            if broker is not None:
                async for _ in publish(broker, (parcel(orjson.dumps(item)) for item in events)):
                    pass
            elif way.to_stdout:
                for item in events:
                    sys.stdout.buffer.write(orjson.dumps(item) + b"\n")

        yield held_now, send


def _has_database(settings: Settings) -> bool:
    return not settings.embedded_database or (settings.data_dir / "sightline.sqlite").exists()


def _made_at(files: Sequence[Path], as_at: str) -> datetime:
    """When the files were made: as told, or the latest time that they carry, never the future."""
    told = time_option(as_at, "--as-at")
    if told is not None:
        return told
    latest = max(file.stat().st_mtime for file in files)
    return min(datetime.fromtimestamp(latest, UTC), datetime.now(UTC)).replace(microsecond=0)


def _tell(
    summary: Summary, way: Way, faults: FaultReport, report: Path | None, *, as_json: bool
) -> None:
    """The summary: on standard output, but where that is taken by the events."""
    if as_json:
        told = summary.as_json(faults)
        if way.to_stdout:
            err.print(orjson.dumps(told).decode(), markup=False, soft_wrap=True)
        else:
            print_json([told])
        return
    lines = list(_lines(summary, way, faults, report))
    if way.to_stdout:
        for line in lines:
            err.print(line, markup=False, soft_wrap=True)
    else:
        say(*lines)


def _lines(summary: Summary, way: Way, faults: FaultReport, report: Path | None) -> list[str]:
    told = summary.told
    lines = list(told.notes)
    for file in told.files:
        left_out = faults.left_out(file.name, file.table)
        lines.append(
            f"{file.name} ({file.table or 'no known table'}): {file.rows:,} rows read, "
            f"{left_out:,} left out."
        )
    lines.append(
        f"{summary.brought.people:,} young people; open: {summary.open['care']:,} periods of care, "
        f"{summary.open['placement']:,} placements."
    )
    if summary.care_leavers:
        by_letter = ", ".join(f"{code} {n:,}" for code, n in sorted(summary.care_leavers.items()))
        lines.append(f"Care leavers by accommodation: {by_letter}.")
    lines += (fault.sentence for fault in faults.first)
    if faults.total > len(faults.first):
        lines.append(f"... and {faults.total - len(faults.first):,} faults more.")
    lines += (
        f"{file} {column}: {number:,} {became.value}".replace("  ", " ")
        for (file, column, became), number in sorted(faults.places.items())
    )
    if report:
        lines.append(f"Every fault stands in {report}.")
    elif faults.total:
        lines.append("Save every fault as CSV with --report FILE.")
    news = summary.brought.news.total()
    same = f"{summary.brought.told.total():,} things are said"
    if way.to_broker:
        lines.append(f"{same}; {news:,} events were news and are on the broker.")
    elif way.dry_run:
        lines.append(f"{same}; {news:,} events would be news. Nothing was sent.")
    else:
        lines.append(f"{news:,} events were written.")
    return lines

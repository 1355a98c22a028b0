"""What import commands share: the stored data to compare with, and where events are sent."""

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from events.backlog import backlog
from events.broker import Broker
from events.channel import BY_COMMAND
from events.publish import publish, to_message
from events.wire import read_message
from schemas.envelope import Event, read_event
from schemas.policy import Policy
from services.bootstrap.database import open_database
from services.bootstrap.runtime import open_broker
from services.cli.console import NOTHING_DONE, WRONG, err, print_json, print_plain, time_option
from services.clock import now_utc
from services.imports.tabular.faults import FaultReport
from services.settings import Settings, load_policy
from services.sources.completeness import completed_snapshots
from services.sources.holdings import load_holdings
from services.sources.statements import Holdings
from services.store import event_log, question_counts
from services.store.database import Database
from services.store.question_counts import Imported

DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and report; send nothing.")]
Report = Annotated[Path | None, typer.Option("--report", help="Save every fault as CSV.")]
AsAt = Annotated[
    str,
    typer.Option("--as-at", help="When the files were made, RFC 3339; else their own latest time."),
]


@dataclass(frozen=True, slots=True)
class Target:
    """Where the events go: to the broker, to nowhere, or else to standard output."""

    settings: Settings
    dry_run: bool
    to_broker: bool

    @property
    def to_stdout(self) -> bool:
        """Whether the events go to standard output."""
        return not (self.dry_run or self.to_broker)


@dataclass(frozen=True, slots=True)
class OpenTarget:
    """The database with what is held of a source, and the broker, both open.

    Events that the source dates after `until` are ignored. Without a database nothing is held.
    `waiting` are the source's events that are on the broker and may not be in the store yet, by
    subject. They are kept as JSON, which takes less memory: it may be a whole return.
    """

    target: Target
    policy: Policy
    source: str
    until: datetime | None
    database: Database | None
    broker: Broker | None
    subjects: Sequence[str]
    waiting: Mapping[str, list[bytes]] = field(default_factory=dict)

    async def last_snapshot(self) -> datetime | None:
        """As at when the source's last snapshot was; None where there is none."""
        if self.database is None:
            return None
        async with self.database.reading() as connection:
            completed = (await completed_snapshots(connection, self.policy)).get(self.source)
        return completed.as_at if completed else None

    async def load_holdings(self, subjects: Sequence[str]) -> dict[str, Holdings]:
        """What is held of some subjects, by subject."""
        if self.database is None:
            return {}
        waiting = [
            event
            for subject in subjects
            for raw in self.waiting.get(subject, ())
            if isinstance(event := read_event(orjson.loads(raw)), Event)
        ]
        async with self.database.reading() as connection:
            return await load_holdings(
                connection, self.policy, self.source, subjects, self.until, waiting
            )

    async def send(self, events: Sequence[dict[str, Any]]) -> None:
        """Send events to the broker or to standard output; in a dry run, nowhere."""
        if self.broker is not None:
            messages = (to_message(orjson.dumps(item), BY_COMMAND) for item in events)
            async for _ in publish(self.broker, messages):
                pass
        elif self.target.to_stdout:
            for item in events:
                sys.stdout.buffer.write(orjson.dumps(item) + b"\n")

    async def keep(self, kind: str, as_at: datetime, report: FaultReport) -> None:
        """Keep the counts of faults for the page of data quality; only where events were sent."""
        if self.database is None or not self.target.to_broker:
            return
        faults = [
            [file, column, became.value, number]
            for (file, column, became), number in sorted(report.places.items())
        ]
        imported = Imported(self.source, kind, as_at, now_utc(), faults)
        async with self.database.writing() as connection:
            await question_counts.keep_import(connection, imported)


@asynccontextmanager
async def open_target(
    target: Target, source: str, until: datetime | None = None
) -> AsyncIterator[OpenTarget]:
    """Open the database and the broker; a dry run without a database compares with nothing."""
    policy = load_policy(target.settings.policy)
    async with AsyncExitStack() as stack:
        database: Database | None = None
        broker: Broker | None = None
        subjects: list[str] = []
        if target.to_broker or (target.dry_run and _has_database(target.settings)):
            database = await stack.enter_async_context(open_database(target.settings))
            async with database.reading() as connection:
                subjects = await event_log.subjects_of(connection, source)
        if target.to_broker:
            broker, _ = await stack.enter_async_context(open_broker(target.settings))
        waiting = await _waiting_events(broker, source) if broker else {}
        all_subjects = sorted({*subjects, *waiting} - {""})
        yield OpenTarget(target, policy, source, until, database, broker, all_subjects, waiting)


async def _waiting_events(broker: Broker, source: str) -> dict[str, list[bytes]]:
    """The events of a source that the tracker has not processed yet, by subject, as JSON."""
    waiting: dict[str, list[bytes]] = {}
    async for message in backlog(broker):
        item = read_message(message)
        if isinstance(item, Event) and item.source == source:
            waiting.setdefault(item.subject, []).append(orjson.dumps(item.as_json()))
    return waiting


def _has_database(settings: Settings) -> bool:
    return not settings.embedded_database or (settings.data_dir / "sightline.sqlite").exists()


def file_time(files: Sequence[Path], as_at: str) -> datetime:
    """When the files were made: `as_at`, else their latest modification, never the future."""
    given = time_option(as_at, "--as-at")
    if given is not None:
        return given
    latest = max(file.stat().st_mtime for file in files)
    return min(datetime.fromtimestamp(latest, UTC).replace(microsecond=0), this_second())


def this_second() -> datetime:
    """Now, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def end_with_faults(faults: FaultReport, people: int) -> None:
    """End an import by what it found: a repeated row is told and is no fault of its own.

    `people` is how many young people the files told of.
    """
    if faults.wrong:
        raise typer.Exit(WRONG if people else NOTHING_DONE)


def print_summary(summary: dict[str, Any], target: Target) -> None:
    """Print a summary as one object: on standard error where the events take standard output."""
    if target.to_stdout:
        err.print(orjson.dumps(summary).decode(), markup=False, soft_wrap=True)
    else:
        print_json([summary])


def print_lines(lines: Sequence[str], target: Target) -> None:
    """Print a summary for people: on standard error where the events take standard output."""
    if target.to_stdout:
        for line in lines:
            err.print(line, markup=False, soft_wrap=True)
    else:
        print_plain(*lines)

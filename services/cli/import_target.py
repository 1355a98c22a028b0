"""What commands that bring files in share: what is held to compare with, and where events go."""

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
from events.publish import publish, to_message
from events.wire import read_message
from schemas.envelope import Event, read_event
from schemas.policy import Policy
from services.bootstrap import opened_broker, opened_database
from services.cli.console import err, print_json, say, time_option
from services.imports.tabular.faults import FaultReport
from services.settings import Settings, load_policy
from services.sources.completeness import ends_of_snapshots
from services.sources.holdings import held_of
from services.sources.statements import Held
from services.store import event_log, question_counts
from services.store.database import Database
from services.store.question_counts import Imported
from services.tracking.handler import now_utc

DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and report; send nothing.")]
Report = Annotated[Path | None, typer.Option("--report", help="Save every fault as CSV.")]
AsAt = Annotated[
    str,
    typer.Option("--as-at", help="When the files were made, RFC 3339; else their own latest time."),
]


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


@dataclass(frozen=True, slots=True)
class OpenedWay:
    """What is held of a source, and the way out, both open.

    What the source said after `until` is left aside. Without a database nothing is held.
    """

    way: Way
    policy: Policy
    source: str
    until: datetime | None
    database: Database | None
    broker: Broker | None
    subjects: Sequence[str]
    waiting: Mapping[str, list[bytes]] = field(default_factory=dict)
    """What the source has said that is on the broker, and may not be in the store yet, by subject,
    as JSON: it may be a whole return."""

    async def last_snapshot(self) -> datetime | None:
        """As at when the source's last snapshot was taken; None where there is none."""
        if self.database is None:
            return None
        async with self.database.reading() as connection:
            ended = (await ends_of_snapshots(connection)).get(self.source)
        return ended.as_at if ended else None

    async def held_now(self, subjects: Sequence[str]) -> dict[str, Held]:
        """What is held of some subjects."""
        if self.database is None:
            return {}
        waiting = [
            event
            for subject in subjects
            for raw in self.waiting.get(subject, ())
            if isinstance(event := read_event(orjson.loads(raw)), Event)
        ]
        async with self.database.reading() as connection:
            return await held_of(
                connection, self.policy, self.source, subjects, self.until, waiting
            )

    async def send(self, events: Sequence[dict[str, Any]]) -> None:
        """Send events where they go."""
        if self.broker is not None:
            messages = (to_message(orjson.dumps(item)) for item in events)
            async for _ in publish(self.broker, messages):
                pass
        elif self.way.to_stdout:
            for item in events:
                sys.stdout.buffer.write(orjson.dumps(item) + b"\n")

    async def keep(self, kind: str, as_at: datetime, report: FaultReport) -> None:
        """What was found wrong is kept, counted, where people look at data quality."""
        if self.database is None or not self.way.to_broker:
            return
        faults = [
            [file, column, became.value, number]
            for (file, column, became), number in sorted(report.places.items())
        ]
        imported = Imported(self.source, kind, as_at, now_utc(), faults)
        async with self.database.writing() as connection:
            await question_counts.keep_import(connection, imported)


@asynccontextmanager
async def opened_way(
    way: Way, source: str, until: datetime | None = None
) -> AsyncIterator[OpenedWay]:
    """Open what is held and the way out; a dry run that finds no database holds nothing."""
    policy = load_policy(way.settings.policy)
    async with AsyncExitStack() as stack:
        database: Database | None = None
        broker: Broker | None = None
        subjects: list[str] = []
        if way.to_broker or (way.dry_run and _has_database(way.settings)):
            database = await stack.enter_async_context(opened_database(way.settings))
            async with database.reading() as connection:
                subjects = await event_log.subjects_of(connection, source)
        if way.to_broker:
            broker, _ = await stack.enter_async_context(opened_broker(way.settings))
        waiting = await _waiting(broker, source) if broker else {}
        everybody = sorted({*subjects, *waiting} - {""})
        yield OpenedWay(way, policy, source, until, database, broker, everybody, waiting)


async def _waiting(broker: Broker, source: str) -> dict[str, list[bytes]]:
    """What a source has said that the tracker has not worked through yet, by subject."""
    told: dict[str, list[bytes]] = {}
    async for message in backlog(broker):
        item = read_message(message)
        if isinstance(item, Event) and item.source == source:
            told.setdefault(item.subject, []).append(orjson.dumps(item.as_json()))
    return told


def _has_database(settings: Settings) -> bool:
    return not settings.embedded_database or (settings.data_dir / "sightline.sqlite").exists()


def made_at(files: Sequence[Path], as_at: str) -> datetime:
    """When the files were made: as told, or the latest time that they carry, never the future."""
    told = time_option(as_at, "--as-at")
    if told is not None:
        return told
    latest = max(file.stat().st_mtime for file in files)
    return min(datetime.fromtimestamp(latest, UTC).replace(microsecond=0), this_second())


def this_second() -> datetime:
    """Now, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def tell_json(told: dict[str, Any], way: Way) -> None:
    """Print a summary as one object: on standard error where the events take standard output."""
    if way.to_stdout:
        err.print(orjson.dumps(told).decode(), markup=False, soft_wrap=True)
    else:
        print_json([told])


def tell_lines(lines: Sequence[str], way: Way) -> None:
    """Print a summary for people, likewise."""
    if way.to_stdout:
        for line in lines:
            err.print(line, markup=False, soft_wrap=True)
    else:
        say(*lines)

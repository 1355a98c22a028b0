"""What commands that bring files in share: what is held to compare with, and where events go."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from events.publish import parcel, publish
from services.commands.console import err, print_json, say, time_option
from services.imports.bringing import HeldNow, Send
from services.imports.held import held_of
from services.imports.sayings import Held
from services.records import event_log
from services.records.database import Database
from services.runtime import opened_broker, opened_database
from services.settings import Settings, load_policy

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
    """What is held of a source, and the way out, both open."""

    subjects: Sequence[str]
    held_now: HeldNow
    send: Send


@asynccontextmanager
async def opened_way(
    way: Way, source: str, until: datetime | None = None
) -> AsyncIterator[OpenedWay]:
    """Open what is held and the way out. What the source said after `until` is left aside.

    Nothing is held where a dry run finds no database, or the events go to standard output.
    """
    policy = load_policy(way.settings.policy)
    async with AsyncExitStack() as stack:
        database: Database | None = None
        subjects: list[str] = []
        if way.to_broker or (way.dry_run and _has_database(way.settings)):
            database = await stack.enter_async_context(opened_database(way.settings))
            async with database.reading() as connection:
                subjects = await event_log.subjects_of(connection, source)
        broker = None
        if way.to_broker:
            broker, _ = await stack.enter_async_context(opened_broker(way.settings))

        async def held_now(wanted: Sequence[str]) -> dict[str, Held]:
            if database is None:
                return {}
            async with database.reading() as connection:
                return await held_of(connection, policy, source, wanted, until)

        async def send(events: list[dict[str, Any]]) -> None:
            if broker is not None:
                async for _ in publish(broker, (parcel(orjson.dumps(item)) for item in events)):
                    pass
            elif way.to_stdout:
                for item in events:
                    sys.stdout.buffer.write(orjson.dumps(item) + b"\n")

        yield OpenedWay(subjects, held_now, send)


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

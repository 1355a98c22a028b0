"""Importing the Standard Safeguarding Dataset: a snapshot, and the staff directory with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from schemas.days import london_day
from services.bootstrap import opened_database
from services.cli.console import fail, run
from services.cli.import_target import Way
from services.cli.snapshots import People, Snapshot, take_snapshot
from services.imports.snapshots.read import Files, PersonRows
from services.imports.ssd.professionals import members_of
from services.imports.ssd.read import Dataset, people_of
from services.imports.ssd.tables import rows_of_database, rows_of_files
from services.imports.tabular.faults import FaultReport
from services.settings import Settings
from services.store import staff
from services.store.source_database import Extract, ExtractError, read_extract


@dataclass(frozen=True, slots=True)
class SsdDatabase:
    """Where the dataset is, if not in files."""

    url: str
    schema: str | None


@dataclass(frozen=True, slots=True)
class Directory:
    """That the staff directory is wanted, and what its addresses are made of."""

    email: str


def import_ssd(
    snapshot: Snapshot,
    way: Way,
    files: Sequence[Path],
    database: SsdDatabase,
    report: Path | None,
    *,
    directory: Directory | None,
    as_json: bool,
) -> None:
    """Take the dataset as a snapshot; keep the staff directory where it is wanted."""
    dataset = Dataset()
    today = london_day(snapshot.voice.as_at)

    async def from_files(told: Files, faults: FaultReport) -> People:
        rows = rows_of_files(files, dataset.tables, faults)
        return people_of(rows, dataset, told, today)

    async def from_database(told: Files, _faults: FaultReport) -> People:
        def read(extract: Extract) -> People:
            rows = rows_of_database(extract, dataset.tables)
            return _all_read(people_of(rows, dataset, told, today))

        return await read_extract(database.url, database.schema, read)

    def more() -> list[str]:
        dataset.tables.tell_missing()
        lines = list(dict.fromkeys(dataset.tables.notes))
        if dataset.telling.covered:
            lines.append(f"{dataset.telling.covered:,} young people are with a worker on cover.")
        if directory is not None:
            lines += _keep_staff(way, snapshot, dataset, directory)
        return lines

    read = from_files if files else from_database
    try:
        take_snapshot(snapshot, read, way, report, as_json=as_json, more=more)
    except ExtractError as error:
        fail(error)


def _all_read(people: Iterator[tuple[str, PersonRows]]) -> People:
    """The same people; what they are made of is read to its end before the first comes."""
    first = next(people, None)
    return chain([first], people) if first is not None else ()


def _keep_staff(way: Way, snapshot: Snapshot, dataset: Dataset, directory: Directory) -> list[str]:
    """Keep the staff directory; in a dry run only say what it would be."""
    voice = snapshot.voice
    today = london_day(voice.as_at)
    allocated = dataset.telling.allocated
    members = list(
        members_of(
            dataset.professionals,
            voice.source,
            directory.email,
            allocated,
            dataset.departments,
            voice.as_at,
            today,
        )
    )
    here = [item for item in members if item.gone_on is None]
    unreached = sum(not item.address for item in here)
    lines = [f"Staff directory: {len(here):,} work here, {unreached:,} of them without an e-mail."]
    gone = allocated - {item.id for item in here}
    if gone:
        lines.append(f"Young people are with {len(gone):,} members of staff who have left.")
    if way.to_broker:

        async def keep(settings: Settings) -> int:
            async with opened_database(settings) as opened, opened.writing() as connection:
                return await staff.keep(connection, voice.source, members, today)

        left = run(keep(way.settings))
        lines.append(f"{left:,} left since the directory before.")
    return lines

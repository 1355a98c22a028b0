"""Importing the Standard Safeguarding Dataset as a snapshot, and its staff directory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from schemas.days import london_day
from schemas.recipients import can_be_written_to
from services.bootstrap.database import open_database
from services.cli.console import fail, run
from services.cli.import_target import Target
from services.cli.snapshots import People, SnapshotImport, import_snapshot
from services.imports.snapshots.read import Files, PersonRows
from services.imports.ssd.professionals import members_of
from services.imports.ssd.read import Dataset, read_people
from services.imports.ssd.tables import rows_of_database, rows_of_files
from services.imports.tabular.faults import FaultReport
from services.settings import Settings
from services.store import staff
from services.store.source_database import Extract, ExtractError, read_extract

_SHOWN = 20
"""Staff ids of whom so many are named."""


@dataclass(frozen=True, slots=True)
class SsdDatabase:
    """The database that holds the dataset; `url` is empty where files hold it."""

    url: str
    schema: str | None


@dataclass(frozen=True, slots=True)
class Directory:
    """The staff directory is wanted; `email` is the template of addresses that the table lacks."""

    email: str


def import_ssd(
    snapshot: SnapshotImport,
    target: Target,
    files: Sequence[Path],
    database: SsdDatabase,
    report: Path | None,
    *,
    directory: Directory | None,
    as_json: bool,
) -> None:
    """Import the dataset as a snapshot; keep the staff directory where it is wanted."""
    dataset = Dataset()
    today = london_day(snapshot.provenance.as_at)

    async def from_files(found: Files, faults: FaultReport) -> People:
        rows = rows_of_files(files, dataset.tables, faults)
        return read_people(rows, dataset, found, today)

    async def from_database(found: Files, _faults: FaultReport) -> People:
        def read(extract: Extract) -> People:
            rows = rows_of_database(extract, dataset.tables)
            return _all_read(read_people(rows, dataset, found, today))

        return await read_extract(database.url, database.schema, read)

    def further_notes() -> list[str]:
        dataset.tables.note_missing()
        lines = [*dict.fromkeys(dataset.tables.notes), *dataset.notes]
        if dataset.findings.covered:
            lines.append(f"{dataset.findings.covered:,} young people are with a worker on cover.")
        if directory is not None:
            lines += _store_staff(target, snapshot, dataset, directory)
        return lines

    read = from_files if files else from_database
    try:
        import_snapshot(
            snapshot, read, target, report, as_json=as_json, further_notes=further_notes
        )
    except ExtractError as error:
        fail(error)


def _all_read(people: Iterator[tuple[str, PersonRows]]) -> People:
    """The same people, once the first has come: then every row has been read from the database."""
    first = next(people, None)
    return chain([first], people) if first is not None else ()


def _store_staff(
    target: Target, snapshot: SnapshotImport, dataset: Dataset, directory: Directory
) -> list[str]:
    """Keep the staff directory; in a dry run only say what it would be."""
    provenance = snapshot.provenance
    today = london_day(provenance.as_at)
    allocated = dataset.findings.allocated
    members = list(
        members_of(
            dataset.professionals,
            provenance.source,
            directory.email,
            allocated,
            dataset.departments,
            provenance.as_at,
            today,
        )
    )
    here = [item for item in members if item.gone_on is None]
    unreached = [item.id for item in here if not can_be_written_to(item.address)]
    without = f"{len(unreached):,} of them without a usable e-mail"
    lines = [f"Staff directory: {len(here):,} work here, {without}."]
    if unreached:
        lines.append(
            f"No digest can be sent to {', '.join(sorted(unreached)[:_SHOWN])}"
            f"{' and others' if len(unreached) > _SHOWN else ''}."
        )
    gone = allocated - {item.id for item in here}
    if gone:
        lines.append(f"Young people are with {len(gone):,} members of staff who have left.")
    if target.to_broker:

        async def keep(settings: Settings) -> int:
            async with open_database(settings) as store, store.writing() as connection:
                return await staff.keep(connection, provenance.source, members, today)

        left = run(keep(target.settings))
        lines.append(f"{left:,} left since the directory before.")
    return lines

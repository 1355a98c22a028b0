"""Importing a snapshot from the command line: `publish --snapshot`, `import ssd` and `annex-a`."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.assessment.rights import permissions
from services.cli.console import MISUSED, fail, progress, run
from services.cli.import_target import (
    Target,
    end_with_faults,
    open_target,
    print_lines,
    print_summary,
)
from services.cli.snapshot_summary import as_json_object, save_news, summary_lines
from services.imports.snapshots.layout import TABLES
from services.imports.snapshots.load import (
    Reconcile,
    SnapshotResult,
    TooMuchVanishedError,
    completed,
    load_snapshot,
    measured,
)
from services.imports.snapshots.read import SUFFIXES, Files, PersonRows, read_files
from services.imports.snapshots.treatment import Changed, RowTreatment, Vanished
from services.imports.tabular.faults import FaultReport, FileFault
from services.imports.tabular.ids import Ids, Mending
from services.sources.statements import Provenance

USUAL_LIMIT = 20

NewsOption = Annotated[
    Path | None,
    typer.Option("--news", help="Save every event that is news, which a feed had missed, as CSV."),
]

VanishedOption = Annotated[
    list[str] | None,
    typer.Option(
        "--vanished", help="KIND=end, retract or keep: what is made of rows that are gone."
    ),
]
ChangedOption = Annotated[
    list[str] | None,
    typer.Option("--changed", help="KIND=change or correct: what is made of rows that differ."),
]
LimitOption = Annotated[
    int,
    typer.Option(
        "--vanished-limit", min=0, max=100, help="Per cent of a kind that may be gone at once."
    ),
]

IdsOption = Annotated[
    list[Mending] | None,
    typer.Option(
        "--ids",
        help="Read ids without .0 at their end, without zeros at their start, or in any capitals.",
    ),
]

People = Iterable[tuple[str, PersonRows]]
ReadPeople = Callable[[Files, FaultReport], Awaitable[People]]


class BrokenFileError(Exception):
    """A file of a snapshot cannot be read whole."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(
            f"Nothing was sent: {fault.sentence} A file that cannot be read whole says nothing "
            "about what is gone."
        )


class OlderSnapshotError(Exception):
    """A later snapshot of the source was imported before: what this one lacks is no news."""

    def __init__(self, provenance: Provenance, last: datetime) -> None:
        super().__init__(
            f"Nothing was sent: this snapshot of {provenance.source} is as at "
            f"{provenance.as_at:%Y-%m-%d %H:%M} UTC, and one as at {last:%Y-%m-%d %H:%M} UTC was "
            "taken before. --as-at says when an extract was made, where its files do not."
        )


@dataclass(slots=True)
class SnapshotImport:
    """A snapshot to import, and how.

    `limit` is the share of open rows of a kind, in per cent, that may be gone; `reconcile` matches
    rows with what is held before they are compared; `news` is where to save the events.
    """

    provenance: Provenance
    treatment: RowTreatment
    limit: int
    reconcile: Reconcile | None = None
    news: Path | None = None
    files: Files = field(default_factory=Files)
    faults: FaultReport = field(default_factory=FaultReport)


def snapshot_from_options(
    provenance: Provenance,
    vanished: list[str] | None,
    changed: list[str] | None,
    limit: int,
    news: Path | None,
    report: Path | None,
    ids: list[Mending] | None,
    reconcile: Reconcile | None = None,
) -> SnapshotImport:
    """The import that the options ask for; ends the command where one of them is wrong."""
    return SnapshotImport(
        provenance, _treatment(vanished, changed), limit, reconcile, news,
        files=Files(ids=Ids(ids or ())), faults=FaultReport(keeps_all=report is not None),
    )  # fmt: skip


def _treatment(vanished: list[str] | None, changed: list[str] | None) -> RowTreatment:
    return RowTreatment(
        vanished={
            kind: Vanished(choice) for kind, choice in _pairs("--vanished", vanished, Vanished)
        },
        changed={kind: Changed(choice) for kind, choice in _pairs("--changed", changed, Changed)},
    )


def _pairs(
    option: str, options: list[str] | None, choices: type[Vanished] | type[Changed]
) -> Iterable[tuple[str, str]]:
    for item in options or ():
        kind, _, choice = item.partition("=")
        if kind not in TABLES or choice not in set(choices):
            fail(
                f"{option} is {item!r}; it is written KIND=WAY, with a kind of "
                f"{', '.join(TABLES)} and a way of {', '.join(choices)}.",
                MISUSED,
            )
        yield kind, choice


def in_folders(paths: Iterable[Path], suffixes: Collection[str]) -> list[Path]:
    """The files that are named; of a folder, those in it with one of these suffixes."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.iterdir() if p.suffix.lower() in suffixes)
        elif path.is_file():
            found.append(path)
        else:
            fail(f"{path} is no file and no folder.", MISUSED)
    return found


def snapshot_files(paths: Iterable[str]) -> list[Path]:
    """The files of a snapshot; of a folder, all that may be part of one."""
    found = in_folders(map(Path, paths), SUFFIXES)
    if not found:
        fail("There is no .csv, .jsonl or .json file there.", MISUSED)
    return found


def from_files(files: list[Path]) -> ReadPeople:
    """Read a snapshot's people from its files."""

    async def read(found: Files, faults: FaultReport) -> People:
        return read_files(files, found, faults)

    return read


def import_snapshot(
    snapshot: SnapshotImport,
    read: ReadPeople,
    target: Target,
    report: Path | None,
    *,
    as_json: bool,
    further_notes: Callable[[], Sequence[str]] = tuple,
) -> None:
    """Import a snapshot and print what came of it. Ends the command where something was wrong.

    `further_notes` are lines to print after it, made once it has been imported.
    """
    try:
        result = run(_compare_and_send(snapshot, read, target))
    except (BrokenFileError, OlderSnapshotError, TooMuchVanishedError) as error:
        fail(error)
    faults = snapshot.faults
    if report:
        faults.save(report)
    if snapshot.news:
        save_news(snapshot.news, result.events)
    notes = list(further_notes())
    if as_json:
        summary = as_json_object(snapshot.provenance, snapshot.files, faults, result)
        print_summary(summary | {"notes": [*summary["notes"], *notes]}, target)
    else:
        print_lines(
            [*summary_lines(snapshot.files, faults, result, target, report), *notes], target
        )
    end_with_faults(faults, result.loaded.people)


async def _compare_and_send(
    snapshot: SnapshotImport, read: ReadPeople, target: Target
) -> SnapshotResult:
    provenance, files, faults = snapshot.provenance, snapshot.files, snapshot.faults
    async with open_target(target, provenance.source, until=provenance.as_at) as session:
        last = await session.last_snapshot()
        if last is not None and last > provenance.as_at:
            raise OlderSnapshotError(provenance, last)
        vanished = permissions(session.policy, provenance.source).vanished
        treatment = snapshot.treatment.with_defaults(vanished)
        with progress() as bar:
            bar.add_task("Reading and comparing", total=None)
            files.ids.held = session.subjects
            people = await read(files, faults)
            result = await load_snapshot(
                people, files, session.subjects, session.load_holdings, provenance,
                treatment, faults, snapshot.reconcile,
            )  # fmt: skip
            faults.add_all(files.ids.faults())
            if faults.broken:
                raise BrokenFileError(faults.broken[0])
            result.check(snapshot.limit)
            sending = bar.add_task("Sending", total=len(result.events) + 1)
            for start in range(0, len(result.events), 1000):
                await session.send(result.events[start : start + 1000])
                bar.advance(sending, 1000)
            await session.send(measured(provenance, result, files.measures))
            await session.send(completed(provenance, result, files.kinds))
            await session.keep("snapshot", provenance.as_at, faults)
    return result

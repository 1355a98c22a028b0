"""Taking a snapshot from the command line: `publish --snapshot`, and imports that are snapshots."""

import csv
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from events.publish import NotStoredError
from schemas.events.catalogue import NAMES
from services.cli.console import MISUSED, WRONG, fail, progress, run
from services.cli.import_target import Way, opened_way, tell_json, tell_lines
from services.formulas import defused
from services.imports.snapshots.layout import BY_KIND, Changed, Vanished, Ways
from services.imports.snapshots.load import Settle, Taken, TooMuchVanishedError, completed, take
from services.imports.snapshots.read import SUFFIXES, Files, PersonRows, read_files
from services.imports.tabular.faults import FaultReport, FileFault
from services.sources.statements import Voice

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
    """A later snapshot of the source was taken before: what this one lacks is no news."""

    def __init__(self, voice: Voice, last: datetime) -> None:
        super().__init__(
            f"Nothing was sent: this snapshot of {voice.source} is as at "
            f"{voice.as_at:%Y-%m-%d %H:%M} UTC, and one as at {last:%Y-%m-%d %H:%M} UTC was taken "
            "before. --as-at says when an extract was made, where its files do not."
        )


@dataclass(slots=True)
class Snapshot:
    """A snapshot to be taken: who speaks, and what is made of what vanished or changed."""

    voice: Voice
    ways: Ways
    limit: int
    settle: Settle | None = None
    news: Path | None = None
    files: Files = field(default_factory=Files)
    faults: FaultReport = field(default_factory=FaultReport)


def told_snapshot(
    voice: Voice,
    vanished: list[str] | None,
    changed: list[str] | None,
    limit: int,
    news: Path | None,
    report: Path | None,
    settle: Settle | None = None,
) -> Snapshot:
    """The snapshot that the options tell of; one that is told wrongly ends the command."""
    faults = FaultReport(keeps_all=report is not None)
    return Snapshot(voice, _ways(vanished, changed), limit, settle, news, faults=faults)


def _ways(vanished: list[str] | None, changed: list[str] | None) -> Ways:
    return Ways(
        vanished={kind: Vanished(way) for kind, way in _pairs("--vanished", vanished, Vanished)},
        changed={kind: Changed(way) for kind, way in _pairs("--changed", changed, Changed)},
    )


def _pairs(
    option: str, told: list[str] | None, ways: type[Vanished] | type[Changed]
) -> Iterable[tuple[str, str]]:
    for item in told or ():
        kind, _, way = item.partition("=")
        if kind not in BY_KIND or way not in set(ways):
            fail(
                f"{option} is {item!r}; it is written KIND=WAY, with a kind of "
                f"{', '.join(BY_KIND)} and a way of {', '.join(ways)}.",
                MISUSED,
            )
        yield kind, way


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

    async def read(told: Files, faults: FaultReport) -> People:
        return read_files(files, told, faults)

    return read


def take_snapshot(
    snapshot: Snapshot,
    read: ReadPeople,
    way: Way,
    report: Path | None,
    *,
    as_json: bool,
    more: Callable[[], Sequence[str]] = tuple,
) -> None:
    """Take a snapshot and say what came of it, and `more`. Ends the command where it was wrong."""
    try:
        taken = run(_take(snapshot, read, way))
    except (
        NotStoredError, BrokenFileError, OlderSnapshotError, TooMuchVanishedError, OSError,
    ) as error:  # fmt: skip
        fail(error)
    faults = snapshot.faults
    if report:
        faults.save(report)
    if snapshot.news:
        _save_news(snapshot.news, taken.events)
    notes = list(more())
    if as_json:
        told = _as_json(snapshot, taken)
        tell_json(told | {"notes": [*told["notes"], *notes]}, way)
    else:
        tell_lines([*_lines(snapshot, taken, way, report), *notes], way)
    if faults.total:
        raise typer.Exit(WRONG)


def _save_news(path: Path, events: Iterable[dict[str, Any]]) -> None:
    """What the source had not told before: each event with whom, what and when it is about."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("person", "event", "about", "date", "fields"))
        for told in events:
            data = told["data"]
            about = next((str(data[key]) for key in data if key == "id" or key.endswith("_id")), "")
            fields = sorted(key for key in data if key not in ("date", "date_basis"))
            day = str(data.get("date", ""))
            cells = (told["subject"], NAMES[told["type"]], about, day, " ".join(fields))
            writer.writerow(map(defused, cells))


async def _take(snapshot: Snapshot, read: ReadPeople, way: Way) -> Taken:
    voice, files, faults = snapshot.voice, snapshot.files, snapshot.faults
    async with opened_way(way, voice.source, until=voice.as_at) as opened:
        last = await opened.last_snapshot()
        if last is not None and last > voice.as_at:
            raise OlderSnapshotError(voice, last)
        with progress() as bar:
            bar.add_task("Reading and comparing", total=None)
            people = await read(files, faults)
            taken = await take(
                people, files, opened.subjects, opened.held_now, voice, snapshot.ways, faults,
                snapshot.settle,
            )  # fmt: skip
            if faults.broken:
                raise BrokenFileError(faults.broken[0])
            taken.check(snapshot.limit)
            sending = bar.add_task("Sending", total=len(taken.events) + 1)
            for start in range(0, len(taken.events), 1000):
                await opened.send(taken.events[start : start + 1000])
                bar.advance(sending, 1000)
            await opened.send(completed(voice, taken, files.kinds))
            await opened.keep("snapshot", voice.as_at, faults)
    return taken


def _as_json(snapshot: Snapshot, taken: Taken) -> dict[str, Any]:
    return {
        "source": snapshot.voice.source,
        "as_at": snapshot.voice.as_at.isoformat().replace("+00:00", "Z"),
        "people": taken.brought.people,
        "rows": dict(sorted(snapshot.files.rows.items())),
        "open": {kind: taken.open[kind] for kind in sorted(snapshot.files.kinds)},
        "news": dict(sorted(taken.brought.news.items())),
        "vanished": dict(sorted(taken.vanished.items())),
        "absent": taken.absent,
        "faults": {became.value: n for became, n in sorted(snapshot.faults.became.items())},
        "notes": snapshot.files.notes,
    }


def _lines(snapshot: Snapshot, taken: Taken, way: Way, report: Path | None) -> list[str]:
    lines = list(snapshot.files.notes)
    lines += (
        f"{kind}: {snapshot.files.rows.get(kind, 0):,} rows, {taken.open[kind]:,} of them open."
        for kind in sorted(snapshot.files.kinds)
    )
    lines += (f"{number:,} {kind} are gone." for kind, number in sorted(taken.vanished.items()))
    if taken.absent:
        lines.append(
            f"{taken.absent:,} young people of whom something is held are not in this snapshot at "
            "all; what is held of them stays as it was. --vanished people=end would end it."
        )
    lines += (fault.sentence for fault in snapshot.faults.first)
    more = snapshot.faults.total - len(snapshot.faults.first)
    if more > 0:
        lines.append(f"... and {more:,} faults more.")
    if report:
        lines.append(f"Every fault stands in {report}.")
    news = taken.brought.news
    if news.total():
        lines.append("What had not been told before:")
    for name, number in sorted(news.items()):
        lines.append(f"{number:,} {name}")
    if not news.total():
        lines.append("Nothing is new.")
    if way.dry_run:
        lines.append("Nothing was sent.")
    elif way.to_broker:
        lines.append("The snapshot is on the broker, with its end.")
    return lines

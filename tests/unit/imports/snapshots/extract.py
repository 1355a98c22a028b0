"""A source whose rows are looked at again and again, and all that it has ever said."""

from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.envelope import Event, read_event
from schemas.policy import Policy
from services.assessment.facts import Facts
from services.assessment.fold import fold
from services.assessment.resolution import Resolved, receive, resolve
from services.imports.snapshots.load import SnapshotResult, completed, load_snapshot
from services.imports.snapshots.read import Files, PersonRows, person_rows, read_files
from services.imports.snapshots.treatment import RowTreatment
from services.imports.tabular.faults import FaultReport
from services.imports.tabular.layouts import Row
from services.sources.holdings import holdings_by_subject
from services.sources.statements import Holdings, Provenance
from tests.story import Story

SOURCE = "/council/extract"

Cells = dict[str, str]
Rows = dict[str, list[Cells]]
"""Kind to rows: the files of one snapshot."""


def at(text: str) -> datetime:
    """A moment: a day alone is two in its night."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T02:00").replace(tzinfo=UTC)


def names(events: Iterable[dict[str, Any]]) -> list[str]:
    return [event["type"].removeprefix("sightline.").removesuffix(".v1") for event in events]


@dataclass
class ComparedSnapshot:
    """A snapshot as it was compared: what came of it, and what was wrong in its rows."""

    result: SnapshotResult
    report: FaultReport
    files: Files

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.result.events

    @property
    def names(self) -> list[str]:
        return names(self.events)

    @property
    def faults(self) -> list[tuple[int, str, str]]:
        """Line, column and what became of it."""
        return [(item.line, item.column, item.became.value) for item in self.report.first]


class Extract:
    """One source: what it says of itself, and what its snapshots say for it."""

    def __init__(self, treatment: RowTreatment | None = None) -> None:
        self.treatment = treatment or RowTreatment()
        self.log: list[dict[str, Any]] = []
        self._read: list[Event] = []

    def send_live(self, name: str, time: str, person: str = "p1", **data: Any) -> None:
        """The source says something itself, live."""
        story = Story(person).add(
            name, time=at(time).isoformat(), source=SOURCE, id=f"live {len(self.log)}", **data
        )
        self.log += story.raw

    def events(self) -> list[Event]:
        """All that was ever said, as it was read; nothing of it is refused."""
        for raw in self.log[len(self._read) :]:
            event = read_event(raw)
            assert isinstance(event, Event), event
            self._read.append(event)
        return self._read

    def holdings(self, until: datetime | None = None) -> dict[str, Holdings]:
        received = [
            item
            for item in receive(self.events(), Policy())
            if item.event.source == SOURCE and (until is None or item.earliest[0] <= until)
        ]
        return holdings_by_subject(received, Policy())

    def facts(self, person: str = "p1") -> Facts:
        """What is known of a young person, from all that was ever said."""
        resolved = resolve(receive(self.events(), Policy()), Policy())
        return fold(resolved.get(person, Resolved(person)))

    def compare(self, time: str, rows: Rows) -> ComparedSnapshot:
        """A snapshot compared, and not sent."""
        files = Files()
        for kind, of_kind in rows.items():
            files.note_columns(kind, {column for cells in of_kind for column in cells})
        return self._compare(time, people_of(rows), files, FaultReport())

    def snapshot(self, time: str, rows: Rows) -> ComparedSnapshot:
        """A snapshot taken and sent, with its end."""
        return self._send(time, self.compare(time, rows))

    def files(self, time: str, folder: Path, **texts: str | bytes) -> ComparedSnapshot:
        """A snapshot read from files and sent; a name ends with _csv or _jsonl."""
        return self._send(time, self.compare_files(time, folder, **texts))

    def compare_files(self, time: str, folder: Path, **texts: str | bytes) -> ComparedSnapshot:
        """A snapshot read from files and compared."""
        files, report = Files(), FaultReport()
        paths = [write(folder, name, text) for name, text in texts.items()]
        return self._compare(time, read_files(paths, files, report), files, report)

    def _compare(
        self,
        time: str,
        people: Iterable[tuple[str, PersonRows]],
        files: Files,
        report: FaultReport,
    ) -> ComparedSnapshot:
        holdings = self.holdings(at(time))
        mine = (event for event in self.events() if event.source == SOURCE)
        subjects = sorted({event.subject for event in mine if event.subject})

        async def load_holdings(wanted: Sequence[str]) -> dict[str, Holdings]:
            return {subject: holdings[subject] for subject in wanted if subject in holdings}

        provenance = Provenance(SOURCE, at(time))
        work = load_snapshot(
            people, files, subjects, load_holdings, provenance, self.treatment, report
        )
        return ComparedSnapshot(done(work), report, files)

    def _send(self, time: str, seen: ComparedSnapshot) -> ComparedSnapshot:
        self.log += [
            *seen.events,
            *completed(Provenance(SOURCE, at(time)), seen.result, seen.files.kinds),
        ]
        return seen


def write(folder: Path, name: str, text: str | bytes) -> Path:
    stem, _, suffix = name.rpartition("_")
    path = folder / f"{stem}.{suffix}"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def people_of(rows: Rows) -> list[tuple[str, PersonRows]]:
    """Rows by young person, as files would have given them."""
    found: dict[str, list[Row]] = {}
    for kind, of_kind in rows.items():
        for line, cells in enumerate(of_kind, start=2):
            found.setdefault(cells["person"], []).append(Row(kind, f"{kind}.csv", line, cells))
    return [(person, person_rows(mine)) for person, mine in sorted(found.items())]


def done(work: Coroutine[Any, Any, SnapshotResult]) -> SnapshotResult:
    """The result of work that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as ended:
        result: SnapshotResult = ended.value
        return result
    raise AssertionError("it waited for something")

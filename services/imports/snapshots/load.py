"""Loading a snapshot: everybody's rows are compared with what is held before anything is sent.

An extract that broke off half-way looks like a council that lost half its children. So where more
has vanished than could have, nothing is sent.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.days import london_day
from services.imports.load import LoadHoldings, LoadResult, fault_of_reference
from services.imports.snapshots.layout import TABLES
from services.imports.snapshots.outcome import settle
from services.imports.snapshots.read import Files, PersonRows
from services.imports.snapshots.translate import compare
from services.imports.snapshots.treatment import RowTreatment
from services.imports.tabular.faults import FaultReport
from services.sources.holdings import batches
from services.sources.record_kinds import RECORD_KINDS
from services.sources.records import has_ended, starts_of
from services.sources.statements import Holding, Holdings, Provenance, Statement, event_of, key_of

_ALL = 100
FEW = 5
"""Rows of a kind that may vanish, however large their share of the kind is."""

Reconcile = Callable[[PersonRows, Holdings, date], None]
"""Matches somebody's rows with what is held of them, in place, before they are compared."""


class TooMuchVanishedError(Exception):
    """More rows are gone than could be true; the message says of which kinds, and what to do."""


@dataclass(slots=True)
class SnapshotResult:
    """What came of a snapshot.

    `events` are those to send. `open_at_source`, `open_here`, `vanished` and `kept` count records
    by kind, `kept` those whose row is gone and which stay open. `absent` counts young people of
    whom something is held and nothing is in the snapshot. `completed` is what is held of an earlier
    snapshot.completed for the same day.
    """

    loaded: LoadResult = field(default_factory=LoadResult)
    events: list[dict[str, Any]] = field(default_factory=list)
    open_at_source: Counter[str] = field(default_factory=Counter)
    open_here: Counter[str] = field(default_factory=Counter)
    vanished: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    absent: int = 0
    completed: Holding = field(default_factory=Holding)
    of_nobody: Holdings = field(default_factory=dict)

    def check(self, limit: int) -> None:
        """Refuse a snapshot in which too much vanished. `limit` is in per cent of what is held.

        Raises:
            TooMuchVanishedError: it is above the limit for some kind, or there is nobody in it.
        """
        if not self.loaded.people and limit < _ALL:
            raise TooMuchVanishedError(
                "Nothing was sent: there is nobody in this snapshot. Look at the files, or at the "
                "database and its schema."
            )
        excessive = [
            f"{number:,} of {self.open_here[kind]:,} {kind}"
            for kind, number in sorted(self.vanished.items())
            if number > FEW and number * 100 > limit * self.open_here[kind]
        ]
        if excessive:
            raise TooMuchVanishedError(
                f"Nothing was sent: {', '.join(excessive)} that were open are not in this "
                f"snapshot, which is more than {limit} %. Where that is true, say so with "
                "--vanished-limit 100; else make the extract again."
            )


async def load_snapshot(
    people: Iterable[tuple[str, PersonRows]],
    files: Files,
    held_subjects: Sequence[str],
    load_holdings: LoadHoldings,
    provenance: Provenance,
    treatment: RowTreatment,
    report: FaultReport,
    reconcile: Reconcile | None = None,
) -> SnapshotResult:
    """Compare everybody: those in the files, and those who are held and in no file.

    `files` is filled in as `people` are read.
    """
    result = SnapshotResult()
    day = london_day(provenance.as_at)
    without_subject = (await load_holdings([""])).get("", {})
    key = key_of("snapshot.completed", {"date": str(day)})
    result.completed = without_subject.get(key, Holding())
    result.of_nobody = without_subject
    for batch in batches(_everybody(people, held_subjects)):
        holdings = await load_holdings([subject for subject, _ in batch])
        for subject, rows in batch:
            held = holdings.get(subject, {})
            if reconcile is not None:
                reconcile(rows, held, day)
            report.add_all(rows.faults)
            if fault := fault_of_reference(subject):
                report.add(fault)
            comparison = compare(rows, held, day, treatment, files)
            result.loaded.people += bool(rows.by_kind)
            made = result.loaded.compare(
                provenance, subject, comparison.statements, held, comparison.retracts
            )
            result.events += made
            settle(files.ledger, rows, made, held)
            result.vanished.update(comparison.vanished)
            result.kept.update(comparison.kept)
            result.absent += comparison.is_absent
            _count_open(result, rows, held, files.kinds, day)
    result.open_at_source.update(files.without_person)
    return result


def completed(
    provenance: Provenance, result: SnapshotResult, kinds: Iterable[str]
) -> list[dict[str, Any]]:
    """The snapshot.completed that ends a snapshot: how many records of each kind are open.

    Empty where the same was sent for the same moment before.
    """
    kinds = set(kinds)
    as_at = provenance.as_at.isoformat().replace("+00:00", "Z")
    data: dict[str, Any] = {
        "date": str(london_day(provenance.as_at)),
        "as_at": as_at,
        "open": {
            kind.counted_as: result.open_at_source[name]
            for name, kind in RECORD_KINDS.items()
            if kind.counted_as and name in kinds - {"people"}
        },
    }
    if "people" in kinds:
        data["people"] = result.open_at_source["people"]
    if result.completed.events and result.completed.events[-1].data == data:
        return []
    event = event_of(provenance, "", Statement("snapshot.completed", data), result.completed)
    event["id"] = f"snapshot {as_at} {event['id'].rsplit('#', 1)[-1]}"
    return [event]


def measured(
    provenance: Provenance, result: SnapshotResult, measures: Mapping[str, int]
) -> list[dict[str, Any]]:
    """A measure.recorded for each number that the files have for the council as a whole."""
    day = str(london_day(provenance.as_at))
    events = []
    for measure, value in sorted(measures.items()):
        statement = Statement(
            "measure.recorded", {"measure": measure, "date": day, "value": float(value)}
        )
        holding = result.of_nobody.get(statement.key, Holding())
        if not holding.events or holding.events[-1].data != statement.data:
            event = event_of(provenance, "", statement, holding)
            event["id"] = f"{measure} {day} {event['id'].rsplit('#', 1)[-1]}"
            events.append(event)
    return events


def _count_open(
    result: SnapshotResult, rows: PersonRows, held: Holdings, kinds: Iterable[str], day: date
) -> None:
    """Count what is open of one young person, in the snapshot and here.

    A row that could not be used counts as open: it is there.
    """
    for kind in kinds:
        record_kind = TABLES[kind].record_kind
        usable = rows.by_kind.get(kind, {}).values()
        result.open_at_source[kind] += sum(row.is_open(day) for row in usable)
        result.open_at_source[kind] += sum(unusable == kind for unusable, _ in rows.unusable)
        starts = starts_of(held, record_kind)
        result.open_here[kind] += sum(not has_ended(held, record_kind, id_, day) for id_ in starts)


def _everybody(
    people: Iterable[tuple[str, PersonRows]], held_subjects: Sequence[str]
) -> Iterator[tuple[str, PersonRows]]:
    """Those in the files, then those who are held and in none."""
    seen = set()
    for subject, rows in people:
        seen.add(subject)
        yield subject, rows
    for subject in held_subjects:
        if subject not in seen:
            yield subject, PersonRows()

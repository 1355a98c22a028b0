"""What changed: the rows of one young person compared with what is held of their source.

Each row that is there is compared with its record (`changes.py`); then each record of which no row
is left. docs/snapshots.md says it all in one table.
"""

from collections.abc import Mapping
from datetime import date

from services.imports.snapshots.changes import compare_person, compare_record
from services.imports.snapshots.comparison import PersonComparison
from services.imports.snapshots.endings import (
    compare_vanished,
    cuts_none,
    stands_in_the_way,
    take_back,
)
from services.imports.snapshots.layout import TABLES, SnapshotTable
from services.imports.snapshots.read import Files, PersonRows
from services.imports.snapshots.source_row import SourceRow
from services.imports.snapshots.treatment import WATCHED_WHILE_OPEN, RowTreatment, Vanished
from services.sources.record_kinds import PEOPLE
from services.sources.records import effective_day, has_ended, starts_of
from services.sources.statements import Holdings


def compare(
    person: PersonRows, holdings: Holdings, day: date, treatment: RowTreatment, files: Files
) -> PersonComparison:
    """Compare the rows of one young person with what is held.

    `day` is that of the snapshot. Only of a kind that `files` have can a row be gone; one that
    could not be used is there. Somebody of whom no row is left, of any kind, stays as they were
    unless the caller chose otherwise: the extract may have lost them, and nobody leaves sight for
    that.
    """
    comparison = PersonComparison()
    is_closed = has_ended(holdings, PEOPLE, "", day)
    is_gone = not person.by_kind and not person.unusable
    comparison.is_absent = (
        is_gone and not is_closed and any(holding.events for holding in holdings.values())
    )
    are_kept = comparison.is_absent and treatment.of_vanished("people") is Vanished.KEEP
    for kind, table in TABLES.items():
        if kind not in files.kinds:
            continue
        present = person.by_kind.get(kind, {})
        for row in present.values():
            if kind == "people":
                compare_person(comparison, row, holdings, day)
            else:
                tells_ends = kind in files.tell_ends
                compare_record(comparison, row, holdings, day, treatment, tells_ends=tells_ends)
        unusable_ids = {id_ for of, id_ in person.unusable | files.unusable if of == kind}
        if "" in unusable_ids or (kind == "people" and (present or unusable_ids)):
            continue
        lost = not is_gone and kind in files.tell_ends and kind in WATCHED_WHILE_OPEN
        _compare_gone(
            comparison, table, person, holdings, day, treatment, in_doubt=are_kept or lost
        )
    return comparison


def _compare_gone(
    comparison: PersonComparison,
    table: SnapshotTable,
    person: PersonRows,
    holdings: Holdings,
    day: date,
    treatment: RowTreatment,
    *,
    in_doubt: bool,
) -> None:
    """The records of one kind that are held and of which no row is left."""
    present = person.by_kind.get(table.kind, {})
    runs = _runs(table, present, holdings, day)
    for id_, start in starts_of(holdings, table.record_kind).items():
        if id_ in present or (table.kind, id_) in person.unusable:
            continue
        if stands_in_the_way(table, id_, start, holdings, runs):
            take_back(comparison, table, id_, holdings, treatment)
        else:
            compare_vanished(
                comparison, table, id_, start, holdings, day, treatment, in_doubt=in_doubt
            )


def _runs(
    table: SnapshotTable, present: Mapping[str, SourceRow], holdings: Holdings, day: date
) -> list[tuple[date, date]]:
    """From when to when each row says that it runs, of those that a later record cuts.

    One that has ended proves nothing against what would leave sight if it were taken back.
    """
    held = starts_of(holdings, table.record_kind)
    runs = []
    for id_, row in present.items():
        ends = {ending.on for ending in table.endings}
        if ends & row.unreadable or cuts_none(table, row, holdings):
            continue
        known = held.get(id_)
        start = row.start or (effective_day(known) if known else day)
        end = min(filter(None, (row.day(name) for name in ends)), default=date.max)
        if end > day or table.kind not in WATCHED_WHILE_OPEN:
            runs.append((start, end))
    return runs

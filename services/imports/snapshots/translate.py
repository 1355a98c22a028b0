"""What changed: the rows of one young person compared with what is held of their source.

A new row starts a record. One with other values is a change from the day of the snapshot on (or
from `changed_on`), or a correction from the start, as the caller chose. A start that no row dates
is the day of the snapshot, by this date. docs/snapshots.md says it all in one table.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from schemas.events.catalogue import CATALOGUE
from services.imports.snapshots.comparison import PersonComparison
from services.imports.snapshots.endings import (
    compare_endings,
    compare_extras,
    compare_vanished,
    stands_in_the_way,
    take_back,
)
from services.imports.snapshots.layout import TABLES, SnapshotTable
from services.imports.snapshots.source_row import SourceRow
from services.imports.snapshots.treatment import Changed, RowTreatment, Vanished
from services.sources.records import (
    changes_of,
    effective_day,
    fields_on,
    has_ended,
    person_fields_on,
    starts_of,
)
from services.sources.statements import HeldEvent, Holding, Holdings, events_named, key_of

Rows = Mapping[str, Mapping[str, SourceRow]]
"""Kind to id to row."""


def compare(
    rows: Rows,
    holdings: Holdings,
    day: date,
    treatment: RowTreatment,
    kinds: Collection[str],
    unusable: Collection[tuple[str, str]] = (),
) -> PersonComparison:
    """Compare the rows of one young person with what is held.

    `day` is that of the snapshot. `kinds` are those that the snapshot has a file of; only of these
    can a row be gone. `unusable` are kind and id of rows that could not be used: they are there, so
    they are not gone. Somebody of whom no row is left, of any kind, stays as they were unless the
    caller chose otherwise: the extract may have lost them, and nobody leaves sight for that.
    """
    comparison = PersonComparison()
    if "people" in kinds and not rows and all(not id_ for _, id_ in unusable):
        comparison.is_absent = any(holding.events for holding in holdings.values())
        if treatment.of_vanished("people") is Vanished.KEEP:
            comparison.vanished = _open_kinds(holdings, day, kinds)
            return comparison
    for kind, table in TABLES.items():
        if kind not in kinds:
            continue
        present = rows.get(kind, {})
        for row in present.values():
            if kind == "people":
                _compare_person(comparison, row, holdings, day)
            else:
                _compare_record(comparison, row, holdings, day, treatment)
        unusable_ids = {id_ for of, id_ in unusable if of == kind}
        if "" in unusable_ids or (kind == "people" and (present or unusable_ids)):
            continue
        _compare_gone(comparison, table, present, unusable_ids, holdings, day, treatment)
    return comparison


def _compare_gone(
    comparison: PersonComparison,
    table: SnapshotTable,
    present: Mapping[str, SourceRow],
    unusable_ids: Collection[str],
    holdings: Holdings,
    day: date,
    treatment: RowTreatment,
) -> None:
    """The records of one kind that are held and of which no row is left."""
    runs = _runs(table, present, holdings, day)
    for id_, start in starts_of(holdings, table.record_kind).items():
        if id_ in present or id_ in unusable_ids:
            continue
        if stands_in_the_way(table, id_, start, holdings, runs):
            take_back(comparison, table, id_, holdings, treatment)
        else:
            compare_vanished(comparison, table, id_, start, holdings, day, treatment)


def _runs(
    table: SnapshotTable, present: Mapping[str, SourceRow], holdings: Holdings, day: date
) -> list[tuple[date, date]]:
    """From when to when each row of one kind says that it runs; one that is open, for good."""
    held = starts_of(holdings, table.record_kind)
    runs = []
    for id_, row in present.items():
        ends = {ending.on for ending in table.endings}
        if ends & row.unreadable or row.values.get("kind") == "absent":
            continue  # somebody who is only absent is not missing: it cuts no episode
        known = held.get(id_)
        start = row.start or (effective_day(known) if known else day)
        end = min(filter(None, (row.day(name) for name in ends)), default=date.max)
        runs.append((start, end))
    return runs


def _open_kinds(holdings: Holdings, day: date, kinds: Collection[str]) -> list[str]:
    """The kinds of the records that are held open, one for each record."""
    return [
        kind
        for kind in kinds
        for id_ in starts_of(holdings, TABLES[kind].record_kind)
        if not has_ended(holdings, TABLES[kind].record_kind, id_, day)
    ]


def _compare_person(
    comparison: PersonComparison, row: SourceRow, holdings: Holdings, day: date
) -> None:
    """State the fields that differ from what is held on the day, from then on."""
    before = person_fields_on(holdings, day)
    new = {name: value for name, value in row.fields.items() if value != before.get(name)}
    updates = events_named(holdings, ["person.updated"])
    if new or not updates:
        since = [effective_day(item) for item in updates if set(new) & set(item.data)]
        on = max([row.start or day, *(updated for updated in since if updated <= day)])
        holding = holdings.get(key_of("person.updated", {"date": str(on)}), Holding())
        comparison.state("person.updated", {**holding.data, "date": str(on), **new})
    compare_endings(comparison, row, holdings, day)


def _compare_record(
    comparison: PersonComparison,
    row: SourceRow,
    holdings: Holdings,
    day: date,
    treatment: RowTreatment,
) -> None:
    """A spell, a plan, a review or an action compared with what is held of it."""
    table = row.table
    start = holdings.get(key_of(table.record_kind.starts, {table.id: row.id}), Holding())
    if start.events:
        _compare_started(comparison, row, start, holdings, day, treatment)
    else:
        _state_start(comparison, row, holdings, day)
    compare_endings(comparison, row, holdings, day)
    compare_extras(comparison, row, holdings)


def _state_start(
    comparison: PersonComparison, row: SourceRow, holdings: Holdings, day: date
) -> None:
    """State a new record. Changes that are held of it without a start would alter it: retracted."""
    kind = row.table.record_kind
    ends = [row.day(ending.on) for ending in row.table.endings]
    on = row.start or min([day, *filter(None, ends)])
    fields = {name: value for name, value in row.fields.items() if value is not None}
    start = {row.table.id: row.id, "date": str(on)} | fields
    if row.start is None:
        start["date_basis"] = "by_this_date"
    comparison.state(kind.starts, start)
    comparison.retracted |= {item.id for item in changes_of(holdings, kind, row.id)}


def _compare_started(
    comparison: PersonComparison,
    row: SourceRow,
    holding: Holding,
    holdings: Holdings,
    day: date,
    treatment: RowTreatment,
) -> None:
    """State the start again, corrected where the row says so, and a change where values differ."""
    table, start = row.table, dict(holding.data)
    changes = changes_of(holdings, table.record_kind, row.id)
    if row.start and (str(row.start) != start["date"] or "date_basis" in start):
        start["date"] = str(row.start)
        start.pop("date_basis", None)
    elif row.start is None and ("date_basis" in start or start["date"] > str(day)):
        start |= {"date": min(start["date"], str(day)), "date_basis": "by_this_date"}
        ends = [row.day(ending.on) for ending in table.endings]
        start["date"] = min([start["date"], *(str(end) for end in ends if end)])
    # Changes from before the start count from it, in another order where the start has moved.
    before = fields_on(start, changes, day)
    new = {name: value for name, value in row.fields.items() if value != before.get(name)}
    changed_on = [effective_day(item) for item in changes if set(new) & set(item.data)]
    on = max(
        row.day("changed_on") or day,
        date.fromisoformat(start["date"]),
        *(changed for changed in changed_on if changed <= day),
        date.min,
    )
    if new and (_is_correction(table, new, treatment) or str(on) == start["date"]):
        start |= row.fields
        _remove_from_changes(comparison, table, changes, row.fields, holdings)
    elif new:
        change = {table.id: row.id, "date": str(on)}
        same_day = holdings.get(key_of(table.record_kind.changes, change), Holding())
        comparison.state(table.record_kind.changes, {**same_day.data, **change, **new})
    comparison.state(table.record_kind.starts, start)


def _is_correction(table: SnapshotTable, new: Mapping[str, Any], treatment: RowTreatment) -> bool:
    """Whether new values correct the start: as the caller chose, or as no change could say them."""
    changes = table.record_kind.changes
    if treatment.of_changed(table.kind) is Changed.CORRECT or not changes:
        return True
    fields = CATALOGUE[changes].model_fields
    cleared = table.kind == "actions" and None in new.values()
    return cleared or any(name not in fields for name in new)


def _remove_from_changes(
    comparison: PersonComparison,
    table: SnapshotTable,
    changes: list[HeldEvent],
    corrected: Mapping[str, Any],
    holdings: Holdings,
) -> None:
    """Take corrected fields out of the changes that are held; their other fields stay."""
    for key in {key_of(item.name, item.data) for item in changes}:
        holding = holdings[key]
        rest = {name: value for name, value in holding.data.items() if name not in corrected}
        if set(rest) - {table.id, "date"}:
            comparison.state(table.record_kind.changes, rest)
        else:
            comparison.retract(holding)

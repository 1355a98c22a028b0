"""What a row that is there says: a new record, a change from some day on, or a correction.

A new row starts a record. One with other values is a change from the day of the snapshot on (or
from `changed_on`), or a correction from the start, as the caller chose. A start that no row dates
is the day of the snapshot, by this date. What was held of other fields, and of days to come, stays.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.events.catalogue import CATALOGUE
from services.imports.snapshots.comparison import PersonComparison
from services.imports.snapshots.endings import compare_endings, compare_extras
from services.imports.snapshots.layout import SnapshotTable
from services.imports.snapshots.source_row import SourceRow
from services.imports.snapshots.treatment import Changed, RowTreatment
from services.sources.records import (
    CORRECTED,
    changes_of,
    effective_day,
    fields_on,
    person_fields_on,
)
from services.sources.statements import HeldEvent, Holding, Holdings, events_named, key_of

_ONLY_CHANGED = "actions"
"""The kind of which every value that was told stays: changes are added, and none is taken back."""


def compare_person(
    comparison: PersonComparison, row: SourceRow, holdings: Holdings, day: date
) -> None:
    """State the fields that differ from what is held on the day, each from when it became so."""
    before = person_fields_on(holdings, day)
    updates = events_named(holdings, ["person.updated"])
    by_day: dict[date, dict[str, Any]] = defaultdict(dict)
    for name, value in row.fields.items():
        if value != before.get(name):
            by_day[_person_field_since(name, row, updates, day)][name] = value
    if not updates and not by_day:
        by_day[row.start or day] = {}
    for on, new in by_day.items():
        holding = holdings.get(key_of("person.updated", {"date": str(on)}), Holding())
        # Of what is a correction the last one sent counts: an older one must not be sent again.
        same_day = {
            name: before[name] if name in CORRECTED else value
            for name, value in holding.data.items()
        }
        comparison.state("person.updated", {**same_day, "date": str(on), **new})
    compare_endings(comparison, row, holdings, day, tells_ends=True)


def _person_field_since(name: str, row: SourceRow, updates: list[HeldEvent], day: date) -> date:
    """From when a new value holds: the row's `since`, where what it replaces began before that."""
    held = [effective_day(item) for item in updates if name in item.data]
    began = max((on for on in held if on <= day), default=None)
    if row.start is None or (began is not None and row.start <= began):
        return day
    return row.start


def compare_record(
    comparison: PersonComparison,
    row: SourceRow,
    holdings: Holdings,
    day: date,
    treatment: RowTreatment,
    *,
    tells_ends: bool,
) -> None:
    """A spell, a plan, a review or an action compared with what is held of it.

    `tells_ends` says whether a file of its kind has a column for an end.
    """
    table = row.table
    held = holdings.get(key_of(table.record_kind.starts, {table.id: row.id}), Holding())
    start = _moved_start(row, held.events[-1], day) if held.events else _new_start(row, day)
    _compare_fields(comparison, row, start, holdings, day, treatment)
    compare_endings(comparison, row, holdings, day, tells_ends=tells_ends)
    compare_extras(comparison, row, holdings)


def _new_start(row: SourceRow, day: date) -> dict[str, Any]:
    """The data of the start of a new record."""
    ends = [row.day(ending.on) for ending in row.table.endings]
    on = row.start or min([day, *filter(None, ends)])
    start = {row.table.id: row.id, "date": str(on)}
    if row.start is None:
        start["date_basis"] = "by_this_date"
    return start | {name: value for name, value in row.fields.items() if value is not None}


def _moved_start(row: SourceRow, held: HeldEvent, day: date) -> dict[str, Any]:
    """The data of a start that is held, on the day that the row says."""
    start = {**held.data, "date": str(effective_day(held))}
    if row.table.kind == _ONLY_CHANGED and row.start:
        # Of an action the earliest date that was ever told counts.
        return start | {"date": min(start["date"], str(row.start))}
    if row.start and (str(row.start) != start["date"] or "date_basis" in start):
        start["date"] = str(row.start)
        start.pop("date_basis", None)
    elif row.start is None and ("date_basis" in start or start["date"] > str(day)):
        start |= {"date": min(start["date"], str(day)), "date_basis": "by_this_date"}
        ends = [row.day(ending.on) for ending in row.table.endings]
        start["date"] = min([start["date"], *(str(end) for end in ends if end)])
    return start


def _compare_fields(
    comparison: PersonComparison,
    row: SourceRow,
    start: dict[str, Any],
    holdings: Holdings,
    day: date,
    treatment: RowTreatment,
) -> None:
    """State the start, with what the row corrects in it, and a change where other values differ."""
    table = row.table
    changes = changes_of(holdings, table.record_kind, row.id)
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
    at_start = str(on) == start["date"]
    told = {name for item in changes for name in item.data}
    corrected = {
        name: value
        for name, value in new.items()
        if _is_correction(table, name, value, treatment, at_start=at_start, told=name in told)
    }
    _remove_from_changes(comparison, table, start, changes, corrected, holdings, day)
    if changed := {name: value for name, value in new.items() if name not in corrected}:
        change = {table.id: row.id, "date": str(on)}
        held = holdings.get(key_of(table.record_kind.changes, change), Holding())
        same_day = {
            name: value
            for name, value in held.data.items()
            if name not in corrected and table.kind != _ONLY_CHANGED
        }
        comparison.state(table.record_kind.changes, {**same_day, **change, **changed})
    comparison.state(table.record_kind.starts, start | corrected)


def _is_correction(
    table: SnapshotTable,
    name: str,
    value: Any,
    treatment: RowTreatment,
    *,
    at_start: bool,
    told: bool,
) -> bool:
    """Whether a new value corrects the start: as the caller chose, or as no change could say it.

    `told` is whether a change that is held says the field.
    """
    changes = table.record_kind.changes
    if not changes or name not in CATALOGUE[changes].model_fields:
        return True
    if table.kind == _ONLY_CHANGED:
        return value is None or (at_start and not told and name != "due")
    return at_start or treatment.of_changed(table.kind) is Changed.CORRECT


def _remove_from_changes(
    comparison: PersonComparison,
    table: SnapshotTable,
    start: Mapping[str, Any],
    changes: list[HeldEvent],
    corrected: Mapping[str, Any],
    holdings: Holdings,
    day: date,
) -> None:
    """Take corrected fields out of the changes that are held until the day; the rest stays.

    Changes from before the start count on it in the order in which they were sent: one that is sent
    again says what they come to together.
    """
    if table.kind == _ONLY_CHANGED:
        return
    begun = date.fromisoformat(start["date"])
    on_start = fields_on(start, changes, begun)
    for key in {key_of(item.name, item.data) for item in changes if effective_day(item) <= day}:
        holding = holdings[key]
        rest = {name: value for name, value in holding.data.items() if name not in corrected}
        if rest == holding.data:
            continue
        if effective_day(holding.events[-1]) <= begun:
            fields = set(rest) - {table.id, "date"}
            rest |= {name: on_start[name] for name in fields if name in on_start}
        if set(rest) - {table.id, "date"}:
            comparison.state(table.record_kind.changes, rest)
        else:
            comparison.retract(holding)

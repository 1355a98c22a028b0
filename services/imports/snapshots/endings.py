"""How records end: by a date in their row, or because their row is gone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from schemas.codes import TEMPORARY_PLACEMENTS
from services.imports.snapshots.comparison import PersonComparison
from services.imports.snapshots.layout import Cell, DatedEvent, SnapshotTable
from services.imports.snapshots.source_row import SourceRow
from services.imports.snapshots.treatment import RowTreatment, Vanished
from services.sources.records import (
    changes_of,
    effective_day,
    end_of,
    has_ended,
    record_id,
    starts_of,
)
from services.sources.statements import HeldEvent, Holding, Holdings, Statement, key_of

_CUT_ONE_ANOTHER = frozenset({"placements", "accommodation", "pre_proceedings", "missing"})
"""Kinds of which a later record cuts an earlier one."""

_CUTS_NONE: Mapping[str, tuple[str, frozenset[str]]] = {
    "placements": ("code", TEMPORARY_PLACEMENTS),
    "missing": ("kind", frozenset({"absent"})),
}
"""Of such kinds, the field by which a record that cuts none is told, and what it says then."""

GONE = "no longer among the current rows of the source"
"""The reason that is given for the end of a vanished record, where its end takes free text."""


def compare_endings(
    comparison: PersonComparison, row: SourceRow, holdings: Holdings, day: date, *, tells_ends: bool
) -> None:
    """State each end that the row has; retract one that is held and no longer in the row.

    Where no file of its kind `tells_ends`, a row is open because it is there.
    """
    table = row.table
    for ending in table.endings:
        holding = end_of(holdings, table.record_kind, ending.name, row.id)
        if row.values.get(ending.on):
            statement = Statement(ending.name, _event_data(row, ending, holding))
            comparison.statements.append(statement)
            if table.kind == "people":
                _retract_named(comparison, ending.name, holdings, but=statement.key)
        elif ending.on in row.values or (holding.events and holding.data.get("reason") == GONE):
            # It is open again: who was reported to have died and has not, is back.
            if table.kind == "people":
                _retract_named(comparison, ending.name, holdings)
            else:
                comparison.retract(holding)
        elif (
            holding.events
            and not tells_ends
            and _is_current(row)
            and effective_day(holding.events[-1]) <= day
        ):
            comparison.retract(holding)


def _is_current(row: SourceRow) -> bool:
    """Whether the row is open because it is there: its file has no column for an end."""
    ends = {ending.on for ending in row.table.endings}
    return row.table.kind != "people" and not ends & (set(row.values) | row.unreadable)


def _retract_named(
    comparison: PersonComparison, name: str, holdings: Holdings, but: str = ""
) -> None:
    """Retract whatever is held under a name of events, except under one key."""
    for key, holding in holdings.items():
        if key != but and holding.events and holding.events[0].name == name:
            comparison.retract(holding)


def compare_extras(comparison: PersonComparison, row: SourceRow, holdings: Holdings) -> None:
    """State each further event that the row has; retract it where its cell is empty now."""
    for extra in row.table.extras:
        held = [
            holding
            for holding in holdings.values()
            if holding.events and _is_of_row(holding.events[0], extra, row)
        ]
        data = _event_data(row, extra, held[-1] if held else Holding())
        if data.get("date") and all(data.get(name) for name in extra.required):
            comparison.state(extra.name, data)
            key = comparison.statements[-1].key
            told_otherwise = [it for it in held if key_of(extra.name, it.data) != key]
        elif any(row.values.get(name, "") is None for name in (extra.on, *_columns(extra))):
            told_otherwise = held
        else:
            told_otherwise = []
        for holding in told_otherwise:
            comparison.retract(holding)


def _columns(extra: DatedEvent) -> Iterator[str]:
    """The columns without which a further event stands for nothing."""
    return (extra.fields[name] for name in extra.required)


def _is_of_row(event: HeldEvent, extra: DatedEvent, row: SourceRow) -> bool:
    return event.name == extra.name and record_id(event, row.table.record_kind) == row.id


def _event_data(row: SourceRow, dated: DatedEvent, holding: Holding) -> dict[str, Any]:
    """The data of a dated event from its row; a field without a column stays as it is held."""
    data: dict[str, Any] = {} if row.table.kind == "people" else {row.table.id: row.id}
    data["date"] = row.values.get(dated.on)
    for name, column in dated.fields.items():
        value = row.values.get(column) if column in row.values else holding.data.get(name)
        if value is not None and value != GONE:
            data[name] = value
    return data


def compare_vanished(
    comparison: PersonComparison,
    table: SnapshotTable,
    id_: str,
    start: HeldEvent,
    holdings: Holdings,
    day: date,
    treatment: RowTreatment,
    *,
    in_doubt: bool,
) -> None:
    """End, retract or keep a record whose row is gone; one that had ended before is left alone.

    An extract of current rows drops what has ended, so that its absence means nothing. What has not
    begun leaves nobody's sight when it is gone.
    """
    starts_later = table.kind != "people" and effective_day(start) > day
    choice = treatment.of_vanished(table.kind, in_doubt=in_doubt and not starts_later)
    if has_ended(holdings, table.record_kind, id_, day):
        return
    if not table.endings and choice is not Vanished.RETRACT:
        return
    if choice is Vanished.KEEP and (table.kind in treatment.vanished or not in_doubt):
        return
    comparison.vanished.append(table.kind)
    if choice is Vanished.KEEP:
        comparison.kept.append(table.kind)
        return
    if choice is Vanished.RETRACT or starts_later:
        _retract_all(comparison, table, id_, holdings)
        return
    ending = table.endings[-1]
    data: dict[str, Any] = {} if table.kind == "people" else {table.id: id_}
    data["date"] = str(day)
    if table.cells.get(ending.fields.get("reason", "")) is Cell.TEXT:
        data["reason"] = GONE
    comparison.state(ending.name, data)


def stands_in_the_way(
    table: SnapshotTable,
    id_: str,
    start: HeldEvent,
    holdings: Holdings,
    runs: Sequence[tuple[date, date]],
) -> bool:
    """Whether a record whose row is gone would cut one that is there: it was recorded in error.

    A caseworker's move that was undone. Some cut nothing (`_CUTS_NONE`). `runs` are from when to
    when the rows that are there say that they run.
    """
    begun = effective_day(start)
    if table.kind not in _CUT_ONE_ANOTHER or not any(a <= begun < b for a, b in runs):
        return False
    return not _are_of_one_that_cuts_none(table, _held_values(table, id_, holdings))


def cuts_none(table: SnapshotTable, row: SourceRow, holdings: Holdings) -> bool:
    """Whether a row that is there is of those that cut none, by what it or its record says."""
    name, _ = _CUTS_NONE.get(table.kind, ("", frozenset()))
    told = [row.values[name]] if name in row.values else _held_values(table, row.id, holdings)
    return _are_of_one_that_cuts_none(table, told)


def _held_values(table: SnapshotTable, id_: str, holdings: Holdings) -> list[Any]:
    """What is held of the field by which a record that cuts none is told."""
    name, _ = _CUTS_NONE.get(table.kind, ("", frozenset()))
    start = starts_of(holdings, table.record_kind).get(id_)
    changes = changes_of(holdings, table.record_kind, id_)
    return [item.data.get(name) for item in (start, *changes) if item]


def _are_of_one_that_cuts_none(table: SnapshotTable, told: Sequence[Any]) -> bool:
    _, cut_none = _CUTS_NONE.get(table.kind, ("", frozenset()))
    values = {str(value) for value in told if value}
    return bool(values) and values <= cut_none


def take_back(
    comparison: PersonComparison,
    table: SnapshotTable,
    id_: str,
    holdings: Holdings,
    treatment: RowTreatment,
) -> None:
    """Retract all of a record that was recorded in error."""
    if treatment.of_vanished(table.kind) is Vanished.KEEP:
        return
    comparison.vanished.append(table.kind)
    _retract_all(comparison, table, id_, holdings)


def _retract_all(
    comparison: PersonComparison, table: SnapshotTable, id_: str, holdings: Holdings
) -> None:
    for holding in holdings.values():
        if holding.events and _is_about(holding.events[0], table, id_):
            comparison.retract(holding)


def _is_about(event: HeldEvent, table: SnapshotTable, id_: str) -> bool:
    """Whether an event is about a record; a merge is about no single person's record."""
    family = table.record_kind.starts.split(".")[0]
    same_family = event.name.split(".")[0] == family and event.name != "person.merged"
    return same_family and (table.kind == "people" or record_id(event, table.record_kind) == id_)

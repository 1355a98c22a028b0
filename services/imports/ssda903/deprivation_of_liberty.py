"""Deprivation of liberty orders (DoLO), as changes of the placements of those days."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from services.imports.ssda903.cells import Cells
from services.imports.tabular.faults import Became
from services.imports.tabular.layouts import Row
from services.sources.statements import Statement


def with_liberty(
    statements: list[Statement], rows: Iterable[Row], cells: Cells
) -> Iterator[Statement]:
    """The same statements, with changes of the placements while an order is in force."""
    spans = list(_orders(rows, cells))
    changes: dict[tuple[str, str], dict[str, Any]] = {}
    for row, start, end in spans:
        placed = False
        for id_, start_day, ended in _placements(statements):
            first = max(start_day, start)
            if first < (ended or date.max) and first < (end or date.max):
                placed = True
                changes[id_, str(first)] = {"deprivation_of_liberty": True}
                if end and end < (ended or date.max):
                    changes[id_, str(end)] = {"deprivation_of_liberty": False}
        if not placed:
            expected = "a day on which the child is in a placement of this return"
            cells.fault(row, "DOLO_START", expected, Became.KEPT)
    for statement in statements:
        if statement.name == "placement.changed":
            key = (statement.data["placement_id"], statement.data["date"])
            yield Statement(statement.name, {**statement.data, **changes.pop(key, {})})
        else:
            yield statement
    for (id_, day), change in changes.items():
        yield Statement("placement.changed", {"placement_id": id_, "date": day} | change)


def _orders(rows: Iterable[Row], cells: Cells) -> Iterator[tuple[Row, date, date | None]]:
    """The orders, with the day on which each starts and ends; None where it has not ended."""
    for row in rows:
        start = cells.day(row, "DOLO_START", Became.ROW_LEFT_OUT)
        if start:
            end = cells.day(row, "DOLO_END")
            if end is not None and end < start:
                expected = f"a day on or after DOLO_START, {start:%d/%m/%Y}"
                cells.fault(row, "DOLO_END", expected, Became.FIELD_LEFT_OUT)
                end = None
            yield row, start, end
        elif not row["DOLO_START"]:
            expected = "the day on which the order began"
            cells.fault(row, "DOLO_START", expected, Became.ROW_LEFT_OUT)


def _placements(statements: Iterable[Statement]) -> Iterator[tuple[str, date, date | None]]:
    ends = {
        statement.data["placement_id"]: date.fromisoformat(statement.data["date"])
        for statement in statements
        if statement.name == "placement.ended"
    }
    for statement in statements:
        if statement.name == "placement.started":
            id_ = statement.data["placement_id"]
            yield id_, date.fromisoformat(statement.data["date"]), ends.get(id_)

"""What changed: the rows of one young person beside what is held of their source.

A row that is new starts something. One that says otherwise is a change from the day of the
snapshot on (or from `changed_on`), or a correction from the start, as the caller wants. One that is
gone ends, or is retracted. A start that no row tells is the day of the snapshot, by this date.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.imports.faults import FileFault
from services.imports.sayings import Held, Said, Saying, Slot, said_of, slot_of
from services.imports.snapshots.current import Current
from services.imports.snapshots.shapes import (
    BY_KIND,
    Changed,
    Ending,
    Shape,
    Vanished,
    Ways,
)

Rows = Mapping[str, Mapping[str, Current]]
"""Kind to id to row."""


@dataclass(slots=True)
class Comparison:
    """What a snapshot says of one young person, and what it takes back."""

    sayings: list[Saying] = field(default_factory=list)
    taken_back: set[str] = field(default_factory=set)
    vanished: list[str] = field(default_factory=list)
    """Kinds of the rows that are gone, one for each."""
    faults: list[FileFault] = field(default_factory=list)
    is_absent: bool = False
    """Whether nothing at all is said of somebody of whom something is held."""

    def would_say(self, said: Said) -> bool:
        """Whether it takes an event that is held back."""
        return said.id in self.taken_back

    def take_back(self, slot: Slot) -> None:
        """Retract whatever a slot says."""
        self.taken_back |= {item.id for item in slot.said}


def compare(
    rows: Rows,
    held: Held,
    day: date,
    ways: Ways,
    kinds: Collection[str],
    unclear: Collection[tuple[str, str]] = (),
) -> Comparison:
    """Set the rows of one young person beside what is held.

    `kinds` are those that the snapshot has a file of; only of these can a row be gone. `unclear`
    are kind and id of rows that could not be used: they are there, so they are not gone. Somebody
    of whom no row is left, of any kind, stays as they were unless the caller says otherwise: they
    may have been lost from the extract, and nobody leaves sight for that.
    """
    comparison = Comparison()
    if "people" in kinds and not rows and not unclear:
        comparison.is_absent = any(slot.said for slot in held.values())
        if ways.of_vanished("people") is Vanished.KEEP:
            return comparison
    for kind, shape in BY_KIND.items():
        if kind not in kinds:
            continue
        current = rows.get(kind, {})
        for row in current.values():
            if kind == "people":
                _person(comparison, row, held, day)
            else:
                _row(comparison, row, held, day, ways)
        if kind == "people" and current:
            continue
        for id_, begun in _begun(held, shape).items():
            if id_ not in current and (kind, id_) not in unclear and (kind, "") not in unclear:
                _gone(comparison, shape, id_, begun, held, day, ways)
    return comparison


def _person(comparison: Comparison, row: Current, held: Held, day: date) -> None:
    """Fields that differ from what is held on the day, said from then on."""
    known: dict[str, Any] = {}
    updates = said_of(held, ["person.updated"])
    for item in sorted(updates, key=lambda item: item.data.get("date") or f"{item.time:%Y-%m-%d}"):
        known |= item.data
    new = {name: value for name, value in row.told().items() if value != known.get(name)}
    if new or not updates:
        on = str(row.start or day)
        slot = held.get(slot_of("person.updated", {"date": on}), Slot())
        comparison.sayings.append(Saying("person.updated", {**slot.data, "date": on, **new}))
    _endings(comparison, row, held)


def _row(comparison: Comparison, row: Current, held: Held, day: date, ways: Ways) -> None:
    """A spell, a plan, a review or an action beside what is held of it."""
    shape, key = row.shape, {row.shape.id: row.id}
    slot = held.get(slot_of(shape.begins, key), Slot())
    told = row.told()
    if not slot.said:
        on = row.start or day
        begun = key | {"date": str(on)} | {k: v for k, v in told.items() if v is not None}
        if row.start is None:
            begun["date_basis"] = "by_this_date"
        comparison.sayings.append(Saying(shape.begins, begun))
    else:
        _changed(comparison, row, slot, held, day, ways)
    _endings(comparison, row, held)
    _extras(comparison, row)


def _changed(
    comparison: Comparison, row: Current, slot: Slot, held: Held, day: date, ways: Ways
) -> None:
    shape, begun = row.shape, dict(slot.data)
    changes = [
        item
        for item in said_of(held, [shape.changes])
        if shape.changes and item.data.get(shape.id) == row.id
    ]
    known = dict(begun)
    for item in sorted(changes, key=lambda item: str(item.data["date"])):
        if str(item.data["date"]) <= str(day):
            known |= item.data
    new = {name: value for name, value in row.told().items() if value != known.get(name)}
    if row.start and str(row.start) != begun["date"]:
        begun["date"] = str(row.start)
        begun.pop("date_basis", None)
    on = max(row.day("changed_on") or day, date.fromisoformat(begun["date"]))
    corrects = ways.of_changed(shape.kind) is Changed.CORRECT or not shape.changes
    if new and (corrects or str(on) == begun["date"]):
        begun |= row.told()
        for item in changes:
            comparison.taken_back.add(item.id)
    elif new:
        change = {shape.id: row.id, "date": str(on)}
        same_day = held.get(slot_of(shape.changes, change), Slot())
        comparison.sayings.append(Saying(shape.changes, {**same_day.data, **change, **new}))
    comparison.sayings.append(Saying(shape.begins, begun))


def _endings(comparison: Comparison, row: Current, held: Held) -> None:
    """Each end that the row tells; one that is held and no longer told is taken back."""
    for ending in row.shape.endings:
        slot = held.get(_slot_of_ending(row.shape, ending, row.id, held), Slot())
        if row.values.get(ending.on):
            saying = Saying(ending.name, _ended(row, ending))
            comparison.sayings.append(saying)
            if row.shape.kind == "people":
                _take_back_all(comparison, ending.name, held, but=saying.slot)
        elif row.shape.kind == "people":
            if ending.on in row.values:  # whoever was said to have died, and has not, is back
                _take_back_all(comparison, ending.name, held)
        elif slot.said:
            comparison.take_back(slot)


def _take_back_all(comparison: Comparison, name: str, held: Held, but: str = "") -> None:
    for slot, told in held.items():
        if slot != but and told.said and told.said[0].name == name:
            comparison.take_back(told)


def _extras(comparison: Comparison, row: Current) -> None:
    for extra in row.shape.extras:
        told = _ended(row, extra)
        if told.get("date") and told.get("until"):
            comparison.sayings.append(Saying(extra.name, told))


def _ended(row: Current, ending: Ending) -> dict[str, Any]:
    told: dict[str, Any] = {} if row.shape.kind == "people" else {row.shape.id: row.id}
    told["date"] = row.values.get(ending.on)
    fields = {name: row.values.get(column) for name, column in ending.fields.items()}
    return told | {name: value for name, value in fields.items() if value is not None}


def _slot_of_ending(shape: Shape, ending: Ending, id_: str, held: Held) -> str:
    if shape.kind == "people":
        return next((slot for slot in held if slot.startswith(ending.name)), "")
    return slot_of(ending.name, {shape.id: id_})


def _begun(held: Held, shape: Shape) -> dict[str, Said]:
    """What is held as begun, by its id."""
    if shape.kind == "people":
        updates = said_of(held, [shape.begins])
        return {"": updates[-1]} if updates else {}
    return {str(item.data[shape.id]): item for item in said_of(held, [shape.begins])}


def _gone(
    comparison: Comparison,
    shape: Shape,
    id_: str,
    begun: Said,
    held: Held,
    day: date,
    ways: Ways,
) -> None:
    """A row that is there no more. What had ended before may leave an extract of current rows."""
    way = ways.of_vanished(shape.kind)
    ended = any(
        held.get(_slot_of_ending(shape, ending, id_, held), Slot()).said for ending in shape.endings
    )
    if ended or way is Vanished.KEEP or (way is Vanished.END and not shape.endings):
        return
    comparison.vanished.append(shape.kind)
    if way is Vanished.RETRACT:
        for slot in held.values():
            if slot.said and _is_about(slot.said[0], shape, id_):
                comparison.take_back(slot)
        return
    ending = shape.endings[-1]
    told: dict[str, Any] = {} if shape.kind == "people" else {shape.id: id_}
    told["date"] = str(max(day, date.fromisoformat(str(begun.data.get("date") or day))))
    if "reason" in ending.fields:
        told["reason"] = "no longer among the current rows of the source"
    comparison.sayings.append(Saying(ending.name, told))


def _is_about(said: Said, shape: Shape, id_: str) -> bool:
    kind = shape.begins.split(".")[0]
    same_kind = said.name.split(".")[0] == kind
    return same_kind and (shape.kind == "people" or str(said.data.get(shape.id)) == id_)


def is_open(row: Current, day: date) -> bool:
    """Whether a row's spell is open on a day."""
    begun = row.start is None or row.start <= day
    ends = [row.day(ending.on) for ending in row.shape.endings]
    return begun and not any(end is not None and end <= day for end in ends)

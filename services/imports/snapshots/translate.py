"""What changed: the rows of one young person beside what is held of their source.

A row that is new starts something. One that says otherwise is a change from the day of the
snapshot on (or from `changed_on`), or a correction from the start, as the caller wants. One that is
gone ends, or is retracted. A start that no row tells is the day of the snapshot, by this date.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.events.catalogue import CATALOGUE
from services.imports.snapshots.current import Current
from services.imports.snapshots.known import (
    begun_of,
    changes_of,
    day_of,
    ended_in,
    has_ended,
    id_of,
    known_on,
    person_on,
)
from services.imports.snapshots.layout import (
    BY_KIND,
    Cell,
    Changed,
    Ending,
    Shape,
    Vanished,
    Ways,
)
from services.sources.statements import Held, Said, Saying, Slot, said_of, slot_of

GONE = "no longer among the current rows of the source"
"""Why something ended that vanished, where its end takes words."""

Rows = Mapping[str, Mapping[str, Current]]
"""Kind to id to row."""


@dataclass(slots=True)
class Comparison:
    """What a snapshot says of one young person, and what it takes back."""

    sayings: list[Saying] = field(default_factory=list)
    taken_back: set[str] = field(default_factory=set)
    vanished: list[str] = field(default_factory=list)
    """Kinds of the rows that are gone, one for each."""
    is_absent: bool = False
    """Whether nothing at all is said of somebody of whom something is held."""

    def would_say(self, said: Said) -> bool:
        """Whether it takes an event that is held back."""
        return said.id in self.taken_back

    def take_back(self, slot: Slot) -> None:
        """Retract whatever a slot says."""
        self.taken_back |= {item.id for item in slot.said}

    def say(self, name: str, data: dict[str, Any]) -> None:
        """Say something."""
        self.sayings.append(Saying(name, data))


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
    if "people" in kinds and not rows and all(not id_ for _, id_ in unclear):
        comparison.is_absent = any(slot.said for slot in held.values())
        if ways.of_vanished("people") is Vanished.KEEP:
            comparison.vanished = [
                kind
                for kind in kinds
                for id_ in begun_of(held, BY_KIND[kind])
                if not has_ended(held, BY_KIND[kind], id_, day)
            ]
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
        asked = {id_ for of, id_ in unclear if of == kind}
        if "" in asked or (kind == "people" and (current or asked)):
            continue
        for id_, begun in begun_of(held, shape).items():
            if id_ not in current and id_ not in asked:
                _gone(comparison, shape, id_, begun, held, day, ways)
    return comparison


def _person(comparison: Comparison, row: Current, held: Held, day: date) -> None:
    """Fields that differ from what is held on the day, said from then on."""
    known = person_on(held, day)
    new = {name: value for name, value in row.told().items() if value != known.get(name)}
    updates = said_of(held, ["person.updated"])
    if new or not updates:
        since = [day_of(item) for item in updates if set(new) & set(item.data)]
        on = max([row.start or day, *(told for told in since if told <= day)])
        slot = held.get(slot_of("person.updated", {"date": str(on)}), Slot())
        comparison.say("person.updated", {**slot.data, "date": str(on), **new})
    _endings(comparison, row, held, day)


def _row(comparison: Comparison, row: Current, held: Held, day: date, ways: Ways) -> None:
    """A spell, a plan, a review or an action beside what is held of it."""
    shape = row.shape
    slot = held.get(slot_of(shape.begins, {shape.id: row.id}), Slot())
    if slot.said:
        _changed(comparison, row, slot, held, day, ways)
    else:
        _begins(comparison, row, held, day)
    _endings(comparison, row, held, day)
    _extras(comparison, row, held)


def _begins(comparison: Comparison, row: Current, held: Held, day: date) -> None:
    """Something new. Changes that were held of it without a start would change it unasked."""
    ends = [row.day(ending.on) for ending in row.shape.endings]
    on = row.start or min([day, *filter(None, ends)])
    told = {name: value for name, value in row.told().items() if value is not None}
    begun = {row.shape.id: row.id, "date": str(on)} | told
    if row.start is None:
        begun["date_basis"] = "by_this_date"
    comparison.say(row.shape.begins, begun)
    comparison.taken_back |= {item.id for item in changes_of(held, row.shape, row.id)}


def _changed(
    comparison: Comparison, row: Current, slot: Slot, held: Held, day: date, ways: Ways
) -> None:
    shape, begun = row.shape, dict(slot.data)
    changes = changes_of(held, shape, row.id)
    known = known_on(begun, changes, day)
    new = {name: value for name, value in row.told().items() if value != known.get(name)}
    if row.start and (str(row.start) != begun["date"] or "date_basis" in begun):
        begun["date"] = str(row.start)
        begun.pop("date_basis", None)
    elif row.start is None and ("date_basis" in begun or begun["date"] > str(day)):
        begun |= {"date": min(begun["date"], str(day)), "date_basis": "by_this_date"}
        ends = [row.day(ending.on) for ending in shape.endings]
        begun["date"] = min([begun["date"], *(str(day) for day in ends if day)])
    lately = [day_of(item) for item in changes if set(new) & set(item.data)]
    on = max(
        row.day("changed_on") or day,
        date.fromisoformat(begun["date"]),
        *(told for told in lately if told <= day),
        date.min,
    )
    if new and (_corrects(shape, new, ways) or str(on) == begun["date"]):
        begun |= row.told()
        _leave_the_rest(comparison, shape, changes, row.told(), held)
    elif new:
        change = {shape.id: row.id, "date": str(on)}
        same_day = held.get(slot_of(shape.changes, change), Slot())
        comparison.say(shape.changes, {**same_day.data, **change, **new})
    comparison.say(shape.begins, begun)


def _corrects(shape: Shape, new: Mapping[str, Any], ways: Ways) -> bool:
    """Whether it is said as a correction: as the caller wants, or as no change could say it."""
    if ways.of_changed(shape.kind) is Changed.CORRECT or not shape.changes:
        return True
    fields = CATALOGUE[shape.changes].model_fields
    cleared = shape.kind == "actions" and None in new.values()
    return cleared or any(name not in fields for name in new)


def _leave_the_rest(
    comparison: Comparison, shape: Shape, changes: list[Said], told: Mapping[str, Any], held: Held
) -> None:
    """Take corrected fields out of the changes that are held; what else they say stays."""
    for slot_name in {slot_of(item.name, item.data) for item in changes}:
        slot = held[slot_name]
        rest = {name: value for name, value in slot.data.items() if name not in told}
        if set(rest) - {shape.id, "date"}:
            comparison.say(shape.changes, rest)
        else:
            comparison.take_back(slot)


def _endings(comparison: Comparison, row: Current, held: Held, day: date) -> None:
    """Each end that the row tells; one that is held and no longer told is taken back."""
    shape = row.shape
    for ending in shape.endings:
        slot = ended_in(held, shape, ending, row.id)
        if row.values.get(ending.on):
            saying = Saying(ending.name, _ended(row, ending, slot))
            comparison.sayings.append(saying)
            if shape.kind == "people":
                _take_back_others(comparison, ending.name, held, but=saying.slot)
        elif ending.on in row.values or (slot.said and slot.data.get("reason") == GONE):
            # Said to be open again: who was said to have died and has not, is back.
            if shape.kind == "people":
                _take_back_others(comparison, ending.name, held)
            else:
                comparison.take_back(slot)
        elif slot.said and _is_current(row) and day_of(slot.said[-1]) <= day:
            comparison.take_back(slot)


def _is_current(row: Current) -> bool:
    """Whether the row says by being there that it is current: its file has no column for an end."""
    ends = {ending.on for ending in row.shape.endings}
    return row.shape.kind != "people" and not ends & (set(row.values) | row.unreadable)


def _take_back_others(comparison: Comparison, name: str, held: Held, but: str = "") -> None:
    for slot, told in held.items():
        if slot != but and told.said and told.said[0].name == name:
            comparison.take_back(told)


def _extras(comparison: Comparison, row: Current, held: Held) -> None:
    for extra in row.shape.extras:
        told = _ended(row, extra, Slot())
        if told.get("date") and told.get("until"):
            comparison.say(extra.name, told)
        elif extra.on in row.values and not row.values[extra.on]:
            for slot in held.values():
                if slot.said and _is_extra(slot.said[0], extra, row):
                    comparison.take_back(slot)


def _is_extra(said: Said, extra: Ending, row: Current) -> bool:
    return said.name == extra.name and id_of(said, row.shape) == row.id


def _ended(row: Current, ending: Ending, slot: Slot) -> dict[str, Any]:
    """An end as the row tells it; what it has no column for stays as it is held."""
    told: dict[str, Any] = {} if row.shape.kind == "people" else {row.shape.id: row.id}
    told["date"] = row.values.get(ending.on)
    for name, column in ending.fields.items():
        value = row.values.get(column) if column in row.values else slot.data.get(name)
        if value is not None and value != GONE:
            told[name] = value
    return told


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
    if has_ended(held, shape, id_, day) or way is Vanished.KEEP:
        return
    if way is Vanished.END and not shape.endings:
        return
    comparison.vanished.append(shape.kind)
    if way is Vanished.RETRACT or (shape.kind != "people" and day_of(begun) > day):
        for slot in held.values():
            if slot.said and _is_about(slot.said[0], shape, id_):
                comparison.take_back(slot)
        return
    ending = shape.endings[-1]
    told: dict[str, Any] = {} if shape.kind == "people" else {shape.id: id_}
    told["date"] = str(day)
    if shape.cells.get(ending.fields.get("reason", "")) is Cell.TEXT:
        told["reason"] = GONE
    comparison.say(ending.name, told)


def _is_about(said: Said, shape: Shape, id_: str) -> bool:
    kind = shape.begins.split(".")[0]
    same_kind = said.name.split(".")[0] == kind and said.name != "person.merged"
    return same_kind and (shape.kind == "people" or id_of(said, shape) == id_)


def is_open(row: Current, day: date) -> bool:
    """Whether a row's spell is open on a day."""
    begun = row.start is None or row.start <= day
    ends = [row.day(ending.on) for ending in row.shape.endings]
    return begun and not any(end is not None and end <= day for end in ends)

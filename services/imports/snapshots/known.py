"""What is held of one young person, as a snapshot's rows are set beside it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.days import london_day, read_day
from services.imports.snapshots.layout import Ending, Shape
from services.sources.statements import Held, Said, Slot, said_of, slot_of


def day_of(said: Said) -> date:
    """The day on which something holds: its date, or where it has none that can be read, its time.

    Events of a live feed may have what a row never has.
    """
    try:
        return read_day(said.data.get("date"))
    except ValueError:
        return london_day(said.time)


def id_of(said: Said, shape: Shape) -> str:
    """The id of what an event is about; whole numbers are ids too."""
    return str(said.data.get(shape.id, ""))


def begun_of(held: Held, shape: Shape) -> dict[str, Said]:
    """What is held as begun, by its id, each as it was said last; people under no id."""
    if shape.kind == "people":
        updates = said_of(held, [shape.begins])
        return {"": updates[-1]} if updates else {}
    return {id_of(item, shape): item for item in said_of(held, [shape.begins])}


def changes_of(held: Held, shape: Shape, id_: str) -> list[Said]:
    """The changes of one spell or action, in the order in which they were said."""
    if not shape.changes:
        return []
    return [item for item in said_of(held, [shape.changes]) if id_of(item, shape) == id_]


def known_on(begun: Mapping[str, Any], changes: list[Said], day: date) -> dict[str, Any]:
    """What a spell is known to be on a day; a change from before its start counts from it."""
    start = str(begun["date"])
    told = dict(begun)
    in_order = sorted(
        changes,
        key=lambda item: (max(str(day_of(item)), start), item.time, item.sequence, item.id),
    )
    for item in in_order:
        if str(day_of(item)) <= str(day):
            told |= item.data
    return told


def person_on(held: Held, day: date) -> dict[str, Any]:
    """What is known of the person on a day. Birth and initials are corrections: the last counts."""
    updates = said_of(held, ["person.updated"])
    told: dict[str, Any] = {}
    for item in sorted(updates, key=lambda item: (day_of(item), item.time, item.sequence, item.id)):
        if day_of(item) <= day:
            told |= item.data
    for item in updates:
        told |= {name: item.data[name] for name in _CORRECTED if name in item.data}
    return told


_CORRECTED = ("date_of_birth", "initials")


def ended_in(held: Held, shape: Shape, ending: Ending, id_: str) -> Slot:
    """What is held of one way in which something ended."""
    if shape.kind == "people":
        slots = (slot for slot in held.values() if slot.said and slot.said[0].name == ending.name)
        return next(slots, Slot())
    return held.get(slot_of(ending.name, {shape.id: id_}), Slot())


def has_ended(held: Held, shape: Shape, id_: str, day: date) -> bool:
    """Whether something had ended by a day; an end that is only planned is none."""
    return any(
        slot.said and day_of(slot.said[-1]) <= day
        for slot in (ended_in(held, shape, ending, id_) for ending in shape.endings)
    )

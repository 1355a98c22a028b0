"""What is held of a source about one young person, read record by record."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.days import london_day, read_day
from schemas.reading import digits, tidy
from services.sources.record_kinds import PEOPLE, RECORD_KINDS, RecordKind
from services.sources.statements import HeldEvent, Holding, Holdings, events_named, key_of

CORRECTED = ("date_of_birth", "initials")
"""Fields of a person that never change, so that another value is a correction."""


def effective_day(event: HeldEvent) -> date:
    """The effective date of an event; the London day of its `time` where it has no readable date.

    Events of a live feed may lack what a row of a snapshot always has.
    """
    try:
        return read_day(tidy(event.data.get("date")))
    except ValueError:
        return london_day(event.time)


def record_id(event: HeldEvent, kind: RecordKind) -> str:
    """The id of the record that an event is about, as it is read: some send numbers, or spaces."""
    return str(tidy(digits(event.data.get(kind.id_field))) or "")


def starts_of(holdings: Holdings, kind: RecordKind) -> dict[str, HeldEvent]:
    """The latest start of each record by its id; of a person the latest update, under no id."""
    if kind is PEOPLE:
        updates = events_named(holdings, [kind.starts])
        return {"": updates[-1]} if updates else {}
    return {record_id(item, kind): item for item in events_named(holdings, [kind.starts])}


def changes_of(holdings: Holdings, kind: RecordKind, id_: str) -> list[HeldEvent]:
    """The changes of one record, in the order of their time and sequence."""
    if not kind.changes:
        return []
    return [item for item in events_named(holdings, [kind.changes]) if record_id(item, kind) == id_]


def fields_on(start: Mapping[str, Any], changes: list[HeldEvent], day: date) -> dict[str, Any]:
    """A record's fields on a day: `start` and the changes until then.

    A change that is dated before the start counts from the start.
    """
    first = str(start["date"])
    fields = dict(start)
    in_order = sorted(
        changes,
        key=lambda item: (
            max(str(effective_day(item)), first), item.time, item.sequence, item.id,
        ),
    )  # fmt: skip
    for item in in_order:
        if str(effective_day(item)) <= str(day):
            fields |= item.data
    return fields


def person_fields_on(holdings: Holdings, day: date) -> dict[str, Any]:
    """A person's fields on a day. Birth and initials are corrections: the last counts."""
    updates = events_named(holdings, ["person.updated"])
    fields: dict[str, Any] = {}
    for item in sorted(
        updates, key=lambda item: (effective_day(item), item.time, item.sequence, item.id)
    ):
        if effective_day(item) <= day:
            fields |= item.data
    for item in updates:
        fields |= {name: item.data[name] for name in CORRECTED if name in item.data}
    return fields


def end_of(holdings: Holdings, kind: RecordKind, name: str, id_: str) -> Holding:
    """What is held of one event that ends a record; empty where it has none of that name."""
    if kind is PEOPLE:
        ends = (held for held in holdings.values() if held.events and held.events[0].name == name)
        return next(ends, Holding())
    return holdings.get(key_of(name, {kind.id_field: id_}), Holding())


def has_ended(holdings: Holdings, kind: RecordKind, id_: str, day: date) -> bool:
    """Whether a record had ended by a day; an end in the future does not count."""
    ends = (end_of(holdings, kind, name, id_) for name in kind.ends)
    return any(end.events and effective_day(end.events[-1]) <= day for end in ends)


def open_counts(holdings: Holdings, day: date) -> Counter[str]:
    """How many records are open on a day, by their field of snapshot.completed.

    A person counts from whichever day: a snapshot has no start for them.
    """
    counts: Counter[str] = Counter()
    for kind in RECORD_KINDS.values():
        if kind.counted_as:
            counts[kind.counted_as] += sum(
                (kind is PEOPLE or effective_day(start) <= day)
                and not has_ended(holdings, kind, id_, day)
                for id_, start in starts_of(holdings, kind).items()
            )
    return counts

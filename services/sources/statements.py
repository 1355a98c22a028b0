"""What a file says of one young person, set against what is held of its source.

Everything that a source can say has a slot: the start of one spell, a change of it on one day, one
review. A slot that says what is held is no news. One that says otherwise is said again, which
corrects it; one that the file should have and has not is retracted. The same file twice is nothing,
and an event's id comes of its slot and content alone, so that a run that broke off can be repeated.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from schemas.envelope import content_digest
from schemas.events.catalogue import CATALOGUE, type_of
from schemas.events.feed import EventRetracted
from schemas.structured import structured_event

_LONGEST_SLOT = 300


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that a file says: the name of an event and its data."""

    name: str
    data: Mapping[str, Any]

    @property
    def slot(self) -> str:
        """What it is about, within the young person."""
        return slot_of(self.name, self.data)


@dataclass(frozen=True, slots=True)
class Said:
    """An event that is held and counts: its id, its data as sent, and when the source said it."""

    name: str
    id: str
    data: Mapping[str, Any]
    time: datetime
    sequence: int


@dataclass(slots=True)
class Slot:
    """What is held in one slot. `ever` is how many events it has had, retracted ones too."""

    said: list[Said] = field(default_factory=list)
    ever: int = 0

    @property
    def data(self) -> Mapping[str, Any]:
        """What it says: of changes on one day all that they say, of anything else the last."""
        if self.said and CATALOGUE[self.said[-1].name].cumulative:
            return {key: value for item in self.said for key, value in item.data.items()}
        return self.said[-1].data if self.said else {}


Held = Mapping[str, Slot]
"""What is held of one source about one young person, by slot."""

InScope = Callable[[Said], bool]
"""Whether a file of this kind would have it, so that its absence takes it back."""


def slot_of(name: str, data: Mapping[str, Any]) -> str:
    """The slot of an event: its name, the id it is about and, for changes, the day."""
    model = CATALOGUE[name]
    id_ = data.get(model.id_field, "") if model.id_field else ""
    parts = [name, str(id_)]
    if model.cumulative or model.id_field is None:
        parts.append(str(data.get("date") or ""))
    return " ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says it and when: the source, and the time at which the file was made."""

    source: str
    as_at: datetime


def difference(
    voice: Voice, subject: str, wanted: Iterable[Saying], held: Held, in_scope: InScope
) -> list[dict[str, Any]]:
    """The events, in structured mode, that make what is held say what is wanted."""
    slots = {saying.slot: saying for saying in wanted}
    events: list[dict[str, Any]] = []
    # What began is retracted last: a run that breaks off can then still find the rest.
    for name, slot in sorted(held.items(), key=lambda item: _begins(item[0])):
        if name not in slots and slot.said and all(map(in_scope, slot.said)):
            events += (retraction(voice, subject, item.id) for item in slot.said)
    for name, saying in slots.items():
        known = held.get(name, Slot())
        if known.said and known.data == saying.data:
            continue
        if known.said and CATALOGUE[saying.name].cumulative:
            events += (retraction(voice, subject, item.id) for item in known.said)
        events.append(event(voice, subject, saying, known))
    return events


def _begins(slot: str) -> bool:
    """Whether a slot holds what others refer to: the start of a spell, a plan, an action."""
    return CATALOGUE[slot.split(" ", maxsplit=1)[0]].begins


def event(voice: Voice, subject: str, saying: Saying, known: Slot) -> dict[str, Any]:
    """An event that says this after all that its slot has said before."""
    told, sequence = voice.as_at, 0
    if known.said:
        last = known.said[-1]
        if last.time >= told:
            told, sequence = last.time, last.sequence + 1
    type_ = type_of(saying.name)
    digest = content_digest(type_, subject, saying.data)
    slot = f"{subject}/{saying.slot}"
    if len(slot) > _LONGEST_SLOT:
        slot = sha256(slot.encode()).hexdigest()
    return structured_event(
        type_,
        saying.data,
        id=f"{slot}#{known.ever}-{digest[:12]}",
        source=voice.source,
        time=told,
        subject=subject,
        sequence=sequence,
    )


def retraction(voice: Voice, subject: str, id_: str) -> dict[str, Any]:
    """The event that takes another of the same source back."""
    return structured_event(
        type_of(EventRetracted.name),
        {"id": id_},
        id=f"retracted/{sha256(id_.encode()).hexdigest()[:24]}",
        source=voice.source,
        time=voice.as_at,
        subject=subject,
    )


def said_of(held: Held, names: Sequence[str]) -> list[Said]:
    """What is held under some names of events, in the order in which it was said."""
    found = [item for slot in held.values() for item in slot.said if item.name in names]
    return sorted(found, key=lambda item: (item.time, item.sequence, item.id))

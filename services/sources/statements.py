"""Statements: what a file says of one young person, compared with what its source said before.

Every statement has a key: the name of its event, the id it is about and, for changes, the day. It
plays the part of a row's primary key. A statement that is held with the same content is not sent
again. One with another content is sent again, which corrects it. One that is held and no longer in
the file, though the file would have it, is retracted. So the same file twice sends nothing, and an
event's id depends on its key and content alone: an import that broke off can be repeated.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from schemas.envelope import content_digest
from schemas.events.catalogue import CATALOGUE, type_of
from schemas.events.feed import EventRetracted
from schemas.reading import digits, tidy
from schemas.structured import structured_event

_LONGEST_KEY = 300
"""Characters of a key that an event's id shows; a longer one is hashed."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a file says of a young person: the name of an event and its data."""

    name: str
    data: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What it is about, within the young person."""
        return key_of(self.name, self.data)


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event of a source that is held and counts.

    `data` is as it was sent; `time` and `sequence` are the source's own, as the envelope has them.
    """

    name: str
    id: str
    data: Mapping[str, Any]
    time: datetime
    sequence: int


@dataclass(slots=True)
class Holding:
    """The events that are held under one key, oldest first.

    `sent` is how many events the key has ever had, retracted ones included.
    """

    events: list[HeldEvent] = field(default_factory=list)
    sent: int = 0

    @property
    def data(self) -> Mapping[str, Any]:
        """The data that count: all changes of one day together, of anything else the last."""
        if self.events and CATALOGUE[self.events[-1].name].cumulative:
            return {name: value for item in self.events for name, value in item.data.items()}
        return self.events[-1].data if self.events else {}


Holdings = Mapping[str, Holding]
"""What is held of one source about one young person, by key."""

Retracts = Callable[[HeldEvent], bool]
"""Whether a held event is retracted where the file does not state it again."""


def key_of(name: str, data: Mapping[str, Any]) -> str:
    """The key of an event: its name, the id it is about and, for changes, the day.

    A measure has no id: it is known by its day and what it measures.
    """
    model = CATALOGUE[name]
    id_ = tidy(digits(data.get(model.id_field))) if model.id_field else None
    parts = [name, str(id_ or "")]
    if model.cumulative or not id_:
        parts.append(str(tidy(data.get("date")) or ""))
    if not id_ and data.get("measure"):
        parts.append(str(tidy(data["measure"])))
    return " ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where statements come from: the CloudEvents source, and when its file was made (UTC)."""

    source: str
    as_at: datetime


def difference(
    provenance: Provenance,
    subject: str,
    statements: Iterable[Statement],
    holdings: Holdings,
    retracts: Retracts,
) -> list[dict[str, Any]]:
    """The events that bring what is held to what is stated, in CloudEvents structured mode."""
    stated = {statement.key: statement for statement in statements}
    events: list[dict[str, Any]] = []
    # Starts are retracted last: a run that breaks off can then still find what depends on them.
    for key, holding in sorted(holdings.items(), key=lambda item: _begins(item[0])):
        if key not in stated and holding.events and all(map(retracts, holding.events)):
            events += (retraction(provenance, subject, item.id) for item in holding.events)
    for key, statement in stated.items():
        holding = holdings.get(key, Holding())
        if _is_held(statement, holding):
            continue
        model = CATALOGUE[statement.name]
        if model.cumulative and not model.never_retracted:
            events += (retraction(provenance, subject, item.id) for item in holding.events)
        events.append(event_of(provenance, subject, statement, holding))
    return events


def _is_held(statement: Statement, holding: Holding) -> bool:
    """Whether what is held says it; of what is only ever added to, whether it says as much."""
    if not holding.events:
        return False
    if CATALOGUE[statement.name].never_retracted:
        return statement.data.items() <= holding.data.items()
    return holding.data == statement.data


def _begins(key: str) -> bool:
    """Whether other events refer to the one with this key: a start, a plan."""
    return CATALOGUE[key.split(" ", maxsplit=1)[0]].begins


def event_of(
    provenance: Provenance, subject: str, statement: Statement, holding: Holding
) -> dict[str, Any]:
    """The event of a statement, ordered after every event that is held under its key."""
    time, sequence = provenance.as_at, 0
    if holding.events:
        last = holding.events[-1]
        if last.time >= time:
            time, sequence = last.time, last.sequence + 1
    type_ = type_of(statement.name)
    digest = content_digest(type_, subject, statement.data)
    key = f"{subject}/{statement.key}"
    if len(key) > _LONGEST_KEY:
        key = sha256(key.encode()).hexdigest()
    return structured_event(
        type_,
        statement.data,
        id=f"{key}#{holding.sent}-{digest[:12]}",
        source=provenance.source,
        time=time,
        subject=subject,
        sequence=sequence,
    )


def retraction(provenance: Provenance, subject: str, id_: str) -> dict[str, Any]:
    """The event that retracts another event of the same source, by its id."""
    return structured_event(
        type_of(EventRetracted.name),
        {"id": id_},
        id=f"retracted/{sha256(id_.encode()).hexdigest()[:24]}",
        source=provenance.source,
        time=provenance.as_at,
        subject=subject,
    )


def events_named(holdings: Holdings, names: Sequence[str]) -> list[HeldEvent]:
    """The held events with one of some names, in the order of their time and sequence."""
    found = [item for holding in holdings.values() for item in holding.events if item.name in names]
    return sorted(found, key=lambda item: (item.time, item.sequence, item.id))

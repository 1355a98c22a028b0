"""Settle the events (section 1 of the rules), one sentence at a time.

In: CloudEvents as the contract shapes them. Out: for each young person who survives the merges,
the events that count, each once, their values read. Nothing here knows of a day or of a colour.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .values import understood

if TYPE_CHECKING:
    from collections.abc import Iterable

LONDON = ZoneInfo("Europe/London")

SPELL_IDS = {
    "care": "care_id",
    "placement": "placement_id",
    "accommodation": "accommodation_id",
    "pre_proceedings": "period_id",
    "missing": "missing_id",
}

# "A second started or ended of one spell, and a second agreed, completed, cancelled, withdrawn,
# raised, resolved or review.completed with one id, replaces the first whole." A second
# action.agreed is looked at with its action: its due and its date are not simply replaced.
REPLACED_BY_A_SECOND = {
    **{f"{kind}.started": field for kind, field in SPELL_IDS.items()},
    **{f"{kind}.ended": field for kind, field in SPELL_IDS.items()},
    "permanence.agreed": "plan_id",
    "permanence.withdrawn": "plan_id",
    "action.completed": "action_id",
    "action.cancelled": "action_id",
    "escalation.raised": "escalation_id",
    "escalation.resolved": "escalation_id",
    "review.completed": "review_id",
}

Raw = dict[str, Any]
Order = tuple[datetime, int, str, str]


@dataclass(frozen=True)
class Event:
    """One event that was sent, or what is left of it once settled."""

    source: str
    id: str
    subject: str
    name: str
    data: dict[str, Any]
    time: datetime
    sequence: int
    content: str
    unread: tuple[str, ...] = ()
    revised: bool = False

    @cached_property
    def order(self) -> Order:
        """*Latest* means by (`time`, `sequence`, source, id)."""
        return (self.time, self.sequence, self.source, self.id)

    @cached_property
    def day(self) -> date:
        """The effective date: the event's `date`, else the day of its `time` in London."""
        given: date | None = self.data.get("date")
        return given if given is not None else self.day_of_time

    @cached_property
    def day_of_time(self) -> date:
        """The day of its `time`, in London."""
        return self.time.astimezone(LONDON).date()

    @cached_property
    def fold(self) -> tuple[date, Order]:
        """*The fold* means by (effective date, `time`, `sequence`, source, id)."""
        return (self.day, self.order)


def content_hash(raw: Raw) -> str:
    """Content is type, subject and data; its hash is SHA-256 of their JSON, keys sorted, no spaces.

    The JSON is of one object with the keys data, subject and type; letters outside ASCII are
    written as they are.
    """
    content = {"type": raw["type"], "subject": raw["subject"], "data": raw["data"]}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def as_sent(raw: Raw) -> Event:
    """One sending of one event."""
    sequence = raw.get("sequence")
    name = raw["type"].removeprefix("sightline.").removesuffix(".v1")
    data, unread = understood(name, raw["data"])
    return Event(
        source=raw["source"],
        id=raw["id"],
        subject=raw["subject"],
        name=name,
        data=data,
        time=datetime.fromisoformat(raw["time"]).astimezone(UTC),
        sequence=0 if sequence is None else int(sequence),
        content=content_hash(raw),
        unread=unread,
    )


def revise(sendings: Iterable[Event]) -> list[Event]:
    """Of all the sendings under one source and id, the content that counts, and since when.

    "Sent again under one source and id with the same content, it is one event, with the earliest
    (`time`, `sequence`) it was sent with. With different content, the content of the one with the
    greatest (`time`, `sequence`, content hash) counts. Its (`time`, `sequence`) is the earliest it
    was sent with, where that is later than every other content's last; else the last it was sent
    with."
    """
    alike: dict[tuple[str, str], list[Event]] = {}
    for sending in sendings:
        alike.setdefault((sending.source, sending.id), []).append(sending)
    counted: list[Event] = []
    for group in alike.values():
        last = max(group, key=lambda sent: (sent.time, sent.sequence, sent.content))
        same = [(one.time, one.sequence) for one in group if one.content == last.content]
        others = [(one.time, one.sequence) for one in group if one.content != last.content]
        since = min(same) if not others or min(same) > max(others) else max(same)
        counted.append(replace(last, time=since[0], sequence=since[1], revised=bool(others)))
    return counted


def retract(events: list[Event]) -> list[Event]:
    """The event of that source and id counts as never sent, whichever arrives first.

    "A retraction cannot be retracted."
    """
    gone = {(one.source, one.data["id"]) for one in events if one.name == "event.retracted"}
    return [
        one for one in events if one.name == "event.retracted" or (one.source, one.id) not in gone
    ]


def survivors(events: list[Event]) -> dict[str, str]:
    """Whose events each merged subject's events are.

    "Of several merges of one subject the latest counts; merges are applied from the earliest to
    the latest, and one that would close a circle is ignored."
    """
    latest: dict[str, Event] = {}
    for merge in sorted(
        (one for one in events if one.name == "person.merged"), key=lambda one: one.order
    ):
        latest[merge.subject] = merge
    into: dict[str, str] = {}
    for merge in sorted(latest.values(), key=lambda one: one.order):
        target = merge.data["into"]
        if follow(target, into) != merge.subject:
            into[merge.subject] = target
    return into


def follow(subject: str, into: dict[str, str]) -> str:
    """The subject that survives at the end of the merges."""
    while subject in into:
        subject = into[subject]
    return subject


def correct(events: list[Event]) -> list[Event]:
    """A second with one id replaces the first whole: the latest counts."""
    kept: list[Event] = []
    latest: dict[tuple[str, str], Event] = {}
    for event in sorted(events, key=lambda one: one.order):
        field = REPLACED_BY_A_SECOND.get(event.name)
        if field is None:
            kept.append(event)
        else:
            latest[(event.name, str(event.data[field]))] = event
    return kept + list(latest.values())


def settle(raws: Iterable[Raw]) -> dict[str, list[Event]]:
    """The events that count, by the young person whose they are, in the order of the fold."""
    sendings = [as_sent(raw) for raw in raws if raw.get("subject") is not None]
    events = retract(revise(sendings))
    into = survivors(events)
    by_person: dict[str, list[Event]] = {}
    for event in events:
        by_person.setdefault(follow(event.subject, into), []).append(event)
    return {
        person: sorted(correct(theirs), key=lambda one: one.fold)
        for person, theirs in sorted(by_person.items())
    }

"""Which events count, and whose they are (docs/rules.md, section 1): revision, retraction, merge.

The order in which events arrived plays no part: the same set of events always settles alike.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from schemas.days import london_day
from schemas.envelope import Event
from schemas.events.base import EventData
from schemas.events.feed import EventRetracted
from schemas.events.person import PersonMerged
from schemas.permissions import SourcePermission
from schemas.policy import Policy
from schemas.status import Concern, Question
from services.assessment.received import Moment, Received, is_before_all, stored_day
from services.assessment.rights import Rights, rights_of

_CONCERNS = frozenset(Concern)
_MERGING = frozenset({PersonMerged.name, EventRetracted.name})
"""Events that say who becomes whom, and those that take them back."""


class Fact:
    """An event that counts, with the moment from which it has its place in the order.

    `date` is the effective date (for an event without one, the London day of its time) and `day`
    the same as an ordinal; `told_on` is in place of the day of a time that cannot be. `order` is
    the key of *latest*: time, sequence, source, id; `fold` the key of *the fold*, which begins with
    the effective date. `rights` are those of its sender.
    """

    __slots__ = ("data", "date", "day", "event", "fold", "name", "order", "person", "rights")

    def __init__(
        self,
        event: Event,
        person: str,
        time: datetime,
        sequence: int,
        rights: Rights,
        told_on: date | None = None,
    ) -> None:
        self.event = event
        self.person = person
        self.rights = rights
        self.name = event.name
        self.data: EventData = event.data
        own = getattr(event.data, "date", None)
        self.date: date = own if own is not None else told_on or london_day(time)
        self.day = self.date.toordinal()
        self.order = (time, sequence, event.source, event.id)
        self.fold = (self.day, *self.order)

    @property
    def concern(self) -> Concern | None:
        """The concern that it is about, where it is about one of them."""
        return concern_of(self.event)

    @property
    def reference(self) -> dict[str, str]:
        """How a reason names its event."""
        return {"source": self.event.source, "id": self.event.id}

    def ask(self, field_: str, text: str, settle: str) -> Question:
        """A question that this event raises, from its effective date on."""
        return Question(
            self.person, field_, text, settle, self.event.source, self.event.id, self.date
        )


@dataclass
class Resolved:
    """The facts of one young person, latest order, and the doubts met while settling them."""

    person: str
    facts: list[Fact] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def concern_of(event: Event) -> Concern | None:
    """The concern that an event is about, where it is about one of them."""
    if event.name.startswith("pre_proceedings."):
        return Concern.PRE_PROCEEDINGS
    named = getattr(event.data, "concern", None)
    return Concern(named) if named in _CONCERNS else None


def person_of(policy: Policy, source: str, subject: str) -> str:
    """The subject within the namespace that the policy gives its source."""
    allowed = policy.sources.get(source)
    return f"{allowed.namespace}/{subject}" if allowed and allowed.namespace else subject


def survivor_named(policy: Policy, source: str, into: str) -> str:
    """Whom a merge names: `into` as it stands where it begins with a known namespace."""
    known = {allowed.namespace for allowed in policy.sources.values() if allowed.namespace}
    if "/" in into and into.split("/", 1)[0] in known:
        return into
    return person_of(policy, source, into)


def receive(events: Iterable[Event], policy: Policy) -> list[Received]:
    """Sendings as they came, duplicates and all, brought together by content."""
    contents: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in events:
        contents[event.source, event.id, event.digest].append(event)
    received = []
    for sendings in contents.values():
        moments = [(event.time, event.sequence) for event in sendings]
        event = min(sendings, key=lambda e: (e.time, e.sequence))
        person = person_of(policy, event.source, event.subject)
        received.append(Received(event, person, min(moments), max(moments)))
    return received


def resolve(received: Iterable[Received], policy: Policy) -> dict[str, Resolved]:
    """The facts that count, by the young person who survives all merges."""
    facts, revised = _revise(received, policy)
    facts, kept = _retract(facts)
    allowed, refused = _only_permitted(facts)
    survivors, circles = _merge(allowed, policy)
    people: dict[str, Resolved] = {}
    for fact in sorted(allowed, key=lambda f: f.order):
        person = _survivor(survivors, fact.person)
        people.setdefault(person, Resolved(person)).facts.append(_belonging_to(fact, person))
    for question in (*revised, *kept, *refused, *circles):
        person = _survivor(survivors, question.person)
        mine = people.setdefault(person, Resolved(person))
        mine.questions.append(_asked_of(question, person))
    people.pop("", None)
    return people


def counted(received: Iterable[Received], policy: Policy) -> list[Fact]:
    """The events that count once revisions and retractions are settled, in latest order."""
    facts, _ = _revise(received, policy)
    return sorted(_retract(facts)[0], key=lambda fact: fact.order)


def survivors(received: Iterable[Received], policy: Policy) -> dict[str, str]:
    """Whom each merged subject became, in the end."""
    received = list(received)
    if not any(item.event.name == PersonMerged.name for item in received):
        return {}
    bearing = {item.key for item in received if item.event.name in _MERGING}
    facts, _ = _revise((item for item in received if item.key in bearing), policy)
    allowed, _ = _only_permitted(_retract(facts)[0])
    merged, _ = _merge(allowed, policy)
    return {person: _survivor(merged, person) for person in merged}


def _revise(received: Iterable[Received], policy: Policy) -> tuple[list[Fact], list[Question]]:
    """Of several contents of one event, the one sent last counts.

    Its moment is the earliest it was sent with, where that is later than every other content's
    last; else the last, since others were sent between.
    """
    contents: dict[tuple[str, str], list[Received]] = defaultdict(list)
    rights: dict[tuple[str, frozenset[SourcePermission]], Rights] = {}
    for item in received:
        contents[item.key].append(item)
    facts, questions = [], []
    for versions in contents.values():
        last, moment = _sent_last(versions)
        sender = last.event.source, last.granted
        if sender not in rights:
            rights[sender] = rights_of(policy, *sender)
        fact = Fact(last.event, last.person, *moment, rights[sender], stored_day(last, moment))
        facts.append(fact)
        if is_before_all(moment):
            questions.append(
                fact.ask(
                    "time",
                    "This event says that it was recorded later than it was received; it never "
                    "counts as the latest.",
                    "the source corrects its clock and sends the event again",
                )
            )
        if len(versions) > 1:
            questions.append(
                fact.ask(
                    "id",
                    f"This event was sent with {len(versions)} different contents under one id.",
                    "the source gives each changed row an id of its own",
                )
            )
    return facts, questions


def _sent_last(versions: Sequence[Received]) -> tuple[Received, Moment]:
    """Of the contents of one event the one that counts, with its moment."""
    spans = [item.counted_moments for item in versions]
    if len(versions) == 1:
        return versions[0], spans[0][0]
    place = max(range(len(spans)), key=lambda n: (spans[n][1], versions[n].event.digest))
    earliest, latest = spans[place]
    others = (span[1] for n, span in enumerate(spans) if n != place)
    return versions[place], earliest if all(other < earliest for other in others) else latest


def _retract(facts: list[Fact]) -> tuple[list[Fact], list[Question]]:
    """An event that its source retracted counts as never sent; a retraction cannot be retracted.

    One that its source may not retract stays, with a question about whom it is about.
    """
    gone: set[tuple[str, str]] = set()
    asked: set[tuple[str, str]] = set()
    for fact in facts:
        if isinstance(fact.data, EventRetracted):
            target = gone if fact.rights.permit("retract") else asked
            target.add((fact.event.source, fact.data.id))
    left, questions = [], []
    for fact in facts:
        key = fact.event.source, fact.event.id
        if isinstance(fact.data, EventRetracted) or key not in gone:
            left.append(fact)
            if key in asked and not isinstance(fact.data, EventRetracted):
                questions.append(_not_permitted(fact, "sent event.retracted for this event"))
    return left, questions


def _only_permitted(facts: list[Fact]) -> tuple[list[Fact], list[Question]]:
    """Leave out what a source may not do, and ask."""
    allowed, questions = [], []
    for fact in facts:
        permission = fact.data.permission
        if permission and not fact.rights.permit(permission, fact.concern):
            questions.append(_not_permitted(fact, f"sent {fact.name}"))
            continue
        named = fact.rights.subjects
        if fact.event.subject and not fact.event.subject.startswith(named):
            about = f"spoke of a case whose reference does not begin with {named}"
            questions.append(_not_permitted(fact, about))
            continue
        allowed.append(fact)
    return allowed, questions


def _not_permitted(fact: Fact, did: str) -> Question:
    return fact.ask(
        "source",
        f"{fact.event.source} {did}, which it is not permitted to do; it changes nothing.",
        "a source that may do so sends it, or the policy or its token lets this one",
    )


def _merge(facts: list[Fact], policy: Policy) -> tuple[dict[str, str], list[Question]]:
    """Whom each merged subject became. Of several merges of one subject the latest counts."""
    latest: dict[str, Fact] = {}
    for fact in facts:
        if isinstance(fact.data, PersonMerged):
            held = latest.get(fact.person)
            if held is None or held.order < fact.order:
                latest[fact.person] = fact
    survivors: dict[str, str] = {}
    questions = []
    for fact in sorted(latest.values(), key=lambda f: f.order):
        into = survivor_named(policy, fact.event.source, _into(fact.data))
        if _survivor(survivors, into) == fact.person:
            questions.append(
                fact.ask(
                    "into",
                    f"Merging {fact.person} into {into} would close a circle; it was left out.",
                    "the source says which case identifier survives, and retracts the other merge",
                )
            )
        else:
            survivors[fact.person] = into
    return survivors, questions


def _into(data: EventData) -> str:
    assert isinstance(data, PersonMerged)  # noqa: S101 (only merges are passed)
    return data.into


def _survivor(survivors: Mapping[str, str], person: str) -> str:
    while person in survivors:
        person = survivors[person]
    return person


def _belonging_to(fact: Fact, person: str) -> Fact:
    if fact.person == person:
        return fact
    return Fact(fact.event, person, fact.order[0], fact.order[1], fact.rights, fact.date)


def _asked_of(question: Question, person: str) -> Question:
    if question.person == person:
        return question
    fields: dict[str, Any] = {name: getattr(question, name) for name in question.__slots__}
    return Question(**(fields | {"person": person}))

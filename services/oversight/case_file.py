"""The case file: everything about one young person, on any day, as known at any time.

As it is known now, their cases are read from the case line; as it was known then, the same line is
derived from fewer events by the same pure function.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Event
from schemas.policy import Policy
from schemas.status import Concern, Period, Question
from services.assessment.assignment import Assignment, assigned_on
from services.assessment.derivation import Derivation, Rules, derive
from services.assessment.facts import Action, Dwelling, Facts, Spell
from services.assessment.knowledge import Knowledge
from services.assessment.lasting import holds_on
from services.assessment.outlook import Outlook, outlook
from services.assessment.received import Received
from services.assessment.resolution import Resolved, receive, resolve
from services.assessment.stretch import Stretch
from services.oversight.cases import Case, case_on
from services.oversight.derived_by import is_derived
from services.store import cases, derived, event_log, staff, stored_events, subject_links, underived
from services.store.event_cache import Content
from services.store.restrictions import hidden_from
from services.store.scope import Scope

AnySpell = TypeVar("AnySpell", bound=Spell)


@dataclass(frozen=True)
class CaseFile:
    """One young person on a day.

    `received` is every event that bears on them, `stored` when each was stored here, `counted` the
    contents that count: not taken back, not replaced, not refused to their source. `lines` is the
    case line of each concern.
    `is_today` says whether the day is the one on which it was opened. `settled_from` is everything
    that it was settled from: what is about others too, and what takes events back.
    """

    person: str
    day: date
    rules: Rules
    received: list[Received]
    derivation: Derivation
    lines: Mapping[Concern, Sequence[Stretch]]
    stored: Mapping[tuple[str, str], datetime]
    counted: frozenset[Content]
    gone: Mapping[str, int] = field(default_factory=dict)
    is_today: bool = True
    settled_from: Sequence[Received] = ()

    @property
    def policy(self) -> Policy:
        """The council's policy."""
        return self.rules.policy

    @property
    def facts(self) -> Facts:
        """What is known of them."""
        return self.derivation.facts

    @property
    def names(self) -> list[str]:
        """Every reference that is this young person's: their own, and those merged into it."""
        return sorted({self.person, *(item.person for item in self.received if item.person)})

    @cached_property
    def owner(self) -> Assignment:
        """Whose it is on the day."""
        return assigned_on(self.facts, self.day)

    @cached_property
    def cases(self) -> list[Case]:
        """Each concern that applies on the day, in the order of the concerns."""
        return [case for concern in Concern if (case := self.case(concern))]

    def case(self, concern: Concern) -> Case | None:
        """The case of one concern, where it applies on the day."""
        for stretch in self.lines.get(concern, ()):
            if holds_on(stretch, self.day):
                return case_on(stretch, self.day) if stretch.rag.severity else None
        return None

    def period(self, concern: Concern) -> Period | None:
        """The period of colour, with its reasons, in which the day lies."""
        return next((item for item in self.line(concern) if item.covers(self.day)), None)

    def line(self, concern: Concern) -> list[Period]:
        """A concern's whole line of colours, past and future."""
        return list(self.derivation.assessment.periods.get(concern, ()))

    def outlook(self, concern: Concern) -> Outlook:
        """What would make the case better if it were done on the day, and what makes it worse."""
        return outlook(
            concern,
            self.day,
            self.facts,
            self.settled_from,
            self.line(concern),
            self.lines.get(concern, ()),
            self.rules,
        )

    @property
    def questions(self) -> list[Question]:
        """The questions that stand on the day."""
        return [
            question
            for question in self.derivation.assessment.questions
            if holds_on(question, self.day)
        ]

    @property
    def events(self) -> list[Event]:
        """Every event about the young person, newest first, each content once."""
        return [
            item.event
            for item in sorted(self.received, key=lambda item: item.earliest, reverse=True)
        ]

    @property
    def dwelling(self) -> Dwelling | None:
        """Where they live on the day, where it is accommodation rather than a placement."""
        return _current(self.facts.dwellings, self.day)

    @property
    def pre_proceedings(self) -> Spell | None:
        """The time in pre-proceedings that runs on the day."""
        return _current(self.facts.pre_proceedings, self.day)

    def action(self, id_: str) -> Action | None:
        """An action by its id."""
        return next((item for item in self.facts.actions if item.id == id_), None)

    def on(self, day: date) -> "CaseFile":
        """The same file on another day."""
        return replace(self, day=day, is_today=self.is_today and day == self.day)

    def without_events(self, keys: Collection[tuple[str, str]]) -> "CaseFile | None":
        """The file as it was before some events, by source and id; None where nothing was known."""
        received = [item for item in self.settled_from if item.key not in keys]
        resolved = resolve(received, self.policy).get(self.person)
        if resolved is None:
            return None
        return _file(resolved, self.day, self.rules, received, self.stored, self.gone)

    def with_events(self, events: list[Event]) -> "CaseFile":
        """The file as it would be with some more events: nothing is stored."""
        received = [*self.settled_from, *receive(events, self.policy)]
        resolved = resolve(received, self.policy)[self.person]
        return _file(resolved, self.day, self.rules, received, self.stored, self.gone)


class TooManyEventsError(Exception):
    """There are more events of a young person than of anybody's life: no file is made of them.

    They are set aside by the tracker, and listed under Data quality.
    """


async def case_file(
    connection: AsyncConnection,
    person: str,
    day: date,
    rules: Rules,
    known_at: datetime | None = None,
) -> CaseFile | None:
    """The file of a young person; None where nothing was known of them by then.

    Raises:
        TooManyEventsError: there are more events than could be worked through while somebody waits.
    """
    reached = await subject_links.connected(connection, [person])
    if await event_log.with_more_than(connection, event_log.MOST_EVENTS, reached):
        raise TooManyEventsError(person)
    dated = await stored_events.load_dated(connection, reached, known_at)
    received = [item for item, _ in dated]
    resolved = resolve(received, rules.policy).get(person)
    if resolved is None:
        return None
    stored = {item.key: moment for item, moment in sorted(dated, key=_newest_first)}
    gone = await staff.gone_on(connection)
    file = _file(resolved, day, rules, received, stored, gone)
    if known_at is not None or await underived.is_marked(connection, reached):
        return file
    lines = await cases.lines_of(connection, person)
    if not lines or not await is_derived(connection, rules.policy):
        return file
    return replace(file, lines=lines)


def _newest_first(dated: tuple[Received, datetime]) -> float:
    """Of several contents of one event the first that came is kept."""
    return -dated[1].timestamp()


async def may_open(connection: AsyncConnection, scope: Scope, file: CaseFile) -> bool:
    """Whether a reader may open a file: it is theirs, and nobody in it is restricted to others."""
    return scope.sees(file.owner) and await _names_nobody_hidden(connection, scope, file)


async def file_as_known(
    connection: AsyncConnection, scope: Scope, file: CaseFile, known_at: datetime
) -> CaseFile | None:
    """A file that a reader may open, with what was stored by a moment alone.

    Returns:
        None where nothing was known of the young person by then, or where somebody was taken for
        them who is restricted to others.
    """
    then = await case_file(connection, file.person, file.day, file.rules, known_at)
    if then is None or not await _names_nobody_hidden(connection, scope, then):
        return None
    return then


async def _names_nobody_hidden(connection: AsyncConnection, scope: Scope, file: CaseFile) -> bool:
    return (await hidden_from(connection, scope)).isdisjoint(file.names)


async def survivor_of(connection: AsyncConnection, person: str) -> str | None:
    """Whom a merged young person became; None where they were not merged."""
    return await derived.survivor_of(connection, person)


def _file(
    resolved: Resolved,
    day: date,
    rules: Rules,
    received: list[Received],
    stored: Mapping[tuple[str, str], datetime],
    gone: Mapping[str, int],
) -> CaseFile:
    person = resolved.person
    own = {(fact.event.source, fact.event.id) for fact in resolved.facts}
    counted = frozenset(
        (fact.event.source, fact.event.id, fact.event.digest) for fact in resolved.facts
    )
    mine = [item for item in received if item.key in own or item.person == person]
    knowledge = Knowledge(received, rules.policy, rules.rulebook)
    derivation = derive(resolved, rules, knowledge, gone)
    return CaseFile(
        person, day, rules, mine, derivation, derivation.cases, stored, counted, gone,
        settled_from=received,
    )  # fmt: skip


def _current(spells: list[AnySpell], day: date) -> AnySpell | None:
    on = day.toordinal()
    return next((spell for spell in reversed(spells) if spell.start <= on < spell.end), None)

"""The case file: everything about one young person, on any day, as known at any time.

It is worked out from the log of events by the same pure functions that the tracker uses, so that
"as it was known then" is the same question with fewer events.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Event
from schemas.policy import Policy
from schemas.status import Concern, Period, Question
from services.assessment.case_facts import document
from services.assessment.facts import Action, Dwelling, Facts, Spell
from services.assessment.fold import fold
from services.assessment.resolution import Received, Resolved, receive, resolve, survivors
from services.assessment.rulebook import Rulebook
from services.assessment.statuses import on_day
from services.assessment.timeline import Assessment, assess
from services.oversight.assignment import Owner, owner_on
from services.oversight.board import Board, Case, case_of
from services.store import event_log, published
from services.store.published import Told
from services.store.timelines import Document

AnySpell = TypeVar("AnySpell", bound=Spell)


@dataclass(frozen=True)
class CaseFile:
    """One young person on a day.

    `received` is every event that bears on them, `stored` when each was stored here, `counted` the
    contents that count: not taken back, not replaced, not refused to their source.
    """

    person: str
    day: date
    policy: Policy
    received: list[Received]
    facts: Facts
    assessment: Assessment
    told: list[Told]
    stored: Mapping[tuple[str, str], datetime]
    counted: frozenset[event_log.Content]
    tracked: Mapping[Concern, bool] = field(default_factory=dict)
    is_today: bool = True

    @property
    def names(self) -> list[str]:
        """Every reference that is this young person's: their own, and those merged into it."""
        return sorted({self.person, *(item.person for item in self.received if item.person)})

    @cached_property
    def document(self) -> Document:
        """The folded facts as the store keeps them."""
        return document(self.facts)

    @cached_property
    def owner(self) -> Owner:
        """Whose it is on the day."""
        return owner_on(self.document, self.day)

    @cached_property
    def cases(self) -> list[Case]:
        """Each concern that applies on the day, in the order of the concerns."""
        known = {item.concern: item for item in self.told}
        return [
            case_of(
                self.person,
                period,
                self.document,
                known.get(concern),
                self.day,
                self.policy,
                climbs=self.is_today and self.tracked.get(concern, True),
            )
            for concern in Concern
            if (period := on_day(self.assessment, concern, self.day))
        ]

    def case(self, concern: Concern) -> Case | None:
        """The case of one concern, where it applies on the day."""
        return next((case for case in self.cases if case.status.concern is concern), None)

    def line(self, concern: Concern) -> list[Period]:
        """A concern's whole line, past and future."""
        return list(self.assessment.periods[concern])

    @property
    def questions(self) -> list[Question]:
        """The questions that stand on the day."""
        return [
            question
            for question in self.assessment.questions
            if question.start <= self.day and (question.end is None or self.day < question.end)
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

    def with_events(self, events: list[Event], rulebook: Rulebook) -> "CaseFile":
        """The file as it would be with some more events: nothing is stored."""
        received = [*self.received, *receive(events, self.policy)]
        settled = resolve(received, self.policy)[self.person]
        return _file(settled, self.day, self.policy, rulebook, received, self.told, self.stored)


async def case_file(
    connection: AsyncConnection,
    person: str,
    day: date,
    policy: Policy,
    rulebook: Rulebook,
    known_at: datetime | None = None,
    board: Board | None = None,
) -> CaseFile | None:
    """The file of a young person; None where nothing was known of them by then.

    What the board knows already is not read again.
    """
    if board is not None and person not in board.linked:
        reached = {person}
    else:
        reached = await event_log.connected(connection, [person])
    dated = await event_log.load_dated(connection, reached, known_at)
    received = [item for item, _ in dated]
    settled = resolve(received, policy).get(person)
    if settled is None:
        return None
    if known_at:
        told = []
    elif board is not None:
        told = [item for c in Concern if (item := board.told.get((person, c))) is not None]
    else:
        told = await published.last_told(connection, [person])
    stored = {item.key: moment for item, moment in sorted(dated, key=_newest_first)}
    file = _file(settled, day, policy, rulebook, received, told, stored)
    return replace(file, tracked=board.tracked if board else {})


def _newest_first(dated: tuple[Received, datetime]) -> float:
    """Of several contents of one event the first that came is kept."""
    return -dated[1].timestamp()


async def survivor_of(connection: AsyncConnection, person: str, policy: Policy) -> str | None:
    """Whom a merged young person became; None where they were not merged."""
    reached = await event_log.connected(connection, [person])
    received = await event_log.load(connection, reached)
    became = survivors(received, policy).get(person)
    return became if became != person else None


def _file(
    settled: Resolved,
    day: date,
    policy: Policy,
    rulebook: Rulebook,
    received: list[Received],
    told: list[Told],
    stored: Mapping[tuple[str, str], datetime],
) -> CaseFile:
    person = settled.person
    facts = fold(settled, policy)
    own = {(fact.event.source, fact.event.id) for fact in settled.facts}
    counted = frozenset(
        (fact.event.source, fact.event.id, fact.event.digest) for fact in settled.facts
    )
    mine = [item for item in received if item.key in own or item.person == person]
    return CaseFile(
        person, day, policy, mine, facts, assess(facts, rulebook), told, stored, counted
    )


def _current(spells: list[AnySpell], day: date) -> AnySpell | None:
    on = day.toordinal()
    return next((spell for spell in reversed(spells) if spell.start <= on < spell.end), None)

"""One day in one young person's life: what is true on it, and for how long.

Source: docs/rules.md, sections 2 and 3.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from schemas.days import plain_day
from schemas.status import Concern, Question, Rag, Statutory
from services.assessment.ages import AgeOnDay
from services.assessment.care import legal_status
from services.assessment.facts import Action, Dwelling, Extension, Facts, Judgement, Spell
from services.assessment.lazy_property import lazy_property
from services.assessment.leaving_care import left_care
from services.assessment.resolution import Fact
from services.assessment.rulebook import Rulebook
from services.assessment.runs import run_on
from services.assessment.spells import Sort, current, may_be_current
from services.assessment.temporal import as_date

Kinds = Mapping[str, Concern | None]
"""Kinds of review; one that maps to a concern counts where the review names that one or none."""


class Finding(NamedTuple):
    """What one rule says of one day.

    `turned_on` is the day on which it comes to give its colour by counting from a start of which is
    only known that it was by then; None where it does not count from such a one.
    """

    rule: str
    rag: Rag
    text: str
    facts: dict[str, Any]
    statutory: Statutory | None = None
    never_lowered: bool = False
    turned_on: int | None = None


def counted_from(spell: Spell | None, since: int, turns: int) -> int | None:
    """The day on which a rule turns, where it counts from a start known only to be by then.

    None where `since`, the day it counts from, is not that on which the spell started.
    """
    if spell is None or spell.start != since:
        return None
    return turns if spell.by_this_date and spell.start < spell.end else None


@lru_cache(maxsize=16_384)
def in_words(day: int) -> str:
    """An ordinal as a day in words."""
    on = as_date(day)
    return plain_day(on) if on else "a day beyond the calendar"


def evidence(**facts: Any) -> dict[str, Any]:
    """Facts for a reason: days as ISO dates, events by source and id."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, Fact):
            found.setdefault("events", []).append(value.reference)
        elif isinstance(value, int) and not isinstance(value, bool):
            on = as_date(value)
            found[name] = on.isoformat() if on else None
        else:
            found[name] = value
    return found


class Day(AgeOnDay):
    """A day asked about. Everything that is asked of it moves `until`, as `AsOf` says.

    What is asked often is kept: its answer, and how far it moves `until`, stay the same.
    """

    def __init__(self, day: int, facts: Facts, rulebook: Rulebook) -> None:
        super().__init__(day, facts)
        self.rulebook = rulebook
        self.questions: list[Question] = []

    # The rule book and doubts

    def limit(self, name: str) -> int:
        """A parameter of the rule book as it stands on this day."""
        return self.rulebook.limits[name].on(self)

    def ask(self, fact: Fact, field: str, text: str, settle: str) -> None:
        """Ask about something that is in doubt on this day."""
        self.questions.append(fact.ask(field, text, settle))

    # Spells

    def current(self, spells: Iterable[Sort]) -> Sort | None:
        """The spell that holds on this day, of those that cut one another."""
        return current(self, spells)

    def last_started(self, spells: Sequence[Sort]) -> Sort | None:
        """The last spell, in the order of the fold, to have started by this day."""
        last = None
        for spell in spells:
            if not self.reached(spell.start):
                break
            last = spell
        return last

    @lazy_property
    def care(self) -> Spell | None:
        """The current period of care."""
        return self.current(self.facts.care)

    @lazy_property
    def looked_after(self) -> Spell | None:
        """The current period of care while under 18, or of unknown age."""
        care = self.care
        return care if care and self.under_18 else None

    @lazy_property
    def placement(self) -> Spell | None:
        """The current main placement."""
        return self.current(self.facts.main_placements)

    @lazy_property
    def temporary_placement(self) -> Spell | None:
        """The current temporary placement."""
        return self.current(self.facts.temporary_placements)

    @lazy_property
    def placement_that_may_be(self) -> Spell | None:
        """A main placement that may be current, though a later one ended."""
        return may_be_current(self, self.facts.main_placements)

    @lazy_property
    def dwelling(self) -> Dwelling | None:
        """The current accommodation spell."""
        return self.current(self.facts.dwellings)

    @lazy_property
    def dwelling_that_may_be(self) -> Dwelling | None:
        """A stay somewhere that may be current, though a later one ended."""
        return may_be_current(self, self.facts.dwellings)

    @property
    def legal_status(self) -> str | None:
        """The legal status of the current period of care."""
        care = self.care
        return legal_status(self, care) if care else None

    @lazy_property
    def care_began(self) -> int | None:
        """The first of the unbroken run of days in care, short breaks aside."""
        run = run_on(self, self.facts.in_care)
        return run[0] if run else None

    def value(self, spell: Spell, field: str) -> Any:
        """A fact of a spell as it stands on this day."""
        return spell.content.on(self).get(field)

    def judgement(self, dwelling: Dwelling) -> Judgement:
        """What has been said of a dwelling's suitability by this day."""
        return dwelling.judgement.on(self)

    def registration(self, spell: Spell) -> str:
        """Registration as told; where that is unknown, as the URN tells it."""
        return self.rulebook.registration(spell.content.on(self))

    # The person

    @lazy_property
    def died(self) -> bool:
        """Whether the young person is known to have died."""
        return self.reached(self.facts.died_on) or self.in_touch == "died"

    @property
    def in_touch(self) -> str | None:
        """Whether the council is in touch."""
        return self.facts.in_touch.on(self).answer

    @property
    def silenced_by_closing(self) -> bool:
        """Closed for another reason than death, and nothing heard since that would reopen it."""
        closing = None
        for fact in self.facts.closings:
            if not self.reached(fact.day):
                break
            closing = fact
        if closing is None:
            return False
        reopened = any(
            spell.start >= closing.day and self.reached(spell.start) for spell in self.facts.spells
        ) or any(
            fact.day > closing.day and self.reached(fact.day)
            for fact in self.facts.eligibility_given
        )
        return not reopened

    @lazy_property
    def left_care(self) -> bool:
        """Whether the young person left care, as a care leaver (docs/rules.md, section 3)."""
        return left_care(self, provided_for=bool(self.looked_after or self.placement))

    # Reviews, actions, extensions

    def last_review(self, kinds: Kinds, since: int, of: Dwelling | None = None) -> int | None:
        """The day of the last review of one of the kinds held from `since` up to this day.

        A kind that maps to a concern counts where the review names that concern or none. With `of`,
        only reviews that speak of that stay.
        """
        last = None
        for fact in self.facts.reviews:
            kind = getattr(fact.data, "kind", "")
            if fact.day < since or kind not in kinds or not self.reached(fact.day):
                continue
            about, wanted = getattr(fact.data, "about", None), kinds[kind]
            if wanted is not None and about not in (None, wanted):
                continue
            if of is None or of.is_reviewed_by(fact):
                last = fact.day
        return last

    def reviews_since(self, kind: str, since: int) -> list[Fact]:
        """The reviews of one kind held from `since` up to this day, in the order of the fold."""
        return [
            fact
            for fact in self.facts.reviews_of.get(kind, ())
            if fact.day >= since and self.reached(fact.day)
        ]

    def is_open(self, action: Action) -> bool:
        """Whether an action is open."""
        return self.reached(action.agreed) and not self.reached(action.closed)

    def is_late(self, action: Action) -> bool:
        """Whether an open action's due date, as it stands, is before this day."""
        return self.is_open(action) and self.reached(action.due.on(self) + 1)

    def late_action(self, concern: Concern) -> Action | None:
        """An open action for the concern that is late, if there is one."""
        for action in self.facts.actions_for(concern):
            if self.is_late(action):
                return action
        return None

    def extension(self, period: Spell) -> Extension | None:
        """An authorised extension of pre-proceedings that runs on this day."""
        for extension in self.facts.extensions.get(period.id, ()):
            if self.reached(extension.start) and not self.reached(extension.until + 1):
                return extension
        return None

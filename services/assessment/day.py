"""One day in one young person's life: what is true on it, and for how long.

Source: docs/rules.md, sections 2 and 3.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from schemas.days import plain_day
from schemas.status import Concern, Question, Rag, Statutory
from services.assessment.calendar import birthday
from services.assessment.facts import Action, Dwelling, Extension, Facts, Judgement, Spell
from services.assessment.resolution import Fact
from services.assessment.rulebook import Rulebook
from services.assessment.temporal import AsOf, as_date

Sort = TypeVar("Sort", bound=Spell)

NEVER_LEFT_CARE = frozenset({"E2", "E3", "E11", "E12"})
"""REC: died, taken over by another council, adopted: nobody is left to look after."""
LEFT_CARE = frozenset({"relevant", "former_relevant", "qualifying"})


class Finding(NamedTuple):
    """What one rule says of one day."""

    rule: str
    rag: Rag
    text: str
    facts: dict[str, Any]
    statutory: Statutory | None = None
    never_lowered: bool = False


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


class Day(AsOf):
    """A day asked about. Everything that is asked of it moves `until`, as `AsOf` says."""

    __slots__ = ("_care", "_looked_after", "facts", "questions", "rulebook")

    def __init__(self, day: int, facts: Facts, rulebook: Rulebook) -> None:
        super().__init__(day)
        self.facts = facts
        self.rulebook = rulebook
        self.questions: list[Question] = []

    # The rule book and doubts

    def limit(self, name: str) -> int:
        """A parameter of the rule book as it stands on this day."""
        return self.rulebook.limits[name].on(self)

    def ask(self, fact: Fact, field: str, text: str, settle: str) -> None:
        """Ask about something that is in doubt on this day."""
        self.questions.append(fact.ask(field, text, settle))

    # Age

    def aged(self, years: int) -> bool:
        """Whether the young person is known to be that old: by date of birth only."""
        born = self.facts.born
        return born is not None and self.reached(birthday(born, years))

    @property
    def age_known(self) -> bool:
        """Whether the age is known, or told by eligibility."""
        if self.facts.born is not None:
            return True
        return self.eligibility in ("eligible", "relevant", "former_relevant")

    @property
    def under_18(self) -> bool:
        """Under 18, or of unknown age, which counts as under 18."""
        if self.facts.born is not None:
            return not self.aged(18)
        return self.eligibility != "former_relevant"

    @property
    def under_25(self) -> bool:
        """Not yet 25, or of unknown age, which counts as not yet 25."""
        return not self.aged(25)

    @property
    def is_16_or_17(self) -> bool:
        """Known to be 16 or 17, or told so by eligibility."""
        if self.facts.born is not None:
            return self.aged(16) and not self.aged(18)
        return self.eligibility in ("eligible", "relevant")

    @property
    def under_16(self) -> bool:
        """Known to be under 16."""
        return self.facts.born is not None and not self.aged(16)

    @property
    def eligibility(self) -> str | None:
        """Leaving-care eligibility as recorded."""
        return self.facts.eligibility.on(self)

    # Spells

    def current(self, spells: Iterable[Sort]) -> Sort | None:
        """The spell that holds on this day, of those that cut one another."""
        for spell in spells:
            if not self.reached(spell.start):
                return None
            if not self.reached(spell.end):
                return spell
        return None

    def last_started(self, spells: Sequence[Sort]) -> Sort | None:
        """The last spell, in the order of the fold, to have started by this day."""
        last = None
        for spell in spells:
            if not self.reached(spell.start):
                break
            last = spell
        return last

    @property
    def care(self) -> Spell | None:
        """The current period of care."""
        return self.current(self.facts.care)

    @property
    def looked_after(self) -> Spell | None:
        """The current period of care while under 18, or of unknown age."""
        care = self.care
        return care if care and self.under_18 else None

    @property
    def placement(self) -> Spell | None:
        """The current main placement."""
        return self.current(self.facts.main_placements)

    @property
    def temporary_placement(self) -> Spell | None:
        """The current temporary placement."""
        return self.current(self.facts.temporary_placements)

    @property
    def dwelling(self) -> Dwelling | None:
        """The current accommodation spell."""
        return self.current(self.facts.dwellings)

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

    @property
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
        ) or any(day > closing.day and self.reached(day) for day in self.facts.eligibility_given)
        return not reopened

    @property
    def left_care(self) -> bool:
        """Whether the young person left care, as a care leaver (docs/rules.md, section 3)."""
        eligibility = self.eligibility
        if eligibility in LEFT_CARE:
            return True
        if eligibility not in ("eligible", None):
            return False
        if eligibility == "eligible" and (self.aged(18) or self._no_care_heard_of):
            return True
        last = self.last_started(self.facts.care)
        return last is not None and self._ended_at_16_or_over(last)

    @property
    def _no_care_heard_of(self) -> bool:
        return not any(
            self.reached(spells[0].start)
            for spells in (self.facts.care, self.facts.main_placements)
            if spells
        )

    def _ended_at_16_or_over(self, care: Spell) -> bool:
        """The period ended, at 16 or over or at unknown age, and not by death, move or adoption.

        It ends by its care.ended or on the 18th birthday, whichever is first; one that starts at 18
        or over ends on the day it starts. A cut is no end here.
        """
        born, end, reason = self.facts.born, care.ended_on, None
        if care.ended:
            reason = getattr(care.ended.data, "reason", None)
        if born is not None:
            adult = max(birthday(born, 18), care.start)
            if adult < end:
                end, reason = adult, None
        if not self.reached(end):
            return False
        if born is not None and end < birthday(born, 16):
            return False
        return reason not in NEVER_LEFT_CARE

    # Reviews, actions, extensions

    def reviewed_within(self, days: int, kinds: dict[str, Concern | None], since: int) -> bool:
        """Whether a review of one of the kinds was held on or after `since`, with n <= days.

        A kind that maps to a concern counts where the review names that concern or none.
        """
        for fact in self.facts.reviews:
            kind = getattr(fact.data, "kind", None)
            if fact.day < since or kind not in kinds:
                continue
            about, wanted = getattr(fact.data, "about", None), kinds[kind]
            if wanted is not None and about not in (None, wanted):
                continue
            if self.within(days, fact.day):
                return True
        return False

    def last_review(self, kinds: dict[str, Concern | None], since: int) -> int | None:
        """The day of the last review of one of the kinds held from `since` up to this day.

        A kind that maps to a concern counts where the review names that concern or none.
        """
        last = None
        for fact in self.facts.reviews:
            kind = getattr(fact.data, "kind", None)
            if fact.day < since or kind not in kinds or not self.reached(fact.day):
                continue
            about, wanted = getattr(fact.data, "about", None), kinds[kind]
            if wanted is None or about in (None, wanted):
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

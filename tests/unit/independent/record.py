"""What one young person's settled events say, grouped but not yet asked about any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from .actions import actions_of
from .ages import Age, age_on, born_as_told, implausible
from .resolution import Event, Order
from .spells import (
    Spell,
    continues,
    cut_by_later,
    cut_by_the_end_of_care,
    made_main,
    spells_of,
)


@dataclass(frozen=True)
class Judgement:
    """One event that may carry a judgement of a dwelling, on the day for which it counts."""

    place: tuple[date, Order]
    data: dict[str, Any]
    from_the_start: bool

    @property
    def day(self) -> date:
        """The day for which it counts."""
        return self.place[0]


class Record:
    """Everything one young person's events say."""

    def __init__(self, person: str, events: list[Event]) -> None:
        """Group the events, then let the spells cut one another."""
        self.person = person
        self.events = events
        self.updates = self._named("person.updated")
        self.closings = self._named("person.closed")
        self.reviews = self._named("review.completed")
        self.visits = self._named("visit.completed")
        self.interviews = self._named("return_interview.completed")
        self.plans = self._named("permanence.agreed")
        withdrawals = self._named("permanence.withdrawn")
        self.withdrawn = {str(one.data["plan_id"]): one for one in withdrawals}
        self.actions = actions_of(events)
        self.care = spells_of("care", events)
        self.placements = spells_of("placement", events)
        self.homes = spells_of("accommodation", events)
        self.periods = spells_of("pre_proceedings", events)
        self.absences = spells_of("missing", events)
        self.missing = [one for one in self.absences if not one.absent]
        self.born_as_told = born_as_told(self.updates)
        self.born = self._born()
        self._cut()
        self._judgements: dict[str, list[Judgement]] = {}

    def _named(self, name: str) -> list[Event]:
        return [one for one in self.events if one.name == name]

    def _born(self) -> date | None:
        """The date of birth, where it can be believed."""
        of_children = [*self.care, *self.placements, *self.periods, *self.absences]
        born = self.born_as_told
        if born is None or implausible(born, of_children, self.homes, self.updates):
            return None
        return born

    @property
    def spells(self) -> list[Spell]:
        """All the spells, of whatever kind."""
        return [*self.care, *self.placements, *self.homes, *self.periods, *self.absences]

    def age_on(self, day: date) -> Age:
        """The age on any day."""
        return age_on(self.born, self.updates, day)

    def _cut(self) -> None:
        """Cuts: of care periods, then of care upon placements and dwellings, then within kinds."""
        cut_by_later(self.care)
        cut_by_the_end_of_care(self.care, self.placements)
        for place, care in enumerate(self.care):
            # "One that starts under 18 (or at unknown age) and continues none cuts the
            # accommodation spells that started before it."
            if continues(self.care, place) or not self.age_on(care.start).under_18:
                continue
            for home in self.homes:
                if home.start < care.start and home.cut_by_care is None:
                    home.cut_by_care = care.start
        made_main(self.placements)
        for spells in (self.placements, self.homes, self.periods, self.absences):
            cut_by_later(spells)
        for spell in (*self.placements, *self.homes):
            if spell.cut_by_care is not None:
                spell.cut(spell.cut_by_care)

    def judgements(self, home: Spell) -> list[Judgement]:
        """What tells the judgement of a dwelling, in the order of the fold.

        "Told by the spell's start and changes and by reviews of kind accommodation_suitability
        dated from the spell's start to D, where a change dated before the start counts as dated on
        it." A review dated while a later dwelling was current speaks of that one only.
        """
        if home.id in self._judgements:
            return self._judgements[home.id]
        bearing = [Judgement(home.started.fold, home.started.data, from_the_start=True)]
        for change in home.changes:
            before = change.event.day < home.start
            bearing.append(Judgement(change.place, change.event.data, from_the_start=before))
        for review in self.reviews:
            suitability = review.data["kind"] == "accommodation_suitability"
            if suitability and review.day >= home.start and not self.of_a_later_home(review, home):
                bearing.append(Judgement(review.fold, review.data, from_the_start=False))
        self._judgements[home.id] = sorted(bearing, key=lambda one: one.place)
        return self._judgements[home.id]

    def of_a_later_home(self, review: Event, home: Spell) -> bool:
        """The review is dated while a later dwelling was current: it speaks of that one only."""
        later = self.homes[self.homes.index(home) + 1 :]
        return any(one.current(review.day) for one in later)

"""The case line once more, day by day: each day is evaluated alone, by docs/rules.md, section 8.

It shares the colours, the fold and the reviews that are due with the line itself, and nothing of
whose a case is, what is late, how far it climbs, or since when it was known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

import holidays

from schemas.days import LONDON, london_day
from schemas.events.oversight import OversightAcknowledged, OversightExplained
from schemas.policy import Policy
from schemas.status import Concern, Period, Rag
from services.assessment.day import Day
from services.assessment.derivation import Derivation, Rules
from services.assessment.facts import Action, Facts
from services.assessment.received import Received
from services.assessment.resolution import resolve, survivors
from services.assessment.rules import CONCERNS
from services.assessment.statuses import assess_resolved
from services.assessment.stretch import Stretch
from services.assessment.temporal import AsOf
from services.assessment.timeline import Assessment

STEPS = ("team_manager", "head_of_service", "chief_officer")
_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG")


def working_days(after: date, through: date, policy: Policy) -> int:
    """Working days after one day and through another."""
    days = (after + timedelta(days=n) for n in range(1, (through - after).days + 1))
    return sum(
        day.weekday() < 5 and day not in _HOLIDAYS and day not in policy.bank_holidays
        for day in days
    )


@dataclass(frozen=True)
class Log:
    """What was received, and what was known of it by the end of any day."""

    received: Sequence[Received]
    rules: Rules

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by", {})

    @cached_property
    def stored_days(self) -> list[date]:
        return sorted({london_day(at) for item in self.received for _, at in item.sendings})

    @cached_property
    def became(self) -> dict[str, str]:
        return survivors(self.received, self.rules.policy)

    def known_by(self, day: date) -> dict[str, Assessment]:
        """Everybody's colours, of what was stored by the end of a day."""
        last = max((stored for stored in self.stored_days if stored <= day), default=None)
        if last is None:
            return {}
        cache: dict[date, dict[str, Assessment]] = self.__dict__["_by"]
        if last not in cache:
            end = datetime.combine(last, time.max, LONDON)
            then = [known for item in self.received if (known := item.as_stored_by(end))]
            people = resolve(then, self.rules.policy)
            cache[last] = assess_resolved(people, self.rules.rulebook)
        return cache[last]

    def first_known(self, person: str, concern: Concern, first: date, last: date) -> date | None:
        """The first day of a run of red by whose end what was stored made it red."""
        if not self.stored_days:
            return first
        day = first
        while day <= last:
            for name, assessment in self.known_by(day).items():
                mine = self.became.get(name, name) == person
                period = covering(assessment.periods[concern], day)
                if mine and period and period.rule_rag is Rag.RED:
                    return day
            day += timedelta(days=1)
        return None


def covering(line: Sequence[Any], day: date) -> Any:
    """The one period or stretch in which a day lies; None where there is none."""
    found = [item for item in line if item.start <= day and (item.end is None or day < item.end)]
    assert len(found) < 2, f"two cover {day}: {found}"
    return found[0] if found else None


@dataclass
class Walk:
    """One concern of one young person, day after day."""

    log: Log
    facts: Facts
    periods: Sequence[Period]
    gone: Mapping[str, int]
    red_start: date | None = None
    known: date | None = None
    best: tuple[int, date] | None = None
    """The highest step of this red, 1 to 3, and the day on which it was reached."""

    def on(self, day: date) -> dict[str, Any]:
        """What the stretch of a day must give."""
        period = covering(self.periods, day)
        if period is None:
            self.red_start = self.best = None
            return {}
        staff = {name: value.on(AsOf(day.toordinal())) for name, value in self.facts.staff.items()}
        workers = [staff["personal_adviser"], staff["social_worker"]]
        here = [w for w in workers if w and self.gone.get(w, 10**9) > day.toordinal()]
        owned = bool(staff["team"] and here)
        applies = period.rag is not Rag.NONE
        mine = self.open(day, period.concern) if applies else []
        late = sum(due < day for _, due in mine)
        if period.rule_rag is Rag.RED:
            if self.red_start is None:
                self.red_start = day
                last = self.last_red(day)
                person = self.facts.person
                self.known = self.log.first_known(person, period.concern, day, last)
            self.climb(day, period, owned=owned, mine=mine)
        else:
            self.red_start = self.best = None
        on = Day(day.toordinal(), self.facts, self.log.rules.rulebook)
        due = CONCERNS[period.concern].review_due(on, period.rag) if applies else None
        reviewed = CONCERNS[period.concern].reviewed_on(on) if applies else None
        roles = self.acknowledged(day, period)
        rank = self.best[0] if self.best else 0
        return {
            **staff,
            "owned": owned,
            "rag": period.rag,
            "rule_rag": period.rule_rag,
            "rated_down": period.rule_rag is Rag.RED and period.rag is not Rag.RED,
            "statutory": period.statutory,
            "since": period.since,
            "not_green_since": period.not_green_since,
            "next_change": period.next_change,
            "period": period.start,
            "actions": sorted((action.id, due) for action, due in mine),
            "late_actions": late,
            "review_due": due,
            "reviewed_on": reviewed,
            "arrangement": CONCERNS[period.concern].arrangement(on) if applies else None,
            "explained": self.explained(day, period) if applies else None,
            "red_since": self.red_start,
            "known_on": self.known if self.red_start else None,
            "step": STEPS[rank - 1] if rank else None,
            "step_reached_on": self.best[1] if self.best else None,
            "awaiting": tuple(step for step in STEPS[:rank] if step not in roles),
        }

    def open(self, day: date, concern: Concern) -> list[tuple[Action, date]]:
        """The open actions of a day with their dues."""
        on = day.toordinal()
        return [
            (action, date.fromordinal(action.due.on(AsOf(on))))
            for action in self.facts.actions
            if action.concern is concern
            and action.agreed <= on < min(action.completed, action.cancelled)
        ]

    def last_red(self, day: date) -> date:
        """The last day of the run of red in which a day lies, or a day long after."""
        end = date(2032, 1, 1)
        while day < end:
            period = covering(self.periods, day)
            if period is None or period.rule_rag is not Rag.RED:
                return day - timedelta(days=1)
            if period.end is None:
                return end
            day = period.end
        return end

    def climb(
        self, day: date, period: Period, *, owned: bool, mine: list[tuple[Action, date]]
    ) -> None:
        """By the table of section 8: the highest step that any line gives, and what was reached."""
        policy = self.log.rules.policy
        if self.known is None or self.red_start is None:
            return
        clock = max(self.red_start, self.known, policy.live_from or date.min)
        if day < clock:
            return
        passed = working_days(clock, day, policy)
        rules = {reason.rule for reason in period.reasons}
        lines = [(10, 20, 40, passed)]
        if period.statutory == "unlawful":
            lines.append((0, 0, 0, passed))
        if "MI1" in rules:
            lines.append((0, 0, 1, passed))
        if rules & {"UA1", "UA2", "UP11"}:
            lines.append((0, 2, 5, passed))
        if not mine:
            lines.append((2, 5, 10, passed))
        lines += [(1, 5, 10, working_days(due, day, policy)) for _, due in mine if due < day]
        steps = [sum(count >= needed for needed in line) for *line, count in lines]
        rank = max(*steps, 0 if owned else 2)
        if rank > (self.best[0] if self.best else 0):
            self.best = (rank, day)

    def acknowledged(self, day: date, period: Period) -> set[str]:
        """The roles that acknowledged the red that runs, or that is shown."""
        since = self.red_start or (period.since if period.rag is Rag.RED else None)
        return {
            fact.data.role
            for fact in self.facts.acknowledgements
            if since
            and since <= fact.date <= day
            and isinstance(fact.data, OversightAcknowledged)
            and fact.data.concern == period.concern
        }

    def explained(self, day: date, period: Period) -> tuple[date, str, str | None] | None:
        """What was said last of why the red lasts that runs, or that is shown."""
        since = self.red_start or (period.since if period.rag is Rag.RED else None)
        said = [
            (fact.date, fact.data.why, fact.data.explained_by)
            for fact in self.facts.explanations
            if since
            and since <= fact.date <= day
            and isinstance(fact.data, OversightExplained)
            and fact.data.concern == period.concern
        ]
        return said[-1] if said else None


def compared(stretch: Stretch, names: Sequence[str]) -> dict[str, Any]:
    """What a stretch gives, as `Walk.on` does."""
    found = {name: getattr(stretch, name) for name in names}
    found["actions"] = sorted((action.id, action.due) for action in stretch.actions)
    if stretch.review_due is not None:
        found["review_due"] = stretch.review_due.toordinal()
    if stretch.reviewed_on is not None:
        found["reviewed_on"] = stretch.reviewed_on.toordinal()
    return found


def disagreement(
    log: Log, derivation: Derivation, gone: Mapping[str, int], days: Sequence[date]
) -> str:
    """The first day on which a line differs from the day evaluated alone."""
    for concern, line in derivation.cases.items():
        periods = derivation.assessment.periods[concern]
        walk = Walk(log, derivation.facts, periods, gone)
        begun = False
        for day in days:
            expected = walk.on(day)
            stretch = covering(line, day)
            begun = begun or bool(expected and expected["rag"] is not Rag.NONE)
            if stretch is None:
                if begun:
                    return f"{derivation.person} {concern} {day}: no stretch"
                continue
            found = compared(stretch, list(expected))
            if found != expected:
                off = {
                    name: (found[name], expected[name])
                    for name in expected
                    if found[name] != expected[name]
                }
                return f"{derivation.person} {concern} {day}: line, day: {off}"
    return ""

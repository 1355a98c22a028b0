"""Escalation: to whom a red has climbed by a day (docs/rules.md, section 8: Escalation). Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.policy import Escalation, Policy
from services.assessment.calendar import is_working_day, working_days_on
from services.assessment.case_facts import ActionOn
from services.store.weekly_reports import Reported

Step = Literal["team_manager", "head_of_service", "chief_officer"]
LADDER: tuple[Step, ...] = ("team_manager", "head_of_service", "chief_officer")


@dataclass(frozen=True, slots=True)
class Red:
    """A red case as the ladder sees it. `known_on` is the day on which what made it red was stored.

    `owned` says whether it has both a team and a worker.
    """

    since: date
    known_on: date
    unlawful: bool
    owned: bool
    actions: Sequence[ActionOn]


@dataclass(frozen=True, slots=True)
class Climbed:
    """How far a red has climbed, and why, in a few words."""

    to: Step
    why: str


def is_owned(status: Reported, left: Collection[str] = ()) -> bool:
    """Whether a case has both a team and a worker; one who has left works with nobody."""
    workers = (status.personal_adviser, status.social_worker)
    return bool(status.team and any(worker and worker not in left for worker in workers))


def red_of(
    status: Reported, known_on: date, actions: Sequence[ActionOn], left: Collection[str] = ()
) -> Red:
    """A red status as the ladder sees it. `left` are the staff who have."""
    return Red(
        since=status.since,
        known_on=known_on,
        unlawful=status.statutory == "unlawful",
        owned=is_owned(status, left),
        actions=actions,
    )


def climbed(red: Red, on: date, policy: Policy) -> Climbed | None:
    """To whom a red has climbed by a day; None while it is nobody's above the worker."""
    begun = max(red.since, red.known_on)
    if policy.live_from is not None and begun < policy.live_from:
        return None
    if red.unlawful:
        return Climbed("chief_officer", "unlawful")
    steps = [
        _without_plan(red, begun, on, policy),
        _late(red, on, policy),
        None
        if red.owned
        else Climbed("head_of_service", "no team, or nobody who still works here, is recorded"),
    ]
    return max(
        (step for step in steps if step), key=lambda step: LADDER.index(step.to), default=None
    )


def working_days_between(start: date, on: date, policy: Policy) -> int:
    """Working days that have passed since a day, which is not counted."""
    extra = frozenset(policy.bank_holidays)
    return sum(
        is_working_day(date.fromordinal(number), extra)
        for number in range(start.toordinal() + 1, on.toordinal() + 1)
    )


def _without_plan(red: Red, begun: date, on: date, policy: Policy) -> Climbed | None:
    if red.actions:
        return None
    allowed = _steps(policy.escalation)
    extra = frozenset(policy.bank_holidays)
    reached = [
        step
        for step in LADDER
        if working_days_on(begun.toordinal(), allowed[step], extra) <= on.toordinal()
    ]
    if not reached:
        return None
    passed = working_days_between(begun, on, policy)
    return Climbed(reached[-1], f"no open action for {passed} working days")


def _late(red: Red, on: date, policy: Policy) -> Climbed | None:
    """A late action on a red climbs one step for each so many working days."""
    late = [action.due for action in red.actions if action.late]
    if not late:
        return None
    passed = working_days_between(min(late), on, policy)
    place = min(passed // policy.escalation.late_action_step, len(LADDER) - 1)
    return Climbed(LADDER[place], f"an action is {passed} working days late")


def _steps(escalation: Escalation) -> dict[Step, int]:
    return {
        "team_manager": escalation.team_manager,
        "head_of_service": escalation.head_of_service,
        "chief_officer": escalation.chief_officer,
    }

"""How far a red has climbed, by rules of time alone (docs/rules.md, section 8, Escalation).

One clock serves every line of the table, and a case climbs to the highest step that any line gives.
A step that was reached stays until the red ends; an acknowledgement stops nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.policy import Escalation
from services.assessment.calendar import working_days_on
from services.assessment.day import Day
from services.assessment.facts import Action

Step = Literal["team_manager", "head_of_service", "chief_officer"]
STEPS: tuple[Step, ...] = ("team_manager", "head_of_service", "chief_officer")
"""The senior managers to whom a red climbs, from the first to the last."""


def step_named(name: str) -> Step | None:
    """The step that has this name, if any; it is that of the role, too."""
    return next((step for step in STEPS if step == name), None)


Line = Literal["unlawful", "missing", "homeless", "no_action", "late_action", "unowned", "any_plan"]
"""The lines of the table, in the order in which one is named where several give a step."""

MISSING = "MI1"
GRAVEST = frozenset({"UA1", "UA2", "UP11"})
"""Homeless, or under 18 or looked after in emergency accommodation: climbs whatever the plan."""


@dataclass(frozen=True, slots=True)
class Climb:
    """How far a red has climbed: to which step, by which line of the table.

    Days are ordinals: `counted_from` is the day from which the line counts its working days,
    `reached_on` the day on which the step was reached.
    """

    step: Step
    line: Line
    counted_from: int
    reached_on: int

    @property
    def rank(self) -> int:
        """1 for the first step up to 3 for the last."""
        return STEPS.index(self.step) + 1


@dataclass(frozen=True, slots=True)
class RedCase:
    """A red as the table sees it on one day.

    `clock` is the day from which it counts: the latest of the first day of the run of red, the day
    on which it was first known here, and the policy's live_from.
    """

    clock: int
    unlawful: bool
    missing: bool
    gravest: bool
    owned: bool
    open_actions: Sequence[Action]


def climb(on: Day, red: RedCase, policy: Escalation, before: Climb | None) -> Climb | None:
    """How far a red has climbed by a day; `before` is how far it had come earlier in this red."""
    if not on.reached(red.clock):
        return before
    found = [
        _reached(on, "unlawful", red.clock, (0, 0, 0)) if red.unlawful else None,
        _reached(on, "missing", red.clock, (0, 0, policy.missing_chief_officer))
        if red.missing
        else None,
        _reached(on, "homeless", red.clock, _gravest(policy)) if red.gravest else None,
        None if red.open_actions else _reached(on, "no_action", red.clock, _no_action(policy)),
        _late(on, red, policy),
        None if red.owned else Climb("head_of_service", "unowned", red.clock, on.day),
        _reached(on, "any_plan", red.clock, _any_plan(policy)),
    ]
    now = max((item for item in found if item), key=lambda item: item.rank, default=None)
    if before is None or (now is not None and now.rank > before.rank):
        return now
    if now is not None and now.rank == before.rank:
        return Climb(now.step, now.line, now.counted_from, before.reached_on)
    return before


def _reached(on: Day, line: Line, start: int, after: tuple[int, int, int]) -> Climb | None:
    """The step that a line gives: each after so many working days from its start."""
    reached = None
    for step, days in zip(STEPS, after, strict=True):
        if on.reached(working_days_on(start, days, on.rulebook.bank_holidays)):
            reached = step
    return Climb(reached, line, start, on.day) if reached else None


def _late(on: Day, red: RedCase, policy: Escalation) -> Climb | None:
    """The action that has been late for longest."""
    late = [action.due.on(on) for action in red.open_actions if on.is_late(action)]
    if not late:
        return None
    after = (policy.late_action_first, policy.late_action_step, 2 * policy.late_action_step)
    return _reached(on, "late_action", min(late), after)


def _no_action(policy: Escalation) -> tuple[int, int, int]:
    return policy.team_manager, policy.head_of_service, policy.chief_officer


def _gravest(policy: Escalation) -> tuple[int, int, int]:
    return 0, policy.gravest_head_of_service, policy.gravest_chief_officer


def _any_plan(policy: Escalation) -> tuple[int, int, int]:
    return (
        policy.any_plan_team_manager,
        policy.any_plan_head_of_service,
        policy.any_plan_chief_officer,
    )

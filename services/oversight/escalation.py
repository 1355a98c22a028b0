"""Escalation in words: why a red was escalated, and whose acknowledgement it awaits."""

from collections.abc import Collection
from datetime import date

from schemas.policy import Policy
from services.assessment.calendar import is_working_day
from services.assessment.escalation import STEPS
from services.oversight.cases import Case


def has_climbed_to(case: Case, role: str) -> bool:
    """Whether a red is escalated to a step, or beyond it."""
    return case.step is not None and role in STEPS and STEPS.index(case.step) >= STEPS.index(role)


def awaits(case: Case, roles: Collection[str]) -> bool:
    """Whether a red waits to be acknowledged by one of these roles."""
    return any(step in roles for step in case.awaiting)


def why_climbed(case: Case, policy: Policy) -> str:
    """Why a red is escalated as far as it is; empty where it is not."""
    if case.step is None or case.step_counted_from is None:
        return ""
    passed = working_days_between(case.step_counted_from, case.day, policy)
    days = "1 working day" if passed == 1 else f"{passed} working days"
    if case.step_line == "no_action":
        if case.actions:
            return "there was no open action in time"
        return f"no open action for {days}"
    if case.step_line == "late_action":
        return f"an action is {days} late" if case.late else "an action was late"
    return {
        "unlawful": "unlawful",
        "missing": f"missing for {days}",
        "homeless": f"homeless or in emergency accommodation for {days}",
        "unowned": "no team, or nobody who still works here, is recorded",
        "any_plan": f"red for {days}",
    }.get(case.step_line or "", "")


def working_days_between(start: date, on: date, policy: Policy) -> int:
    """Working days that have passed since a day, which is not counted."""
    extra = frozenset(policy.bank_holidays)
    return sum(
        is_working_day(date.fromordinal(number), extra)
        for number in range(start.toordinal() + 1, on.toordinal() + 1)
    )

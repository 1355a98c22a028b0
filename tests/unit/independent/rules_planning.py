"""Pre-proceedings and permanence (sections 6 and 7 of the rules), each rule by its sentence."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .resolution import Event, day_of
from .rules_unsuitable import Rule, RuleResult

if TYPE_CHECKING:
    from .facts import Facts
    from .record import Spell

NO_PERMANENCE = frozenset({"V3", "V4", "J1", "J2", "J3"})


def pre_proceedings_applies(f: Facts) -> bool:
    """A period is current; under 18 or age unknown."""
    return f.period is not None and f.age.under_18


def pp1(f: Facts) -> RuleResult | None:
    """n > 84: red; amber while an extension with authorised_by runs.

    "From its date through `until`; every extension of the period counts."
    """
    if f.period is None or f.n(f.period.start) <= 84:
        return None
    for extension in f.period.extensions:
        until = day_of(extension.data["until"])
        if not extension.data.get("authorised_by") or until is None:
            continue
        if extension.day <= f.day <= until:
            return RuleResult("amber")
    return RuleResult("red")


def pp2(f: Facts) -> RuleResult | None:
    """n > 112: red, extension or not."""
    return RuleResult("red") if f.period is not None and f.n(f.period.start) > 112 else None


def pp3(f: Facts) -> RuleResult | None:
    """n > 56: amber."""
    return RuleResult("amber") if f.period is not None and f.n(f.period.start) > 56 else None


def pp4(f: Facts) -> RuleResult | None:
    """n > 42 and no review of kind pre_proceedings on or after the period's start: amber."""
    if f.period is None or f.n(f.period.start) <= 42:
        return None
    return None if f.reviews(f.period.start, "pre_proceedings") else RuleResult("amber")


def permanence_applies(f: Facts) -> bool:
    """Looked after; legal status not V3, V4 (short breaks), J1, J2, J3 (remand)."""
    return f.looked_after and f.status not in NO_PERMANENCE


def months_on(start: date, months: int) -> date:
    """So many calendar months on: the same day of the month, or its last."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def previous_care(f: Facts) -> Spell | None:
    """The care period before the current one, in the fold."""
    before: Spell | None = None
    for spell in f.record.care:
        if spell is f.care:
            return before
        before = spell
    return None


def plan_that_matters(f: Facts) -> Event | None:
    """The one agreed last (the fold), on or before D and not before the previous period ended."""
    previous = previous_care(f)
    floor = previous.ends if previous is not None else None
    plans = [
        one for one in f.record.plans if one.day <= f.day and (floor is None or one.day >= floor)
    ]
    return plans[-1] if plans else None


def withdrawn_on(f: Facts, plan: Event) -> date | None:
    """It stands unless withdrawn on or after its date (and by D)."""
    withdrawal = f.record.withdrawn.get(str(plan.data["plan_id"]))
    if withdrawal is None or not plan.day <= withdrawal.day <= f.day:
        return None
    return withdrawal.day


def pe1(f: Facts) -> RuleResult | None:
    """None agreed; D is after the day 4 calendar months on from the care period's start: red."""
    if f.care is None or plan_that_matters(f) is not None:
        return None
    return RuleResult("red") if f.day > months_on(f.care.start, 4) else None


def pe2(f: Facts) -> RuleResult | None:
    """None agreed; D is on or after the day 3 calendar months on: amber."""
    if f.care is None or plan_that_matters(f) is not None:
        return None
    return RuleResult("amber") if f.day >= months_on(f.care.start, 3) else None


def pe3(f: Facts) -> RuleResult | None:
    """It was withdrawn: n from that day; amber, red when n > 84."""
    plan = plan_that_matters(f)
    since = withdrawn_on(f, plan) if plan is not None else None
    if since is None:
        return None
    return RuleResult("red" if f.n(since) > 84 else "amber")


def pe4(f: Facts) -> RuleResult | None:
    """The latest looked_after review (the fold) in this care period is overdue: amber.

    "Its next_due, or its date + 183 days, is before D."
    """
    reviews = f.reviews(f.care.start, "looked_after") if f.care is not None else []
    if not reviews:
        return None
    due = day_of(reviews[-1].data.get("next_due")) or reviews[-1].day + timedelta(days=183)
    return RuleResult("amber") if due < f.day else None


def pe5(f: Facts) -> RuleResult | None:
    """No looked_after review in this care period, n > 28 from its start: amber."""
    if f.care is None or f.reviews(f.care.start, "looked_after"):
        return None
    return RuleResult("amber") if f.n(f.care.start) > 28 else None


def statutory(_f: Facts, _results: list[RuleResult]) -> str | None:
    """These concerns say nothing of the law."""
    return None


PRE_PROCEEDINGS: list[tuple[str, Rule]] = [
    ("PP1", pp1),
    ("PP2", pp2),
    ("PP3", pp3),
    ("PP4", pp4),
]
PERMANENCE: list[tuple[str, Rule]] = [
    ("PE1", pe1),
    ("PE2", pe2),
    ("PE3", pe3),
    ("PE4", pe4),
    ("PE5", pe5),
]

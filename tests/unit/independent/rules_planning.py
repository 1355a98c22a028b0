"""Pre-proceedings and permanence (sections 6 and 7 of the rules), each rule by its sentence."""

from __future__ import annotations

from datetime import date

from .answers import Answers, Rule, RuleResult, asked, care_spells_from
from .calendar_days import ONE_DAY, months_on, working_day
from .facts import Facts
from .resolution import Event
from .spells import continues

NO_PERMANENCE = frozenset({"V3", "V4", "J1", "J2", "J3"})


def pre_proceedings(f: Facts) -> Answers | None:
    """A period is current; under 18 or age unknown."""
    return asked(f, PRE_PROCEEDINGS) if f.period is not None and f.age.under_18 else None


def on_the_clock(f: Facts, limit: int, colour: str) -> RuleResult | None:
    """The colour when n > limit from the decision."""
    if f.period is None or f.n(f.period.start) <= limit:
        return None
    turned = f.period.start + (limit + 1) * ONE_DAY
    return RuleResult(colour, counted=(f.period,), turned=turned)


def pp1(f: Facts) -> RuleResult | None:
    """n > 84: red; amber while an extension with authorised_by runs.

    "From its date through `until`; every extension of the period counts."
    """
    if f.period is None:
        return None
    extended = any(
        one.data.get("authorised_by") is not None and one.day <= f.day <= one.data["until"]
        for one in f.period.extensions
    )
    return on_the_clock(f, 84, "amber" if extended else "red")


def pp2(f: Facts) -> RuleResult | None:
    """n > 112: red, extension or not."""
    return on_the_clock(f, 112, "red")


def pp3(f: Facts) -> RuleResult | None:
    """n > 56: amber."""
    return on_the_clock(f, 56, "amber")


def pp4(f: Facts) -> RuleResult | None:
    """n > 42 and no review of kind pre_proceedings on or after the period's start: amber."""
    if f.period is None or f.reviews(f.period.start, "pre_proceedings"):
        return None
    return on_the_clock(f, 42, "amber")


def permanence(f: Facts) -> Answers | None:
    """Looked after; legal status not V3, V4 (short breaks), J1, J2, J3 (remand)."""
    return asked(f, PERMANENCE) if f.looked_after and f.status not in NO_PERMANENCE else None


def previous_care_ended(f: Facts) -> date | None:
    """The day the previous care period ended: one that the current does not continue."""
    care = f.record.care
    place = next(number for number, one in enumerate(care) if one is f.care)
    while continues(care, place):
        place -= 1
    return care[place - 1].ends if place > 0 else None


def plan_that_matters(f: Facts) -> Event | None:
    """The one agreed last (the fold), on or before D and not before the previous period ended."""
    floor = previous_care_ended(f)
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
    """None agreed; D is after the day 4 calendar months on from the day care began: red."""
    last = months_on(f.care_began, 4)
    if plan_that_matters(f) is not None or f.day <= last:
        return None
    return RuleResult("red", counted=care_spells_from(f, f.care_began), turned=last + ONE_DAY)


def pe2(f: Facts) -> RuleResult | None:
    """None agreed; D is on or after the day 3 calendar months on: amber."""
    first = months_on(f.care_began, 3)
    if plan_that_matters(f) is not None or f.day < first:
        return None
    return RuleResult("amber", counted=care_spells_from(f, f.care_began), turned=first)


def pe3(f: Facts) -> RuleResult | None:
    """It was withdrawn: n from that day; amber, red when n > 84."""
    plan = plan_that_matters(f)
    since = withdrawn_on(f, plan) if plan is not None else None
    if since is None:
        return None
    return RuleResult("red" if f.n(since) > 84 else "amber")


def pe4(f: Facts) -> RuleResult | None:
    """Since care began a looked_after review was held, and D is after the day the next is due.

    "Of the last held (the fold), the earlier of its next_due and 3 calendar months on, 6 when it
    was not on the first day of review": amber.
    """
    reviews = f.reviews(f.care_began, "looked_after")
    if not reviews:
        return None
    last = reviews[-1]
    due = months_on(last.day, 3 if last.day == reviews[0].day else 6)
    if last.data.get("next_due") is not None:
        due = min(due, last.data["next_due"])
    return RuleResult("amber") if f.day > due else None


def pe5(f: Facts) -> RuleResult | None:
    """No looked_after review since care began, and D is after the 20th working day from that day.

    Amber.
    """
    last = working_day(f.care_began, 20)
    if f.reviews(f.care_began, "looked_after") or f.day <= last:
        return None
    return RuleResult("amber", counted=care_spells_from(f, f.care_began), turned=last + ONE_DAY)


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

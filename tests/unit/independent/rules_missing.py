"""Missing (section 7c of the rules), each rule by its sentence."""

from __future__ import annotations

from .answers import Answers, Rule, RuleResult, asked
from .facts import Facts


def of_ours(f: Facts) -> bool:
    """Looked after, or left care and under 18."""
    return f.looked_after or (f.left_care and f.age.under_18)


def missing(f: Facts) -> Answers | None:
    """What the rules say where any speaks.

    "Looked after, or left care and under 18, on D or on the day a missing spell current on D
    started; and MI1, MI2 or MI3 speaks."
    """
    started = f.diary.on(f.missing.start) if f.missing is not None else f
    if not of_ours(f) and not of_ours(started):
        return None
    return asked(f, MISSING) or None


def mi1(f: Facts) -> RuleResult | None:
    """A missing spell is current: red; never lowered."""
    return RuleResult("red", never_lowered=True) if f.missing is not None else None


def mi2(f: Facts) -> RuleResult | None:
    """The last missing spell ended, and no return interview was held.

    "No return_interview.completed naming it or none is dated on or after its end: n > 3 days from
    the end, through n = 28": amber.
    """
    begun = [one for one in f.record.missing if one.start <= f.day]
    if not begun:
        return None
    last = begun[-1]
    if last.ends is None or last.ends > f.day:
        return None
    interviewed = any(
        last.ends <= one.day <= f.day and one.data.get("missing_id") in (None, last.id)
        for one in f.record.interviews
    )
    return RuleResult("amber") if not interviewed and 3 < f.n(last.ends) <= 28 else None


def mi3(f: Facts) -> RuleResult | None:
    """3 or more missing spells began with n < 90: amber."""
    began = [one for one in f.record.missing if 0 <= f.n(one.start) < 90]
    return RuleResult("amber") if len(began) >= 3 else None


MISSING: list[tuple[str, Rule]] = [("MI1", mi1), ("MI2", mi2), ("MI3", mi3)]

"""Unsuitable accommodation (section 4 of the rules), each rule by its own sentence.

`f.home` is the dwelling that is or may be current: the rules ask one that may be as if it were.
"""

from __future__ import annotations

from datetime import date, timedelta

from .answers import Answers, Rule, RuleResult, asked
from .calendar_days import ONE_DAY, working_day
from .facts import Facts
from .resolution import Event

CONCERN = "unsuitable_accommodation"
REGISTERED_BY_LAW = date(2023, 10, 28)
HOME_CODES = frozenset("BCDEGHKRSTUVWXYZ")


def applies(f: Facts) -> bool:
    """Not looked after; under 25 or age unknown; and a spell is or may be current, or left care.

    "When in_touch is returned_home: only while a spell is or may be current that started on or
    after the day it became so."
    """
    if f.looked_after or not f.age.under_25:
        return False
    since = f.became_returned_home
    if since is not None:
        return f.home is not None and f.home.start >= since
    return f.home is not None or f.left_care


def ua1(f: Facts) -> RuleResult | None:
    """Code S, or unsuitable_reason homeless: red; never lowered."""
    if f.home is not None and (f.home_code == "S" or f.reason == "homeless"):
        return RuleResult("red", never_lowered=True)
    return None


def ua2(f: Facts) -> RuleResult | None:
    """Code V or W, under 18 or age unknown: red; never lowered."""
    if f.home_code in ("V", "W") and f.age.under_18:
        return RuleResult("red", never_lowered=True)
    return None


def ua3(f: Facts) -> RuleResult | None:
    """16-17 or age unknown, code D, E or T, D on or after 2023-10-28.

    "unregistered: red; where eligibility is relevant or eligible, unlawful and never lowered, else
    statutory as without this rule. applied or unknown: amber, red when n > 28 from the later of
    the spell's start and 2023-10-28."
    """
    if f.home is None or f.home_code not in ("D", "E", "T") or f.day < REGISTERED_BY_LAW:
        return None
    if not (f.age.teen or f.age.unknown):
        return None
    if f.home_registration == "unregistered":
        if f.eligibility in ("relevant", "eligible"):
            return RuleResult("red", "unlawful", never_lowered=True)
        return RuleResult("red")
    if f.home_registration in ("applied", "unknown"):
        since = max(f.home.start, REGISTERED_BY_LAW)
        if f.n(since) <= 28:
            return RuleResult("amber")
        counted = (f.home,) if f.home.start == since else ()
        return RuleResult("red", counted=counted, turned=since + 29 * ONE_DAY)
    return None


def ua4(f: Facts) -> RuleResult | None:
    """Code X: amber instead of UA8.

    "Red on and after the day 42 days before expected_end while move_on_plan is not true; red
    after expected_end whatever the plan."
    """
    if f.home is None or f.home_code != "X":
        return None
    end: date | None = f.home.value("expected_end", f.day)
    if end is None:
        return RuleResult("amber")
    planned = f.home.value("move_on_plan", f.day) is True
    if f.day > end or (f.day >= end - timedelta(days=42) and not planned):
        return RuleResult("red")
    return RuleResult("amber")


def ua5(f: Facts) -> RuleResult | None:
    """Code R: red instead of UA8; amber instead when in_touch is refused or not_required."""
    if f.home_code != "R":
        return None
    return RuleResult("amber" if f.in_touch in ("refused", "not_required") else "red")


def ua6(f: Facts) -> RuleResult | None:
    """Code G or H, unsuitable: amber instead of UA8."""
    return RuleResult("amber") if f.home_code in ("G", "H") and f.unsuitable else None


def ua7(f: Facts) -> RuleResult | None:
    """Code U, K or Y, unsuitable but not homeless, full_time_education higher.

    "reason shared_house: green instead of UA8. No reason given: amber instead of UA8."
    """
    if f.home_code not in ("U", "K", "Y") or not f.unsuitable or f.education != "higher":
        return None
    if f.reason == "shared_house":
        return RuleResult("green")
    return RuleResult("amber") if f.reason is None else None


def lowers_ua8(f: Facts, review: Event) -> bool:
    """A review on which an unsuitable dwelling may be amber.

    "A review of kind accommodation_suitability, or of kind oversight naming this concern or none,
    dated on or after the spell's start, n <= 28." One dated while a later dwelling was current
    speaks of that one only.
    """
    if f.home is None or f.n(review.day) > 28 or f.record.of_a_later_home(review, f.home):
        return False
    if review.data["kind"] == "accommodation_suitability":
        return True
    return review.data.get("concern") in (None, CONCERN)


def acted_upon(f: Facts) -> bool:
    """An open action for this concern due within 28 days after D, or one completed with n <= 28."""
    for action in f.record.actions:
        if action.concern != CONCERN:
            continue
        if action.open(f.day) and 0 <= (action.due(f.day) - f.day).days <= 28:
            return True
        if action.completed is not None and 0 <= f.n(action.completed) <= 28:
            return True
    return False


def ua8(f: Facts) -> RuleResult | None:
    """Unsuitable: red, or amber while it is reviewed and acted upon and nothing is late."""
    if f.home is None or not f.unsuitable:
        return None
    if any(other(f) is not None for other in (ua4, ua5, ua6, ua7)):
        return None
    reviews = f.reviews(f.home.start, "accommodation_suitability", "oversight")
    reviewed = any(lowers_ua8(f, one) for one in reviews)
    return RuleResult(
        "amber" if reviewed and acted_upon(f) and not f.late_action(CONCERN) else "red"
    )


def ua9(f: Facts) -> RuleResult | None:
    """No judgement, code not S, X, R, not homeless: amber."""
    if f.home is None or f.home_code in ("S", "X", "R") or f.reason == "homeless":
        return None
    return RuleResult("amber") if f.suitable is None else None


def ua10(f: Facts) -> RuleResult | None:
    """Code V or W, 18 or over, `suitable` true.

    "V: amber when n > 7 from the spell's start; W: amber after the second working day from it."
    """
    if f.home is None or f.home_code not in ("V", "W") or not f.age.adult:
        return None
    start = f.home.start
    last = start + 7 * ONE_DAY if f.home_code == "V" else working_day(start, 2)
    if f.suitable is not True or f.day <= last:
        return None
    return RuleResult("amber", counted=(f.home,), turned=last + ONE_DAY)


def ua11(f: Facts) -> RuleResult | None:
    """Left care, 16 or over or age unknown, no spell current: amber.

    "Red at 16-17 with no main placement current." A dwelling or placement that only may be current
    is not.
    """
    if f.home_now is not None or f.age.child or f.closed or not f.left_care:
        return None
    return RuleResult("red" if f.age.teen and f.main_now is None else "amber")


def ua12(f: Facts) -> RuleResult | None:
    """in_touch no: amber."""
    return RuleResult("amber") if f.in_touch == "no" else None


def ua13(f: Facts) -> RuleResult | None:
    """`suitable` true, n > 183 from judged_on: amber."""
    if f.home is None or f.suitable is not True or f.judged_on is None or f.n(f.judged_on) <= 183:
        return None
    counted = (f.home,) if f.judged_by_the_start else ()
    return RuleResult("amber", counted=counted, turned=f.judged_on + 184 * ONE_DAY)


def ua14(f: Facts) -> RuleResult | None:
    """A code outside the national list, or cleared: amber."""
    return RuleResult("amber") if f.home is not None and f.home_code not in HOME_CODES else None


def answers(f: Facts) -> Answers | None:
    """What the rules say where the concern applies.

    "Where left care is the only ground and UA11 is silent, `none`."
    """
    if not applies(f):
        return None
    given = asked(f, RULES)
    if f.home is None and all(rule_id != "UA11" for rule_id, _ in given):
        return None
    return given


def statutory(f: Facts, given: Answers) -> str | None:
    """Say "unlawful" where UA3 says so, else "unsuitable", "suitable" when true, or null."""
    if any(one.statutory == "unlawful" for _, one in given):
        return "unlawful"
    if f.unsuitable:
        return "unsuitable"
    return "suitable" if f.suitable is True else None


RULES: list[tuple[str, Rule]] = [
    ("UA1", ua1),
    ("UA2", ua2),
    ("UA3", ua3),
    ("UA4", ua4),
    ("UA5", ua5),
    ("UA6", ua6),
    ("UA7", ua7),
    ("UA8", ua8),
    ("UA9", ua9),
    ("UA10", ua10),
    ("UA11", ua11),
    ("UA12", ua12),
    ("UA13", ua13),
    ("UA14", ua14),
]

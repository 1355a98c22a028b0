"""Visits and pathway plan (sections 7a and 7b of the rules), each rule by its sentence."""

from __future__ import annotations

from datetime import date

from .answers import Answers, Rule, RuleResult, asked, care_spells_from, there_since_spells
from .calendar_days import ONE_DAY, birthday, months_on
from .facts import IN_SECTION_3, Facts
from .resolution import Event
from .rules_placement import unlawful
from .rules_planning import plan_that_matters, withdrawn_on
from .spells import Spell

LONG_TERM = frozenset({"long_term_fostering", "special_guardianship", "relatives"})


def in_touch(f: Facts) -> bool:
    """Neither refused, not_required nor returned_home.

    "From a known 21 only while in_touch is yes (support on request; not told: none)."
    """
    if f.age.known_21:
        return f.in_touch == "yes"
    return f.in_touch not in ("refused", "not_required", "returned_home")


def visits(f: Facts) -> Answers | None:
    """What the rules say where visits are due.

    "Looked after, legal status not V3 or V4; or not looked after, left care, 16 to 24 or age
    unknown, eligibility eligible, relevant or former_relevant, and in_touch not refused,
    not_required or returned_home"; not where the case is closed.
    """
    if f.looked_after:
        return None if f.short_breaks else asked(f, VISITS)
    leaver = f.left_care and f.age.care_leaver and f.eligibility in IN_SECTION_3
    return asked(f, VISITS) if leaver and in_touch(f) and not f.closed else None


def visits_made(f: Facts, since: date | None = None) -> list[date]:
    """The days of the visits that count by D, from a day if one is given.

    "While looked after the visits of kind looked_after count, else those of kind care_leaver; one
    of no kind counts in both."
    """
    kind = "looked_after" if f.looked_after else "care_leaver"
    return [
        one.day
        for one in f.record.visits
        if one.day <= f.day
        and one.data.get("kind") in (None, kind)
        and (since is None or one.day >= since)
    ]


def overdue(f: Facts, due: date, counted: tuple[Spell, ...] = ()) -> RuleResult | None:
    """Amber when D is after the day due, red when more than 7 days after it."""
    if f.day <= due:
        return None
    late = f.n(due) > 7
    turned = due + (8 if late else 1) * ONE_DAY
    return RuleResult("red" if late else "amber", counted=counted, turned=turned)


def vi1(f: Facts) -> RuleResult | None:
    """Looked after, no visit on or after there since: due 7 days on from there since."""
    if not f.looked_after or visits_made(f, f.there_since):
        return None
    return overdue(f, f.there_since + 7 * ONE_DAY, there_since_spells(f))


def vi2(f: Facts) -> RuleResult | None:
    """Looked after, in whatever placement.

    "42 days on from the last visit since care began, without one from that day; 3 calendar months
    on from the visit when a main placement is current, D is after the day 12 calendar months on
    from there since, and the plan that matters stands and is long_term_fostering,
    special_guardianship or relatives."
    """
    if not f.looked_after:
        return None
    made = visits_made(f, f.care_began)
    if not made:
        return overdue(f, f.care_began + 42 * ONE_DAY, care_spells_from(f, f.care_began))
    settled = f.main_now is not None and f.day > months_on(f.there_since, 12)
    if settled and long_term_plan(f):
        return overdue(f, months_on(max(made), 3))
    return overdue(f, max(made) + 42 * ONE_DAY)


def long_term_plan(f: Facts) -> bool:
    """The plan that matters stands, and is one to live there for long."""
    plan = plan_that_matters(f)
    return plan is not None and withdrawn_on(f, plan) is None and plan.data["plan"] in LONG_TERM


def vi3(f: Facts) -> RuleResult | None:
    """`statutory` of unregulated_placement is unlawful on D.

    "7 days on from the last visit or the first of the unbroken run of days on which it is,
    whichever is later."
    """
    if not unlawful(f):
        return None
    since = f.diary.run_began("unlawful", f.day, unlawful)
    return overdue(f, max([since, *visits_made(f)]) + 7 * ONE_DAY)


def vi4(f: Facts) -> RuleResult | None:
    """Looked after, main placement P1, no looked_after review since care began.

    "7 days on from the last visit or there since, whichever is later."
    """
    if not f.looked_after or f.main_now is None or f.main_now.value("code", f.day) != "P1":
        return None
    if f.reviews(f.care_began, "looked_after"):
        return None
    since = max([f.there_since, *visits_made(f)])
    counted = there_since_spells(f) if since not in visits_made(f) else ()
    return overdue(f, since + 7 * ONE_DAY, counted)


def vi5(f: Facts) -> RuleResult | None:
    """Not looked after.

    "2 calendar months on from the latest of the last visit, the first of the unbroken run of days
    not looked after (where care was before it) and the first of the unbroken run of days with an
    eligibility of section 3."
    """
    if f.looked_after:
        return None
    days = [f.eligible_since, *visits_made(f)]
    if f.not_looked_after_since is not None:
        days.append(f.not_looked_after_since)
    return overdue(f, months_on(max(days), 2))


def pathway_plan(f: Facts) -> Answers | None:
    """What the rules say where a pathway plan is due.

    "Eligibility eligible, relevant or former_relevant; 16 to 24 or age unknown; looked after, or
    in_touch not refused, not_required or returned_home"; not looked after, not where it is closed.
    """
    if f.eligibility not in IN_SECTION_3 or not f.age.care_leaver:
        return None
    return asked(f, PATHWAY_PLAN) if f.looked_after or (in_touch(f) and not f.closed) else None


def plans_held(f: Facts) -> list[Event]:
    """The reviews of kind pathway_plan held by D, in the fold."""
    return f.reviews(date.min, "pathway_plan")


def first_eligible(f: Facts) -> date:
    """The first day with an eligibility of section 3."""
    days = sorted({one.day for one in f.record.updates if one.day <= f.day})
    return next(day for day in days if f.diary.on(day).eligibility in IN_SECTION_3)


def pw1(f: Facts) -> RuleResult | None:
    """None held by D; D is after the day 3 calendar months on.

    "From the 16th birthday or from the first day with an eligibility of section 3, whichever is
    later: amber; red when 18 or over, or when D is after the day 6 months on."
    """
    if plans_held(f):
        return None
    since = first_eligible(f)
    if f.record.born is not None:
        since = max(since, birthday(f.record.born, 16))
    if f.day <= months_on(since, 3):
        return None
    return RuleResult("red" if f.age.adult or f.day > months_on(since, 6) else "amber")


def pw2(f: Facts) -> RuleResult | None:
    """D is after the day due.

    "Of the last held (the fold), the earlier of its next_due and 6 calendar months on: amber; red
    when D is after the day 6 months on from the day due."
    """
    held = plans_held(f)
    if not held:
        return None
    due = months_on(held[-1].day, 6)
    if held[-1].data.get("next_due") is not None:
        due = min(due, held[-1].data["next_due"])
    if f.day <= due:
        return None
    return RuleResult("red" if f.day > months_on(due, 6) else "amber")


VISITS: list[tuple[str, Rule]] = [
    ("VI1", vi1),
    ("VI2", vi2),
    ("VI3", vi3),
    ("VI4", vi4),
    ("VI5", vi5),
]
PATHWAY_PLAN: list[tuple[str, Rule]] = [("PW1", pw1), ("PW2", pw2)]

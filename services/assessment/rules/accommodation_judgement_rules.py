"""What UA8 to UA14 say: of how a dwelling is judged, and of what is not known of it."""

from typing import Any

from schemas.codes import ACCOMMODATION
from schemas.status import Concern, Rag
from services.assessment.calendar import working_days_on
from services.assessment.day import Day, Finding, counted_from, evidence, in_words
from services.assessment.rules.dwelling_on_day import (
    BED_AND_BREAKFAST,
    CUSTODY,
    EMERGENCY_OR_BED_AND_BREAKFAST,
    UNSUITABLE_BECAUSE,
    WHEREABOUTS_UNKNOWN,
    Home,
)

CONCERN = Concern.UNSUITABLE_ACCOMMODATION
REVIEWS = {"accommodation_suitability": None, "oversight": CONCERN}
"""Kinds of review in which an unsuitable dwelling is looked at again."""


def ua8_unsuitable(home: Home) -> Finding | None:
    """UA8: unsuitable is red; amber while it is reviewed, has a timely action, and none is late."""
    if not home.unsuitable:
        return None
    on = home.on
    reason = UNSUITABLE_BECAUSE.get(home.judgement.unsuitable_reason or "")
    why = f" ({reason})" if reason else ""
    facts: dict[str, Any] = {"unsuitable_reason": home.judgement.unsuitable_reason}
    text = f"Unsuitable accommodation{why} since {in_words(home.dwelling.start)}"
    if on.late_action(CONCERN):
        return home.find("UA8", Rag.RED, f"{text}; an action is late.", **facts)
    if not _reviewed(home):
        return home.find("UA8", Rag.RED, f"{text}; not reviewed in time.", **facts)
    if not _acted_on(on):
        return home.find("UA8", Rag.RED, f"{text}; no action due or done in time.", **facts)
    return home.find("UA8", Rag.AMBER, f"{text}; reviewed, with an action in time.", **facts)


def _reviewed(home: Home) -> bool:
    last = home.on.last_review(REVIEWS, home.dwelling.start, home.dwelling)
    return last is not None and home.on.within(home.on.limit("UA8.review_days"), last)


def _acted_on(on: Day) -> bool:
    """An open action due within so many days, or one completed within so many."""
    ahead, behind = on.limit("UA8.action_due_days"), on.limit("UA8.action_completed_days")
    return any(
        (on.is_open(action) and on.reached(action.due.on(on) - ahead))
        or on.within(behind, action.completed)
        for action in on.facts.actions_for(CONCERN)
    )


def ua9_not_yet_judged(home: Home) -> Finding | None:
    """UA9: accommodation that nobody has judged is amber."""
    if home.judgement.suitable is not None or home.homeless:
        return None
    if home.code in (CUSTODY, WHEREABOUTS_UNKNOWN):
        return None
    return home.find(
        "UA9",
        Rag.AMBER,
        f"Nobody has judged since {in_words(home.dwelling.start)} whether {home.what} is suitable.",
    )


def ua10_emergency_for_an_adult(home: Home) -> Finding | None:
    """UA10: a suitable emergency stay of an adult is amber after a week.

    Bed and breakfast is amber after the second working day.
    """
    on, start = home.on, home.dwelling.start
    if home.code not in EMERGENCY_OR_BED_AND_BREAKFAST or on.under_18:
        return None
    if home.judgement.suitable is not True:
        return None
    if home.code == BED_AND_BREAKFAST:
        allowed = on.limit("UA10.working_days")
        last, span = working_days_on(start, allowed, on.rulebook.bank_holidays), "working days"
    else:
        allowed = on.limit("UA10.days")
        last, span = start + allowed, "days"
    if not on.reached(last + 1):
        return None
    text = f"In {home.what} for more than {allowed} {span}, since {in_words(start)}."
    return home.find(
        "UA10", Rag.AMBER, text, turned_on=counted_from(home.dwelling, start, last + 1)
    )


def ua11_nothing_recorded(on: Day) -> Finding | None:
    """UA11: a care leaver of 16 or over with no address recorded is amber.

    At 16 or 17 red, unless they are in a placement.
    """
    if on.under_16 or not on.left_care or on.silenced_by_closing:
        return None
    rag = Rag.RED if on.is_16_or_17 and on.placement is None else Rag.AMBER
    facts = evidence(eligibility=on.eligibility)
    if on.facts.care:
        facts |= evidence(care=on.facts.care[-1].began)
    return Finding("UA11", rag, "Left care, and no address is recorded.", facts)


def ua12_out_of_touch(on: Day) -> Finding | None:
    """UA12: out of touch is amber."""
    touch = on.facts.in_touch.on(on)
    if touch.answer != "no":
        return None
    return Finding(
        "UA12",
        Rag.AMBER,
        f"Out of touch since {in_words(touch.since)}.",
        evidence(since=touch.since, updated=touch.fact),
    )


def ua13_judged_long_ago(home: Home) -> Finding | None:
    """UA13: a judgement of suitability older than half a year is amber."""
    judged_on = home.judgement.judged_on
    if home.judgement.suitable is not True:
        return None
    days = home.on.limit("UA13.days")
    if not home.on.more_than(days, judged_on):
        return None
    text = f"Last judged suitable on {in_words(judged_on)}; it is time to judge again."
    by_start = home.judgement.fact is home.dwelling.began
    turned_on = counted_from(home.dwelling if by_start else None, judged_on, judged_on + days + 1)
    return home.find("UA13", Rag.AMBER, text, turned_on=turned_on, judged_on=judged_on)


def ua14_code_not_known(home: Home) -> Finding | None:
    """UA14: an accommodation code outside the national list, or cleared, is a question: amber."""
    if home.code in ACCOMMODATION:
        return None
    home.on.ask(
        home.dwelling.began,
        "code",
        f"The accommodation code {home.code or '(none)'} is not in the national list.",
        f"the source sends one of {', '.join(ACCOMMODATION)}",
    )
    text = f"The accommodation code {home.code or '(none)'} is not known."
    return home.find("UA14", Rag.AMBER, text)

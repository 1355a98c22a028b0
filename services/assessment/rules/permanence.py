"""Permanence: rules PE1 to PE5 (docs/rules.md, section 7)."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.events.permanence import PermanenceAgreed
from schemas.events.review import ReviewCompleted
from schemas.status import Concern, Period, Rag
from services.assessment.calendar import months_on, working_days_on
from services.assessment.care import care_that_began, continues
from services.assessment.day import Day, Finding, counted_from, evidence, in_words
from services.assessment.facts import PermanencePlan, Spell
from services.assessment.rules.declaration import (
    Declaration,
    earliest,
    last_reviewed,
    review_promised,
)
from services.assessment.rules.remedy import NEW, Remedy, iso, reviewed, usual

CONCERN = Concern.PERMANENCE
_REVIEW = "looked_after"

REMAND = frozenset({"J1", "J2", "J3"})


def assess(on: Day) -> list[Finding] | None:
    """What the rules say of this concern on a day; None where it does not apply."""
    care, began = on.looked_after, on.care_began
    if on.died or care is None or began is None or on.legal_status in REMAND:
        return None
    plan = plan_that_matters(on)
    since = CareBegan(began, care)
    found = (
        pe1_no_plan(on, since, plan),
        pe2_approaching(on, since, plan),
        pe3_withdrawn(on, plan),
        pe4_review_overdue(on, since),
        pe5_no_first_review(on, since),
    )
    return [finding for finding in found if finding]


class CareBegan(NamedTuple):
    """The day (ordinal) on which care began, and the period of care that runs now."""

    day: int
    care: Spell


def plan_that_matters(on: Day) -> PermanencePlan | None:
    """The plan agreed last, by this day and not before the care before this one ended."""
    care = on.care
    if care is None:
        return None
    place = on.facts.care.index(care)
    while continues(on.facts, place):
        place -= 1
    previous_end = on.facts.care[place - 1].end if place else 0
    matters = None
    for plan in on.facts.plans:
        if not on.reached(plan.day):
            break
        if plan.day >= previous_end:
            matters = plan
    return matters


def pe1_no_plan(on: Day, since: CareBegan, plan: PermanencePlan | None) -> Finding | None:
    """PE1: no plan agreed by 4 months in care is red."""
    months = on.limit("PE1.months")
    due = months_on(since.day, months)
    if plan is not None or not on.reached(due + 1):
        return None
    text = f"No plan for permanence after {months} months in care, since {in_words(since.day)}."
    facts = evidence(allowed=f"{months} months", since=since.day, due=due, care=since.care.began)
    return Finding("PE1", Rag.RED, text, facts, turned_on=_counted(on, since, due + 1))


def pe2_approaching(on: Day, since: CareBegan, plan: PermanencePlan | None) -> Finding | None:
    """PE2: no plan agreed by 3 months in care is amber."""
    months = on.limit("PE2.months")
    turns = months_on(since.day, months)
    if plan is not None or not on.reached(turns):
        return None
    due = months_on(since.day, on.limit("PE1.months"))
    text = f"No plan for permanence yet, {months} months into care; it is due by {in_words(due)}."
    facts = evidence(since=since.day, due=due, care=since.care.began)
    return Finding("PE2", Rag.AMBER, text, facts, turned_on=_counted(on, since, turns))


def _counted(on: Day, since: CareBegan, turns: int) -> int | None:
    """The day on which a rule turns that counts from the day care began, as a finding has it."""
    return counted_from(care_that_began(on.facts, since.day), since.day, turns)


def pe3_withdrawn(on: Day, plan: PermanencePlan | None) -> Finding | None:
    """PE3: a withdrawn plan that was not replaced is amber, then red."""
    if plan is None or not on.reached(plan.withdrawn):
        return None
    days = on.limit("PE3.days")
    facts = evidence(withdrawn=plan.withdrawn, agreed=plan.fact, withdrawal=plan.withdrawal)
    text = f"The plan for permanence was withdrawn on {in_words(plan.withdrawn)} and not replaced"
    if on.more_than(days, plan.withdrawn):
        return Finding("PE3", Rag.RED, f"{text} within {days} days.", facts)
    return Finding("PE3", Rag.AMBER, f"{text}.", facts)


def pe4_review_overdue(on: Day, since: CareBegan) -> Finding | None:
    """PE4: a looked-after review that is overdue is amber."""
    due = next_review_due(on, since.day)
    if due is None or not on.reached(due + 1):
        return None
    last = on.reviews_since(_REVIEW, since.day)[-1]
    text = f"The looked-after review was due on {in_words(due)}."
    return Finding("PE4", Rag.AMBER, text, evidence(due=due, last_held=last.day, review=last))


def next_review_due(on: Day, began: int) -> int | None:
    """The day by which the next looked-after review is due; None before the first was held.

    3 months on from the first day of review, then 6, and earlier where an earlier day was named.
    """
    held = on.reviews_since(_REVIEW, began)
    if not held:
        return None
    last = held[-1]
    first_day = min(review.day for review in held)
    limit = "PE4.second_months" if last.day == first_day else "PE4.months"
    due = months_on(last.day, on.limit(limit))
    named = last.data.next_due if isinstance(last.data, ReviewCompleted) else None
    return min(due, named.toordinal()) if named else due


def first_review_due(on: Day, began: int) -> int:
    """The day by which the first looked-after review is due."""
    return working_days_on(began, on.limit("PE5.working_days"), on.rulebook.bank_holidays)


def pe5_no_first_review(on: Day, since: CareBegan) -> Finding | None:
    """PE5: no looked-after review within 20 working days of care is amber."""
    turns = first_review_due(on, since.day) + 1
    if on.reviews_since(_REVIEW, since.day) or not on.reached(turns):
        return None
    text = f"No looked-after review is recorded since care began on {in_words(since.day)}."
    facts = evidence(since=since.day, care=since.care.began)
    return Finding("PE5", Rag.AMBER, text, facts, turned_on=_counted(on, since, turns))


def review_due(on: Day, rag: Rag) -> int | None:
    """A looked-after review is due as PE4 and PE5 say: the last day before they speak."""
    del rag
    promised = review_promised(on, CONCERN, None)
    began = on.care_began
    if on.looked_after is None or began is None:
        return promised
    due = next_review_due(on, began)
    return earliest(promised, first_review_due(on, began) if due is None else due)


def reviewed_on(on: Day) -> int | None:
    """When the child was last reviewed as looked after, since care began."""
    return last_reviewed(on, CONCERN, _REVIEW, on.care_began or 0)


def ended(before: Period, on: Day, after: Period) -> str:
    """Why a permanence case stopped being red though the child is still looked after."""
    del before, on
    return "A plan was agreed" if after.rag is Rag.GREEN else "Reviewed or replanned"


def remedies(on: Day) -> Iterator[Remedy]:
    """What could be done about a child's permanence."""
    yield from usual(on, CONCERN)
    agreed = {"plan_id": NEW, "date": iso(on.day), "plan": "other"}
    yield Remedy("a plan for permanence agreed", ((PermanenceAgreed.name, agreed),))
    yield reviewed(on, "a looked-after review", kind=_REVIEW)


DECLARATION = Declaration(
    concern=CONCERN,
    may_apply=lambda facts: bool(facts.care),
    assess=assess,
    begins_with=lambda facts: facts.care,
    review_due=review_due,
    reviewed_on=reviewed_on,
    ended=ended,
    remedies=remedies,
    no_longer="Closed: no longer looked after",
    age_limit=18,
    mark="triangle",
    dashes="12 4 2 4",
    tracked_from=lambda facts: bool(facts.plans),
    categories={
        "PE1": "No plan after {allowed}",
        "PE2": "No plan yet",
        "PE3": "Plan withdrawn",
        "PE4": "Review overdue",
        "PE5": "No first review",
    },
)

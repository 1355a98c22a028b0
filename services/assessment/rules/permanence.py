"""Permanence: rules PE1 to PE5 (docs/rules.md, section 7)."""

from schemas.events.review import ReviewCompleted
from schemas.status import Concern, Period, Rag, Statutory
from services.assessment.calendar import months_on
from services.assessment.day import Day, Finding, evidence, in_words
from services.assessment.facts import PermanencePlan, Spell
from services.assessment.rules.declaration import Declaration, earliest, review_promised

CONCERN = Concern.PERMANENCE
_REVIEW = "looked_after"

SHORT_BREAKS_OR_REMAND = frozenset({"V3", "V4", "J1", "J2", "J3"})


def assess(on: Day) -> list[Finding] | None:
    """What the rules say of this concern on a day; None where it does not apply."""
    if on.died:
        return None
    care = on.looked_after
    if care is None or on.value(care, "legal_status") in SHORT_BREAKS_OR_REMAND:
        return None
    plan = plan_that_matters(on, care)
    found = (
        pe1_no_plan(on, care, plan),
        pe2_approaching(on, care, plan),
        pe3_withdrawn(on, plan),
        pe4_review_overdue(on, care),
        pe5_no_first_review(on, care),
    )
    return [finding for finding in found if finding]


def plan_that_matters(on: Day, care: Spell) -> PermanencePlan | None:
    """The plan agreed last, by this day and not before the previous care period ended."""
    place = on.facts.care.index(care)
    previous_end = on.facts.care[place - 1].end if place else 0
    matters = None
    for plan in on.facts.plans:
        if not on.reached(plan.day):
            break
        if plan.day >= previous_end:
            matters = plan
    return matters


def pe1_no_plan(on: Day, care: Spell, plan: PermanencePlan | None) -> Finding | None:
    """PE1: no plan agreed by 4 months in care is red."""
    months = on.limit("PE1.months")
    due = months_on(care.start, months)
    if plan is not None or not on.reached(due + 1):
        return None
    text = f"No plan for permanence after {months} months in care, since {in_words(care.start)}."
    facts = evidence(allowed=f"{months} months", since=care.start, due=due, care=care.began)
    return Finding("PE1", Rag.RED, text, facts)


def pe2_approaching(on: Day, care: Spell, plan: PermanencePlan | None) -> Finding | None:
    """PE2: no plan agreed by 3 months in care is amber."""
    months = on.limit("PE2.months")
    if plan is not None or not on.reached(months_on(care.start, months)):
        return None
    due = months_on(care.start, on.limit("PE1.months"))
    text = f"No plan for permanence yet, {months} months into care; it is due by {in_words(due)}."
    return Finding("PE2", Rag.AMBER, text, evidence(since=care.start, due=due, care=care.began))


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


def pe4_review_overdue(on: Day, care: Spell) -> Finding | None:
    """PE4: a looked-after review that is overdue is amber."""
    held = on.reviews_since(_REVIEW, care.start)
    if not held:
        return None
    last, due = held[-1], next_review_due(on, care)
    if not on.reached(due + 1):
        return None
    text = f"The looked-after review was due on {in_words(due)}."
    return Finding("PE4", Rag.AMBER, text, evidence(due=due, last_held=last.day, review=last))


def next_review_due(on: Day, care: Spell) -> int:
    """The day by which the next looked-after review is due, once one was held in this care."""
    last = on.reviews_since(_REVIEW, care.start)[-1]
    named = last.data.next_due if isinstance(last.data, ReviewCompleted) else None
    return named.toordinal() if named else last.day + on.limit("PE4.days")


def pe5_no_first_review(on: Day, care: Spell) -> Finding | None:
    """PE5: no looked-after review within 28 days of care is amber."""
    if not on.more_than(on.limit("PE5.days"), care.start):
        return None
    if on.reviews_since(_REVIEW, care.start):
        return None
    text = f"No looked-after review is recorded since care began on {in_words(care.start)}."
    return Finding("PE5", Rag.AMBER, text, evidence(since=care.start, care=care.began))


def statutory(on: Day, findings: list[Finding]) -> Statutory | None:
    """The law sets no term for a plan."""
    del on, findings
    return None


def review_due(on: Day, rag: Rag) -> int | None:
    """A looked-after review is due as PE4 and PE5 say: the last day before they speak."""
    del rag
    promised = review_promised(on, CONCERN, None)
    care = on.looked_after
    if care is None:
        return promised
    if on.reviews_since(_REVIEW, care.start):
        return earliest(promised, next_review_due(on, care))
    return earliest(promised, care.start + on.limit("PE5.days"))


def ended(before: Period, on: Day, after: Period) -> str:
    """Why a permanence case stopped being red though the child is still looked after."""
    del before, on
    return "A plan was agreed" if after.rag is Rag.GREEN else "Reviewed or replanned"


DECLARATION = Declaration(
    concern=CONCERN,
    may_apply=lambda facts: bool(facts.care),
    assess=assess,
    statutory=statutory,
    begins_with=lambda facts: facts.care,
    review_due=review_due,
    ended=ended,
    no_longer="Closed: no longer looked after",
    age_limit=18,
    mark="triangle",
    dashes="12 4 2 4",
    tracked_from="permanence.agreed",
    categories={
        "PE1": "No permanence plan after {allowed}",
        "PE2": "No permanence plan yet",
        "PE3": "Permanence plan withdrawn",
        "PE4": "Review overdue",
        "PE5": "No first review",
    },
)

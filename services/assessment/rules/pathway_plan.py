"""Pathway plan: rules PW1 and PW2 (docs/rules.md, section 7b)."""

from collections.abc import Iterator

from schemas.events.review import ReviewCompleted
from schemas.status import Concern, Period, Rag
from services.assessment.calendar import birthday, months_on
from services.assessment.day import Day, Finding, evidence, in_words
from services.assessment.resolution import Fact
from services.assessment.rules.care_leaver_on_day import is_supported, keeps_in_touch
from services.assessment.rules.declaration import (
    Declaration,
    earliest,
    last_reviewed,
    review_promised,
)
from services.assessment.rules.remedy import Remedy, reviewed, usual

CONCERN = Concern.PATHWAY_PLAN
_REVIEW = "pathway_plan"


def applies(on: Day) -> bool:
    """A supported young person of 16 to 24 who is looked after, or in touch."""
    if on.died or not is_supported(on):
        return False
    if on.aged(21):
        in_touch = keeps_in_touch(on)
    else:
        in_touch = on.looked_after is not None or keeps_in_touch(on)
    return in_touch and (on.looked_after is not None or not on.silenced_by_closing)


def assess(on: Day) -> list[Finding] | None:
    """What the rules say of this concern on a day; None where it does not apply."""
    if not applies(on):
        return None
    held = on.reviews_since(_REVIEW, 0)
    finding = pw2_overdue(on, held[-1]) if held else pw1_none(on)
    return [finding] if finding else []


def first_plan_counts_from(on: Day) -> int:
    """The later of the 16th birthday and the first day as a care leaver of this kind."""
    born, entitled = on.facts.born, on.facts.entitled[0][0]
    return entitled if born is None else max(entitled, birthday(born, 16))


def pw1_none(on: Day) -> Finding | None:
    """PW1: no pathway plan within 3 months is amber; red at 18, or after 6 months."""
    since = first_plan_counts_from(on)
    due = months_on(since, on.limit("PW1.months"))
    if not on.reached(due + 1):
        return None
    late = on.reached(months_on(since, on.limit("PW1.red_months")) + 1)
    rag = Rag.RED if late or not on.under_18 else Rag.AMBER
    text = f"No pathway plan is recorded; it was due by {in_words(due)}."
    return Finding("PW1", rag, text, evidence(since=since, due=due))


def pw2_overdue(on: Day, last: Fact) -> Finding | None:
    """PW2: a pathway plan not reviewed within 6 months is amber, red 6 months later."""
    due = next_due(on, last)
    if not on.reached(due + 1):
        return None
    late = on.reached(months_on(due, on.limit("PW2.red_months")) + 1)
    text = f"The pathway plan was due for review on {in_words(due)}."
    facts = evidence(due=due, last_held=last.day, review=last)
    return Finding("PW2", Rag.RED if late else Rag.AMBER, text, facts)


def next_due(on: Day, last: Fact) -> int:
    """The day by which the plan is due for review: 6 months on, or earlier where that was named."""
    due = months_on(last.day, on.limit("PW2.months"))
    named = last.data.next_due if isinstance(last.data, ReviewCompleted) else None
    return min(due, named.toordinal()) if named else due


def review_due(on: Day, rag: Rag) -> int | None:
    """The plan, or its next review, is due as PW1 and PW2 say."""
    del rag
    promised = review_promised(on, CONCERN, _REVIEW)
    held = on.reviews_since(_REVIEW, 0)
    if held:
        return earliest(promised, next_due(on, held[-1]))
    due = months_on(first_plan_counts_from(on), on.limit("PW1.months"))
    return earliest(promised, due)


def reviewed_on(on: Day) -> int | None:
    """When the plan was made or last reviewed."""
    return last_reviewed(on, CONCERN, _REVIEW, 0)


def ended(before: Period, on: Day, after: Period) -> str:
    """Why a pathway plan stopped being red though it still applies."""
    del before, after
    held = any(review.day == on.day for review in on.facts.reviews_of.get(_REVIEW, ()))
    return "A pathway plan was made or reviewed" if held else "Facts changed"


def remedies(on: Day) -> Iterator[Remedy]:
    """What could be done about a pathway plan."""
    yield from usual(on, CONCERN)
    yield reviewed(on, "the pathway plan made or reviewed", kind=_REVIEW)


DECLARATION = Declaration(
    concern=CONCERN,
    may_apply=lambda facts: bool(facts.entitled),
    assess=assess,
    begins_with=lambda _: (),
    review_due=review_due,
    reviewed_on=reviewed_on,
    ended=ended,
    remedies=remedies,
    no_longer="Closed: a pathway plan is no longer due",
    age_limit=25,
    mark="star",
    dashes="6 3 1 3",
    tracked_from=lambda facts: _REVIEW in facts.reviews_of,
    categories={"PW1": "None made yet", "PW2": "Review overdue"},
)

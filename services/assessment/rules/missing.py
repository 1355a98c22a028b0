"""Missing: rules MI1 to MI3 (docs/rules.md, section 7c)."""

from collections.abc import Iterator

from schemas.events.missing import MissingEnded, ReturnInterviewCompleted
from schemas.status import Concern, Period, Rag
from services.assessment.day import Day, Finding, evidence, in_words
from services.assessment.facts import Spell
from services.assessment.rules.declaration import Declaration, earliest, review_promised
from services.assessment.rules.remedy import Remedy, iso, usual

CONCERN = Concern.MISSING


def is_watched(on: Day) -> bool:
    """Looked after, or left care and under 18."""
    return on.looked_after is not None or (on.left_care and on.under_18)


def assess(on: Day) -> list[Finding] | None:
    """What the rules say of this concern on a day; None where it does not apply.

    Whoever was watched over when they went missing is so until they return.
    """
    if on.died:
        return None
    missing = on.current(on.facts.missing)
    if not is_watched(on) and (missing is None or not _was_watched(on, missing)):
        return None
    found = (
        mi1_missing_now(missing),
        mi2_no_return_interview(on, missing),
        mi3_often_missing(on),
    )
    return [finding for finding in found if finding] or None


def _was_watched(on: Day, missing: Spell) -> bool:
    """Whether they were watched over on the day on which they went missing."""
    return is_watched(Day(missing.start, on.facts, on.rulebook))


def mi1_missing_now(missing: Spell | None) -> Finding | None:
    """MI1: missing now is red, and never lowered."""
    if missing is None:
        return None
    text = f"Missing since {in_words(missing.start)}."
    facts = evidence(since=missing.start, began=missing.began)
    return Finding("MI1", Rag.RED, text, facts, never_lowered=True)


def last_returned(on: Day) -> Spell | None:
    """The last missing spell, where it has ended."""
    last = on.last_started(on.facts.missing)
    return last if last is not None and on.reached(last.end) else None


def is_interviewed(on: Day, spell: Spell) -> bool:
    """Whether an interview of that spell, or of none that it names, was held since its end."""
    return any(
        fact.day >= spell.end
        and on.reached(fact.day)
        and getattr(fact.data, "missing_id", None) in (None, spell.id)
        for fact in on.facts.interviews
    )


def awaits_interview(on: Day) -> Spell | None:
    """The last missing spell, where an interview on the return from it is still asked for."""
    returned = last_returned(on)
    if returned is None or is_interviewed(on, returned):
        return None
    return None if on.more_than(on.limit("MI2.until_days"), returned.end) else returned


def mi2_no_return_interview(on: Day, missing: Spell | None) -> Finding | None:
    """MI2: no interview within 72 hours of the return is amber, for four weeks."""
    returned = None if missing else awaits_interview(on)
    if returned is None or not on.more_than(on.limit("MI2.days"), returned.end):
        return None
    text = f"No interview is recorded since the return on {in_words(returned.end)}."
    facts = evidence(returned=returned.end, began=returned.began)
    return Finding("MI2", Rag.AMBER, text, facts)


def mi3_often_missing(on: Day) -> Finding | None:
    """MI3: three or more missing spells begun within 90 days is amber."""
    days = on.limit("MI3.days")
    begun = [spell for spell in on.facts.missing if on.within(days - 1, spell.start)]
    if len(begun) < on.limit("MI3.episodes"):
        return None
    text = f"Missing {len(begun)} times in {days} days, since {in_words(begun[0].start)}."
    return Finding("MI3", Rag.AMBER, text, evidence(since=begun[0].start, began=begun[-1].began))


def review_due(on: Day, rag: Rag) -> int | None:
    """An interview is due within 72 hours of the return."""
    del rag
    promised = review_promised(on, CONCERN, None)
    returned = awaits_interview(on)
    due = returned.end + on.limit("MI2.days") if returned else None
    return earliest(promised, due)


def reviewed_on(on: Day) -> int | None:
    """When the young person was last interviewed after a return."""
    last = None
    for interview in on.facts.interviews:
        if not on.reached(interview.day):
            break
        last = interview.day
    return last


def ended(before: Period, on: Day, after: Period) -> str:
    """Why somebody stopped being red though the concern still applies."""
    del before, on, after
    return "Returned"


def remedies(on: Day) -> Iterator[Remedy]:
    """What could be done about somebody who is missing, or was."""
    yield from usual(on, CONCERN)
    today, missing = iso(on.day), on.current(on.facts.missing)
    if missing is not None:
        yield Remedy(
            "their return", ((MissingEnded.name, {"missing_id": missing.id, "date": today}),)
        )
    if on.facts.missing:
        interview = {"date": today, "missing_id": on.facts.missing[-1].id}
        words = "an interview after their return"
        yield Remedy(words, ((ReturnInterviewCompleted.name, interview),))


DECLARATION = Declaration(
    concern=CONCERN,
    may_apply=lambda facts: bool(facts.missing),
    assess=assess,
    begins_with=lambda facts: facts.missing,
    review_due=review_due,
    reviewed_on=reviewed_on,
    ended=ended,
    remedies=remedies,
    no_longer="Returned, or no longer looked after",
    age_limit=18,
    mark="bar",
    dashes="10 2 2 2 2 2",
    tracked_from=lambda facts: bool(facts.missing or facts.absent),
    categories={
        "MI1": "Not returned yet",
        "MI2": "Interview after return to be held",
        "MI3": "Often missing",
    },
)

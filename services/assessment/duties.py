"""What law wants done for a looked-after child by a day, and on which day it was done.

A duty is written down with its days, so that how many were kept in time in any year, and which were
not, is a look-up. Source: docs/rules.md, section 7d; PE4 and PE5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.events.review import ReviewCompleted
from services.assessment.calendar import birthday, working_days_on
from services.assessment.care import care_that_began
from services.assessment.day import Day
from services.assessment.facts import Facts
from services.assessment.resolution import Fact
from services.assessment.rulebook import Rulebook
from services.assessment.rules.permanence import first_review_due, next_review_due
from services.assessment.runs import Run
from services.assessment.temporal import FOREVER, AsOf, as_date

DutyKind = Literal["officer_named", "review_held"]
"""A reviewing officer is named (IR1); a looked-after review is held (PE4, PE5)."""


@dataclass(slots=True)
class Duty:
    """One thing that is to be done for a child by a day.

    Attributes:
        person: the child's reference.
        kind: what is to be done.
        place: which it is of its kind, from 1.
        since: the day from which its days count.
        due: the last day on which it is in time.
        until: the day on which the child stops being looked after; None where that is not known.
        done_on: the day on which it was done.
        settled_on: the day on which it is plain whether it was in time: when it was done in time,
            else the day after it was due; None where care ended before either.
        told_on_time: whether it was in time as its source says.
        is_exact: whether the day on which care began is known, where the days count from it.
    """

    person: str
    kind: DutyKind
    place: int
    since: date
    due: date
    until: date | None
    done_on: date | None
    settled_on: date | None
    told_on_time: bool | None = None
    is_exact: bool = True


def duties(facts: Facts, rulebook: Rulebook) -> tuple[Duty, ...]:
    """Every duty to a young person, by kind, in the order of time."""
    runs = list(_looked_after(facts))
    named = [duty for run in runs for duty in _officer(facts, rulebook, run)]
    held = [duty for run in runs for duty in _reviews(facts, rulebook, run)]
    for found in (named, held):
        for place, duty in enumerate(found, 1):
            duty.place = place
    return (*named, *held)


def _looked_after(facts: Facts) -> Iterator[Run]:
    """The runs of days in care, short breaks aside, to the 18th birthday."""
    last = birthday(facts.born, 18) if facts.born else FOREVER
    for start, end in facts.in_care:
        end = min(end, last, facts.died_on)  # noqa: PLW2901 (the same run, cut short)
        if start < end:
            yield start, end


def _officer(facts: Facts, rulebook: Rulebook, run: Run) -> Iterator[Duty]:
    """IR1: a reviewing officer is named within 5 working days of care."""
    start, end = run
    limit = rulebook.limits["IR1.working_days"].on(AsOf(start))
    due = working_days_on(start, limit, rulebook.bank_holidays)
    officer = facts.staff["reviewing_officer"]
    day = start
    while day < end:
        on = AsOf(day)
        if officer.on(on) is not None:
            break
        day = on.until
    yield from _duty(facts, "officer_named", run, start, due, day if day < end else None)


def _reviews(facts: Facts, rulebook: Rulebook, run: Run) -> Iterator[Duty]:
    """PE4, PE5: a first review within 20 working days, a second within 3 months, then 6."""
    start, end = run
    held: dict[int, Fact] = {
        fact.day: fact
        for fact in facts.reviews_of.get("looked_after", ())
        if start <= fact.day < end
    }
    since = start
    due = first_review_due(Day(start, facts, rulebook), start)
    for day, review in held.items():
        said = review.data.on_time if isinstance(review.data, ReviewCompleted) else None
        yield from _duty(facts, "review_held", run, since, due, day, said)
        since, due = day, next_review_due(Day(day, facts, rulebook), start) or FOREVER
    yield from _duty(facts, "review_held", run, since, due, None)


def _duty(
    facts: Facts,
    kind: DutyKind,
    run: Run,
    since: int,
    due: int,
    done: int | None,
    told_on_time: bool | None = None,
) -> Iterator[Duty]:
    """One duty; none where its days lie beyond the calendar."""
    start, end = run
    from_, by = as_date(since), as_date(due)
    if from_ is None or by is None:
        return
    if done is not None and done <= due:
        settled: int | None = done
    else:
        settled = due + 1 if due < end else None
    care = care_that_began(facts, start) if since == start else None
    yield Duty(
        person=facts.person,
        kind=kind,
        place=0,
        since=from_,
        due=by,
        until=as_date(end),
        done_on=as_date(done) if done is not None else None,
        settled_on=as_date(settled) if settled is not None else None,
        told_on_time=told_on_time,
        is_exact=care is None or not care.by_this_date,
    )

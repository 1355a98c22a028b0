"""Reviews that lists ask about by their day: risk assessments and supervisions.

Source: docs/rules.md, section 8, Work due.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.events.review import ReviewCompleted
from services.assessment.facts import Facts
from services.assessment.temporal import as_date

HeldKind = Literal["risk_assessment", "supervision"]
"""A risk assessment; or a supervision: a review of kind oversight that names no concern."""


@dataclass(slots=True)
class ReviewHeld:
    """A review of a young person.

    Attributes:
        person: the young person's reference.
        place: which it is of theirs, from 1, in the order of time.
        held_on: the day on which it was held.
        kind: what it was.
        campaign: the campaign that it was held for, where its source names one.
        next_due: the day by which the next was promised.
    """

    person: str
    place: int
    held_on: date
    kind: HeldKind
    campaign: str | None
    next_due: date | None


def reviews_held(facts: Facts) -> tuple[ReviewHeld, ...]:
    """The risk assessments and supervisions of a young person, in the order of time."""
    return tuple(_held(facts))


def _held(facts: Facts) -> Iterator[ReviewHeld]:
    place = 0
    for fact in facts.reviews:
        data, day = fact.data, as_date(fact.day)
        kind = _kind(data) if isinstance(data, ReviewCompleted) else None
        if kind is None or day is None or not isinstance(data, ReviewCompleted):
            continue
        place += 1
        yield ReviewHeld(facts.person, place, day, kind, data.campaign_id, data.next_due)


def _kind(data: ReviewCompleted) -> HeldKind | None:
    if data.kind == "risk_assessment":
        return "risk_assessment"
    return "supervision" if data.kind == "oversight" and data.concern is None else None

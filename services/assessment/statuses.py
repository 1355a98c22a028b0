"""Events in, statuses out: the whole way from a set of events to what holds on a day."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from schemas.envelope import Event
from schemas.policy import Policy
from schemas.status import Concern, Period
from services.assessment.fold import fold
from services.assessment.received import Received
from services.assessment.resolution import Resolved, receive, resolve
from services.assessment.rulebook import Rulebook, rulebook_for
from services.assessment.timeline import Assessment, assess


def assess_resolved(people: dict[str, Resolved], rulebook: Rulebook) -> dict[str, Assessment]:
    """Every young person's whole line."""
    return {person: assess(fold(settled), rulebook) for person, settled in people.items()}


def assess_received(received: Iterable[Received], policy: Policy) -> dict[str, Assessment]:
    """Settle, fold and assess whatever was received."""
    return assess_resolved(resolve(received, policy), rulebook_for(policy))


def assess_events(
    events: Iterable[Event], policy: Policy, known_at: datetime | None = None
) -> dict[str, Assessment]:
    """Assess events as they came; with `known_at`, only those whose `time` is not after it."""
    counted = [event for event in events if known_at is None or event.time <= known_at]
    return assess_received(receive(counted, policy), policy)


def on_day(assessment: Assessment, concern: Concern, day: date) -> Period | None:
    """The period of one concern that covers a day; None where it does not apply."""
    for period in assessment.periods[concern]:
        if period.covers(day):
            return None if period.rag.severity == 0 else period
    return None


def statuses(assessments: dict[str, Assessment], day: date) -> list[dict[str, Any]]:
    """Every status on a day, sorted by person, then concern, as the contract prints them."""
    return [
        period.as_status(person)
        for person in sorted(assessments)
        for concern in sorted(Concern)
        if (period := on_day(assessments[person], concern, day))
    ]

"""What became of a red: why it stopped, as the case line says, or that it was corrected."""

from datetime import date

from schemas.status import Concern, Rag
from services.assessment.stretch import Stretch

CORRECTED = "Corrected: as now known it was not red then"
TAKEN_BACK = "Corrected: the record was merged or taken back"
STILL_RED = "Still red"
OVERSEEN_ELSEWHERE = "Now overseen by another team"


def what_became(then: Stretch | None, now: Stretch | None) -> str:
    """What became of a case that was told as red.

    Args:
        then: the case on the day on which it was told, as it is known now.
        now: the case today; None where nothing is recorded of it any more.
    """
    if now is None:
        return TAKEN_BACK
    if now.rag is Rag.RED:
        return STILL_RED
    if then is None or then.rag is not Rag.RED:
        return CORRECTED
    return now.outcome or CORRECTED


Key = tuple[str, Concern]
"""A young person's reference and a concern."""


def colour_of(now: Stretch | None) -> Rag:
    """The colour of a case today; none where it applies no more."""
    return Rag.NONE if now is None else now.rag


def days_red(stretch: Stretch, day: date) -> int:
    """For how many days a case has been of its present colour."""
    return (day - stretch.since).days

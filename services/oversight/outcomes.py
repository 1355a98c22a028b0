"""Why a case that was red no longer is: what ended it, or that the record was corrected."""

from schemas.status import Rag
from services.assessment.stretch import Stretch

TAKEN_BACK = "Corrected: the record was merged or taken back"
STILL_RED = "Still red"
OVERSEEN_ELSEWHERE = "Now overseen by another team"


def what_became(then: Stretch | None, now: Stretch | None, when: str = "then") -> str:
    """What became of a case that was reported as red.

    Args:
        then: the case on the day of that report, as it is known now.
        now: the case today; None where nothing is recorded of it any more.
        when: the day of the report, in words.
    """
    if now is None:
        return TAKEN_BACK
    if now.rag is Rag.RED:
        return STILL_RED
    if then is None or then.rag is not Rag.RED or not now.outcome:
        return f"Corrected: as now known it was not red {when}"
    return now.outcome

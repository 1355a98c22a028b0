"""Recording the supervision of a worker: all of their young people in one form."""

from datetime import date, timedelta
from typing import Any, ClassVar

from schemas.policy import FormKind
from services.oversight.case_file import CaseFile
from services.web.forms.answers import Answers
from services.web.forms.drafts import EventDraft
from services.web.kit.request import PageRequest

_A_YEAR = timedelta(days=366)


class Supervision:
    """That a manager went through a young person's cases with their worker."""

    kind: ClassVar[FormKind] = "supervision"

    def applies(self, file: CaseFile, about: str) -> bool:
        """Any young person of whom some concern applies today."""
        return not about and bool(file.cases)

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """A review of kind oversight that names no concern: it is one of each (UA8)."""
        del about
        held = read_supervision(answers, file.day)
        data = {"review_id": form_id, "kind": "oversight", "held_by": request.user.id}
        return [EventDraft("review.completed", data | held)]


def read_supervision(answers: Answers, today: date) -> dict[str, Any]:
    """When it was held, and what was decided."""
    outcome = answers.text("outcome", "Enter what was decided, for all or of each")
    held_on = answers.day("date", "the date of the supervision")
    answers.not_after("date", held_on, today, "the date of the supervision")
    answers.not_before("date", held_on, today - _A_YEAR, "the date of the supervision")
    return {"date": held_on, "outcome": outcome}

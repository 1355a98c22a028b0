"""The form by which a worker judges whether a young person's accommodation is suitable."""

from typing import Any, ClassVar, get_args

from schemas.events.base import UnsuitableReason
from schemas.policy import FormKind
from schemas.status import Concern
from services.access.roles import Permission
from services.assessment.temporal import as_date
from services.oversight.case_file import CaseFile
from services.web.forms.answers import Answers
from services.web.forms.date_fields import date_fields
from services.web.forms.drafts import EventDraft
from services.web.forms.form import Form
from services.web.kit.request import PageRequest

REASONS = {name: name.replace("_", " ").capitalize() for name in get_args(UnsuitableReason)} | {
    "shared_house": "Shared house, as a student may live in",
    "unsafe": "Not safe for this young person",
    "custody": "In custody",
}


class Judgement(Form):
    """The judgement of the accommodation where a young person lives today."""

    kind: ClassVar[FormKind] = "judgement"
    path = "/judgement"
    permission = Permission.WORK
    template = "judgement.html.j2"
    link_text = "Judge the accommodation"
    concerns = (Concern.UNSUITABLE_ACCOMMODATION,)
    success_message = "Your judgement is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Only where accommodation is current."""
        return not about and file.dwelling is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """What is judged."""
        del file, about
        return "Is the accommodation suitable?"

    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """Reasons to choose from; the date of a new form is today."""
        del request, about
        start = as_date(file.dwelling.start) if file.dwelling else None
        return {"reasons": REASONS, "start": start, "initial": date_fields("date", file.day)}

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """A review of kind accommodation_suitability."""
        del about
        suitable = answers.choice("suitable", ("yes", "no"), "Choose whether it is suitable")
        reason = None
        if suitable == "no":
            reason = answers.choice("reason", REASONS, "Choose why it is not suitable")
        judged = answers.day("date", "the date of your judgement")
        answers.not_after("date", judged, file.day, "the date of your judgement")
        start = as_date(file.dwelling.start) if file.dwelling else None
        if start:
            answers.not_before("date", judged, start, "the date of your judgement")
        due = answers.day("next_due", "when you will judge again", required=False)
        answers.not_before("next_due", due, file.day, "when you will judge again")
        data = {
            "review_id": form_id,
            "date": judged,
            "kind": "accommodation_suitability",
            "suitable": suitable == "yes",
            "unsuitable_reason": reason,
            "judged_by": request.user.id,
            "outcome": answers.text("outcome", "Enter what your judgement is based on"),
            "next_due": due,
        }
        return [EventDraft("review.completed", data)]

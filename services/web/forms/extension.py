"""The form to extend pre-proceedings. Who authorised it is the signed-in user, never typed."""

from datetime import timedelta
from typing import Any, ClassVar

from schemas.policy import FormKind
from schemas.status import Concern
from services.access.roles import Permission
from services.assessment.temporal import as_date
from services.oversight.case_file import CaseFile
from services.web.forms.answers import Answers
from services.web.forms.drafts import EventDraft
from services.web.forms.form import Form
from services.web.kit.request import PageRequest

_LONGEST_EXTENSION = timedelta(days=183)


class Extension(Form):
    """An extension of pre-proceedings."""

    kind: ClassVar[FormKind] = "extension"
    path = "/extension"
    permission = Permission.EXTEND
    template = "extension.html.j2"
    link_text = "Authorise an extension"
    concerns = (Concern.PRE_PROCEEDINGS,)
    success_message = "The extension is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Only while pre-proceedings run."""
        return not about and file.pre_proceedings is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """What is extended."""
        del file, about
        return "Authorise an extension of pre-proceedings"

    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """The case, and the first day of pre-proceedings."""
        del request, about
        spell = file.pre_proceedings
        start = as_date(spell.start) if spell else None
        return {"case": file.case(Concern.PRE_PROCEEDINGS), "start": start}

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """An extension from today through a day."""
        del about, form_id
        until = answers.day("until", "the last day of the extension")
        answers.not_before("until", until, file.day, "the last day of the extension")
        last = file.day + _LONGEST_EXTENSION
        answers.not_after("until", until, last, "the last day of the extension")
        data = {
            "period_id": file.pre_proceedings.id if file.pre_proceedings else "",
            "date": file.day,
            "until": until,
            "authorised_by": request.user.id,
            "reason": answers.text("reason", "Enter why it is extended"),
        }
        return [EventDraft("pre_proceedings.extended", data)]

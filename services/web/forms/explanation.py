"""The form by which a worker says why a concern is still red."""

from typing import Any, ClassVar

from schemas.policy import FormKind
from schemas.status import Concern, Rag
from services.access.roles import Permission
from services.oversight.case_file import CaseFile
from services.oversight.case_note import STILL_RED
from services.web.forms.answers import Answers
from services.web.forms.drafts import EventDraft
from services.web.forms.form import Form
from services.web.kit.request import PageRequest


class Explanation(Form):
    """Why one concern is still red. It changes no colour."""

    kind: ClassVar[FormKind] = "explanation"
    path = "/explanation/{about}"
    permission = Permission.WORK
    template = "explanation.html.j2"
    link_text = "Say why it is still red"
    concerns = tuple(Concern)
    success_message = "Your answer is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Only where the concern is red."""
        return is_red(file, about)

    def heading(self, file: CaseFile, about: str) -> str:
        """What is asked."""
        del file
        return f"Why is {Concern(about).heading.lower()} still red?"

    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """Reasons to choose from."""
        del request
        return {"reasons": STILL_RED, "case": file.case(Concern(about))}

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """An explanation of today."""
        why, text = read_reason(answers)
        data = {
            "explanation_id": form_id,
            "date": file.day,
            "concern": about,
            "why": why,
            "explained_by": request.user.id,
            "text": text,
        }
        return [EventDraft("oversight.explained", data)]


def read_reason(answers: Answers) -> tuple[str, str | None]:
    """The reason, and what else is to be said."""
    why = answers.choice("why", STILL_RED, "Choose the main reason")
    text = answers.text("text", "Enter what else is to be said" if why == "other" else "")
    return why, text


def is_red(file: CaseFile, about: str) -> bool:
    """Whether a concern is red today."""
    case = file.case(Concern(about)) if about in list(Concern) else None
    return case is not None and case.rag is Rag.RED

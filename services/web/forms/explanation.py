"""The answer to a manager's question: why is this still red?"""

from typing import Any, ClassVar

from schemas.policy import FormKind
from schemas.status import Concern, Rag
from services.access.roles import May
from services.oversight.case_file import CaseFile
from services.oversight.case_note import STILL_RED
from services.web.forms.answers import Answers
from services.web.forms.submission import Form, Said
from services.web.kit.request import Visit


class Explanation(Form):
    """Why one concern is still red. It changes no colour."""

    kind: ClassVar[FormKind] = "explanation"
    may = May.WORK
    template = "explanation.html.j2"
    done = "Your answer is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Only where the concern is red."""
        return is_red(file, about)

    def heading(self, file: CaseFile, about: str) -> str:
        """What is asked."""
        del file
        return f"Why is {Concern(about).heading.lower()} still red?"

    def shown(self, visit: Visit, file: CaseFile, about: str) -> dict[str, Any]:
        """Reasons to choose from."""
        del visit
        return {"reasons": STILL_RED, "case": file.case(Concern(about))}

    def read(
        self, visit: Visit, file: CaseFile, about: str, answers: Answers, name: str
    ) -> list[Said]:
        """An explanation, of today."""
        why = answers.choice("why", STILL_RED, "Choose the main reason")
        data = {
            "explanation_id": name,
            "date": file.day,
            "concern": about,
            "why": why,
            "explained_by": visit.person.id,
            "text": answers.text("text", "Enter what else is to be said" if why == "other" else ""),
        }
        return [("oversight.explained", data)]


def is_red(file: CaseFile, about: str) -> bool:
    """Whether a concern is red today."""
    case = file.case(Concern(about)) if about in list(Concern) else None
    return case is not None and case.status.rag is Rag.RED

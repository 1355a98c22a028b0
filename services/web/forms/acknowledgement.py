"""A senior manager acknowledges that a red has climbed to them. It stops nothing."""

from typing import Any, ClassVar

from schemas.policy import FormKind
from schemas.status import Concern
from services.access.roles import May
from services.oversight.case_file import CaseFile
from services.oversight.escalation import LADDER
from services.web.forms.answers import Answers
from services.web.forms.explanation import is_red
from services.web.forms.submission import Form, Said
from services.web.kit.request import Visit


class Acknowledgement(Form):
    """An acknowledgement in the manager's own role, whether or not it has climbed so far."""

    kind: ClassVar[FormKind] = "acknowledgement"
    may = May.ACKNOWLEDGE
    template = "acknowledgement.html.j2"
    done = "Your acknowledgement is recorded. The case stays listed until it is no longer red."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Only where the concern is red."""
        return is_red(file, about)

    def heading(self, file: CaseFile, about: str) -> str:
        """What is acknowledged."""
        del file
        return f"Acknowledge: {Concern(about).heading.lower()}"

    def shown(self, visit: Visit, file: CaseFile, about: str) -> dict[str, Any]:
        """The case, and how far it has climbed."""
        del visit
        return {"case": file.case(Concern(about))}

    def read(
        self, visit: Visit, file: CaseFile, about: str, answers: Answers, name: str
    ) -> list[Said]:
        """An acknowledgement of today by the signed-in person, for each step that they stand on."""
        note = answers.text("note")
        return [
            (
                "oversight.acknowledged",
                {
                    "acknowledgement_id": f"{name}-{role}",
                    "date": file.day,
                    "concern": about,
                    "acknowledged_by": visit.person.id,
                    "role": role.value,
                    "note": note,
                },
            )
            for role in visit.person.roles
            if role in LADDER
        ]

"""The form by which a senior manager acknowledges an escalated red. It stops no escalation."""

from typing import Any, ClassVar

from schemas.policy import FormKind
from schemas.status import Concern
from services.access.directory import User
from services.access.roles import Permission
from services.assessment.escalation import STEPS
from services.oversight.case_file import CaseFile
from services.web.forms.answers import Answers
from services.web.forms.drafts import EventDraft
from services.web.forms.explanation import is_red
from services.web.forms.form import Form
from services.web.kit.request import PageRequest


class Acknowledgement(Form):
    """An acknowledgement in the manager's own role, whether or not the red has come so far."""

    kind: ClassVar[FormKind] = "acknowledgement"
    path = "/acknowledgement/{about}"
    permission = Permission.ACKNOWLEDGE
    template = "acknowledgement.html.j2"
    link_text = "Acknowledge"
    concerns = tuple(Concern)
    success_message = (
        "Your acknowledgement is recorded. The case stays listed until it is no longer red."
    )

    def applies(self, file: CaseFile, about: str) -> bool:
        """Only where the concern is red."""
        return is_red(file, about)

    def is_for(self, user: User) -> bool:
        """Only a user with a role to which reds are escalated."""
        return any(role in STEPS for role in user.roles)

    def heading(self, file: CaseFile, about: str) -> str:
        """What is acknowledged."""
        del file
        return f"Acknowledge: {Concern(about).heading.lower()}"

    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """The case, with how far it is escalated."""
        del request
        return {"case": file.case(Concern(about))}

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """An acknowledgement of today for each of the user's roles to which reds are escalated."""
        note = answers.text("note")
        return [
            EventDraft(
                "oversight.acknowledged",
                {
                    "acknowledgement_id": f"{form_id}-{role}",
                    "date": file.day,
                    "concern": about,
                    "acknowledged_by": request.user.id,
                    "role": role.value,
                    "note": note,
                },
            )
            for role in request.user.roles
            if role in STEPS
        ]

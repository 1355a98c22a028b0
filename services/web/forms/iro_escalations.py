"""The forms of reviewing officers' escalations: to raise one, take it higher, or resolve it."""

from typing import Any, ClassVar

from schemas.days import plain_day
from schemas.policy import FormKind
from schemas.status import Concern
from services.access.roles import Permission
from services.oversight.case_file import CaseFile
from services.oversight.reviewing_officers import REASONS, escalation_of
from services.web.forms.answers import Answers
from services.web.forms.date_fields import date_fields
from services.web.forms.drafts import EventDraft
from services.web.forms.fingerprints import events_about, fingerprint
from services.web.forms.form import Form
from services.web.kit.request import PageRequest

_STAGES = {"informal": "Informally, with those who work on the case", "formal": "Formally"}


class NewEscalation(Form):
    """An escalation, raised by the reviewing officer who fills in the form."""

    kind: ClassVar[FormKind] = "iro_escalation"
    path = "/escalations/new"
    permission = Permission.ESCALATE
    template = "escalation_new.html.j2"
    link_text = "Raise an escalation"
    success_message = "The escalation is recorded."

    def heading(self, file: CaseFile, about: str) -> str:
        """What is raised."""
        del file, about
        return "Raise an escalation as reviewing officer"

    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """Stages and reasons to choose from."""
        del about
        levels = request.app.policy.reviewing_officers
        return {
            "stages": _STAGES,
            "reasons": [(reason, reason) for reason in REASONS],
            "first_level": levels.title(1),
            "initial": date_fields("date", file.day),
        }

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """An escalation raised today or before."""
        del about
        raised = answers.day("date", "when it was raised")
        answers.not_after("date", raised, file.day, "when it was raised")
        data = {
            "escalation_id": form_id,
            "date": raised,
            "stage": answers.choice("stage", _STAGES, "Choose how it is raised"),
            "reason": answers.choice("reason", REASONS, "Choose the main reason"),
            "raised_by": request.user.id,
        }
        return [EventDraft("escalation.raised", data)]


class EscalationUpdate(Form):
    """What became of an escalation. `about` is its id. Whatever is recorded, is of today."""

    kind: ClassVar[FormKind] = "iro_escalation"
    path = "/escalations/{about:path}"
    permission = Permission.ESCALATE
    template = "escalation.html.j2"
    success_message = "The escalation is brought up to date."

    def about(self, concern: Concern) -> str:
        """It is never offered beneath a concern."""
        del concern
        return ""

    def applies(self, file: CaseFile, about: str) -> bool:
        """Any escalation of the young person."""
        return escalation_of(file, about) is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """Which escalation."""
        del file, about
        return "Update an escalation"

    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """The escalation as it stands, where it can go, and its fingerprint."""
        levels = request.app.policy.reviewing_officers
        now = escalation_of(file, about)
        level = now.level if now else 0
        return {
            "escalation": now,
            "level_title": levels.title(level) if level else "",
            "next_title": levels.title(level + 1) if level < len(levels.levels) else "",
            "seen": _fingerprint(file, about),
        }

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """Taken a level higher (at first: made formal), or resolved."""
        del request, form_id
        became = answers.choice(
            "became", ("higher", "resolved"), "Choose what became of the escalation"
        )
        data: dict[str, Any] = {"escalation_id": about, "date": file.day}
        now = escalation_of(file, about)
        if now and now.resolved_on:
            answers.fault("became", f"It was resolved on {plain_day(now.resolved_on)}")
        if became == "resolved":
            outcome = answers.text("outcome", "Enter what came of it")
            return [EventDraft("escalation.resolved", data | {"outcome": outcome})]
        level = (now.level if now else 0) + 1
        return [EventDraft("escalation.changed", data | {"stage": "formal", "level": level})]

    def changed_meanwhile(self, file: CaseFile, about: str, answers: Answers) -> str:
        """Somebody took it higher or resolved it since the form was shown."""
        if not answers["seen"] or answers["seen"] == _fingerprint(file, about):
            return ""
        return (
            "While you had this page open, somebody brought this escalation up to date. Your "
            "change was not made. Look at it, and send it again if it is still right."
        )


def _fingerprint(file: CaseFile, about: str) -> str:
    return fingerprint(events_about(file, "escalation.", "escalation_id", about))

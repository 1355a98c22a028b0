"""The form by which a worker reviews a concern: outcome, next date, and the actions agreed."""

from datetime import timedelta
from typing import Any, ClassVar

from schemas.policy import FormKind
from schemas.status import Concern
from services.access.roles import Permission
from services.oversight.case_file import CaseFile
from services.oversight.wording import ACTION_KINDS
from services.web.forms.answers import Answers
from services.web.forms.date_fields import date_fields
from services.web.forms.drafts import EventDraft
from services.web.forms.form import Form
from services.web.forms.owners import owners
from services.web.kit.request import PageRequest

ROWS = 3
_FIELDS = ("what", "kind", "owner", "due-day", "due-month", "due-year")
_LONGEST_ID = 40
_A_YEAR = timedelta(days=366)


REVIEW_KINDS = {
    "oversight": "A review of this concern",
    "risk_assessment": "A risk assessment",
}
"""Kinds of review that the form records, with the words for each."""


def _asked_for(request: PageRequest) -> dict[str, str]:
    """What the address asks to be recorded: a risk assessment for a campaign, or a plain review."""
    query = request.http.query_params
    return {
        "kind": _kind(query.get("kind", "")),
        "campaign": query.get("campaign", "")[:_LONGEST_ID],
    }


def _kind(asked: str) -> str:
    return asked if asked in REVIEW_KINDS else "oversight"


class Review(Form):
    """A review of one concern."""

    kind: ClassVar[FormKind] = "review"
    path = "/review/{about}"
    permission = Permission.WORK
    template = "review.html.j2"
    link_text = "Record a review"
    concerns = tuple(Concern)
    success_message = "The review is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Any concern that applies today."""
        return about in list(Concern) and file.case(Concern(about)) is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """What is reviewed."""
        del file
        return f"Review: {Concern(about).heading.lower()}"

    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """The case, and rows for actions; the date of a new form is today."""
        return {
            "case": file.case(Concern(about)),
            "rows": range(1, ROWS + 1),
            "kinds": ACTION_KINDS,
            "owners": owners(request, file),
            "kinds_of_review": REVIEW_KINDS,
            "initial": {**date_fields("date", file.day), **_asked_for(request)},
        }

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """A review, as a rule of kind oversight, and each action."""
        reviewed_on = answers.day("date", "the date of the review")
        answers.not_after("date", reviewed_on, file.day, "the date of the review")
        answers.not_before("date", reviewed_on, file.day - _A_YEAR, "the date of the review")
        outcome = answers.text("outcome", "Enter what the review found")
        due = answers.day("next_due", "the date of the next review", required=False)
        answers.not_before("next_due", due, file.day, "the date of the next review")
        drafts = [
            EventDraft(
                "review.completed",
                {
                    "review_id": form_id,
                    "date": reviewed_on,
                    "kind": _kind(answers["kind"]),
                    "campaign_id": answers["campaign"] or None,
                    "concern": about,
                    "outcome": outcome,
                    "next_due": due,
                    "held_by": request.user.id,
                },
            )
        ]
        for row in range(1, ROWS + 1):
            prefix = f"action{row}-"
            if any(answers[f"{prefix}{field}"] for field in _FIELDS):
                action = read_action(request, file, answers, prefix)
                data = {
                    "action_id": f"{form_id}-{row}",
                    "date": reviewed_on,
                    "concern": about,
                    **action,
                }
                drafts.append(EventDraft("action.agreed", data))
        return drafts


def read_action(
    request: PageRequest, file: CaseFile, answers: Answers, prefix: str
) -> dict[str, Any]:
    """The data of a new action, from the fields that begin with `prefix`."""
    due = answers.day(f"{prefix}due", "when the action is due")
    answers.not_before(f"{prefix}due", due, file.day, "when the action is due")
    known = [id_ for id_, _ in owners(request, file)]
    return {
        "what": answers.text(f"{prefix}what", "Enter what will be done"),
        "kind": answers.choice(f"{prefix}kind", ACTION_KINDS, "Choose the kind of action"),
        "owner": answers.choice(f"{prefix}owner", known, "Choose who will do it"),
        "due": due,
    }

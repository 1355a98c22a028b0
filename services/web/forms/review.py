"""The review of a case by whoever works it: outcome, next date, and the actions agreed."""

from datetime import timedelta
from typing import Any, ClassVar

from schemas.policy import FormKind
from schemas.status import Concern
from services.access.roles import May
from services.oversight.case_file import CaseFile
from services.oversight.wording import ACTION_KINDS
from services.web.forms.answers import Answers
from services.web.forms.owners import owners
from services.web.forms.submission import Form, Said
from services.web.kit.request import Visit

ROWS = 3
_FIELDS = ("what", "kind", "owner", "due-day", "due-month", "due-year")
_A_YEAR = timedelta(days=366)


class Review(Form):
    """A review of one concern."""

    kind: ClassVar[FormKind] = "review"
    may = May.WORK
    template = "review.html.j2"
    done = "The review is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Any concern that applies today."""
        return about in list(Concern) and file.case(Concern(about)) is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """What is reviewed."""
        del file
        return f"Review: {Concern(about).heading.lower()}"

    def shown(self, visit: Visit, file: CaseFile, about: str) -> dict[str, Any]:
        """The review is of today unless said otherwise."""
        return {
            "case": file.case(Concern(about)),
            "rows": range(1, ROWS + 1),
            "kinds": ACTION_KINDS,
            "owners": owners(visit, file),
            "given": day_given("date", file.day),
        }

    def read(
        self, visit: Visit, file: CaseFile, about: str, answers: Answers, name: str
    ) -> list[Said]:
        """A review of kind oversight, and each action."""
        held = answers.day("date", "the date of the review")
        answers.not_after("date", held, file.day, "the date of the review")
        answers.not_before("date", held, file.day - _A_YEAR, "the date of the review")
        outcome = answers.text("outcome", "Enter what the review found")
        due = answers.day("next_due", "the date of the next review", required=False)
        answers.not_before("next_due", due, file.day, "the date of the next review")
        said: list[Said] = [
            (
                "review.completed",
                {
                    "review_id": name,
                    "date": held,
                    "kind": "oversight",
                    "concern": about,
                    "outcome": outcome,
                    "next_due": due,
                },
            )
        ]
        for row in range(1, ROWS + 1):
            prefix = f"action{row}-"
            if any(answers[f"{prefix}{field}"] for field in _FIELDS):
                action = read_action(visit, file, answers, prefix)
                told = {"action_id": f"{name}-{row}", "date": held, "concern": about}
                said.append(("action.agreed", told | action))
        return said


def read_action(visit: Visit, file: CaseFile, answers: Answers, prefix: str) -> dict[str, Any]:
    """What an action is, whose and by when."""
    due = answers.day(f"{prefix}due", "when the action is due")
    answers.not_before(f"{prefix}due", due, file.day, "when the action is due")
    known = [id_ for id_, _ in owners(visit, file)]
    return {
        "what": answers.text(f"{prefix}what", "Enter what will be done"),
        "kind": answers.choice(f"{prefix}kind", ACTION_KINDS, "Choose the kind of action"),
        "owner": answers.choice(f"{prefix}owner", known, "Choose who will do it"),
        "due": due,
    }


def day_given(name: str, day: Any) -> dict[str, str]:
    """A day as the three fields of a date."""
    return {
        f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)
    }  # fmt: skip

"""A worker's judgement of where a young person lives: suitable or not, and why not."""

from typing import Any, ClassVar, get_args

from schemas.events.base import UnsuitableReason
from schemas.policy import FormKind
from services.access.roles import May
from services.assessment.temporal import as_date
from services.oversight.case_file import CaseFile
from services.web.forms.answers import Answers
from services.web.forms.review import day_given
from services.web.forms.submission import Form, Said
from services.web.kit.request import Visit

REASONS = {name: name.replace("_", " ").capitalize() for name in get_args(UnsuitableReason)} | {
    "shared_house": "Shared house, as a student may live in",
    "unsafe": "Not safe for this young person",
    "custody": "In custody",
}


class Judgement(Form):
    """The judgement of the accommodation where a young person lives today."""

    kind: ClassVar[FormKind] = "judgement"
    may = May.WORK
    template = "judgement.html.j2"
    done = "Your judgement is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Only where accommodation is current."""
        return not about and file.dwelling is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """What is judged."""
        del file, about
        return "Is the accommodation suitable?"

    def shown(self, visit: Visit, file: CaseFile, about: str) -> dict[str, Any]:
        """The judgement is of today unless said otherwise."""
        del visit, about
        start = as_date(file.dwelling.start) if file.dwelling else None
        return {"reasons": REASONS, "start": start, "given": day_given("date", file.day)}

    def read(
        self, visit: Visit, file: CaseFile, about: str, answers: Answers, name: str
    ) -> list[Said]:
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
            "review_id": name,
            "date": judged,
            "kind": "accommodation_suitability",
            "suitable": suitable == "yes",
            "unsuitable_reason": reason,
            "judged_by": visit.person.id,
            "outcome": answers.text("outcome", "Enter what your judgement is based on"),
            "next_due": due,
        }
        return [("review.completed", data)]

"""The form to rate a concern. Who authorised it is the signed-in user, never typed."""

from datetime import timedelta
from typing import Any, ClassVar

from schemas.days import plain_day
from schemas.policy import FormKind
from schemas.status import Concern, Rag
from services.access.roles import Permission
from services.oversight.case_file import CaseFile
from services.web.forms.answers import Answers
from services.web.forms.date_fields import date_fields
from services.web.forms.drafts import EventDraft, parsed, to_event
from services.web.forms.form import Form
from services.web.kit.request import PageRequest

_LONGEST_RATING = timedelta(days=28)


class Rating(Form):
    """A rating of one concern, beside what the rules say, for four weeks at most."""

    kind: ClassVar[FormKind] = "rating"
    path = "/rating/{about}"
    permission = Permission.RATE
    template = "rating.html.j2"
    link_text = "Rate it until a date"
    concerns = tuple(Concern)
    success_message = "The rating is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Any concern that applies today."""
        return about in list(Concern) and file.case(Concern(about)) is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """What is rated."""
        del file
        return f"Rate: {Concern(about).heading.lower()}"

    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """The case, and the last day allowed; a new form has a rating of two weeks."""
        del request
        return {
            "case": file.case(Concern(about)),
            "last": file.day + _LONGEST_RATING,
            "initial": date_fields("expires", file.day + _LONGEST_RATING / 2),
        }

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """A review of kind oversight with its rating, once it is known to have an effect."""
        colours = [rag.value for rag in Rag if rag is not Rag.NONE]
        rag = answers.choice("rag", colours, "Choose a colour")
        rationale = answers.text("rationale", "Enter why you rate it so")
        expires = answers.day("expires", "the last day of the rating")
        answers.not_before("expires", expires, file.day, "the last day of the rating")
        answers.not_after(
            "expires", expires, file.day + _LONGEST_RATING, "the last day of the rating"
        )
        rating = {
            "rag": rag,
            "rationale": rationale,
            "authorised_by": request.user.id,
            "expires": expires,
        }
        data = {
            "review_id": form_id,
            "date": file.day,
            "kind": "oversight",
            "concern": about,
            "rating": rating,
        }
        draft = EventDraft("review.completed", data)
        if not answers.faults:
            self._check_effect(request, file, Concern(about), Rag(rag), answers, draft)
        return [draft]

    def _check_effect(
        self,
        request: PageRequest,
        file: CaseFile,
        concern: Concern,
        rag: Rag,
        answers: Answers,
        draft: EventDraft,
    ) -> None:
        """Add a fault where the rules would not let the rating have its effect."""
        event = to_event(request, file, "", 1, draft)
        then = file.with_events(parsed([event]))
        rated, period = then.case(concern), then.period(concern)
        if rated is None or period is None or rated.rag is rag:
            return
        rule_rag = rated.rule_rag
        if period.override is None:
            answers.fault(
                "rag",
                "This council’s policy does not let ratings be made on these pages, so it would "
                "have no effect",
            )
        elif rule_rag is Rag.RED and rag is Rag.GREEN and rated.rag is Rag.AMBER:
            answers.fault("rag", "A red can be lowered by one step only: choose amber")
        else:
            reason = period.worst_reason
            answers.fault(
                "rag",
                f"The rules say {rule_rag} and never let it be lowered. {reason} "
                f"(on {plain_day(file.day)})",
            )

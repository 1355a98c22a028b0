"""What a team manager or somebody above authorises: an extension, or a rating that expires.

Who authorised it is the signed-in person, never something typed.
"""

from datetime import timedelta
from typing import Any, ClassVar

from schemas.days import plain_day
from schemas.policy import FormKind
from schemas.status import Concern, Rag
from services.access.roles import May
from services.assessment.temporal import as_date
from services.oversight.case_file import CaseFile
from services.web.forms.answers import Answers
from services.web.forms.review import day_given
from services.web.forms.submission import Form, Said, as_read, event_of
from services.web.kit.request import Visit

_LONGEST_RATING = timedelta(days=28)
_LONGEST_EXTENSION = timedelta(days=183)


class Extension(Form):
    """An extension of pre-proceedings."""

    kind: ClassVar[FormKind] = "extension"
    may = May.EXTEND
    template = "extension.html.j2"
    done = "The extension is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Only while pre-proceedings run."""
        return not about and file.pre_proceedings is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """What is extended."""
        del file, about
        return "Authorise an extension of pre-proceedings"

    def shown(self, visit: Visit, file: CaseFile, about: str) -> dict[str, Any]:
        """The case, and since when it runs."""
        del visit, about
        spell = file.pre_proceedings
        start = as_date(spell.start) if spell else None
        return {"case": file.case(Concern.PRE_PROCEEDINGS), "start": start}

    def read(
        self, visit: Visit, file: CaseFile, about: str, answers: Answers, name: str
    ) -> list[Said]:
        """An extension from today through a day."""
        del about, name
        until = answers.day("until", "the last day of the extension")
        answers.not_before("until", until, file.day, "the last day of the extension")
        last = file.day + _LONGEST_EXTENSION
        answers.not_after("until", until, last, "the last day of the extension")
        data = {
            "period_id": file.pre_proceedings.id if file.pre_proceedings else "",
            "date": file.day,
            "until": until,
            "authorised_by": visit.person.id,
            "reason": answers.text("reason", "Enter why it is extended"),
        }
        return [("pre_proceedings.extended", data)]


class Rating(Form):
    """A rating of one concern, beside what the rules say, for four weeks at most."""

    kind: ClassVar[FormKind] = "rating"
    may = May.RATE
    template = "rating.html.j2"
    done = "The rating is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Any concern that applies today."""
        return about in list(Concern) and file.case(Concern(about)) is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """What is rated."""
        del file
        return f"Rate: {Concern(about).heading.lower()}"

    def shown(self, visit: Visit, file: CaseFile, about: str) -> dict[str, Any]:
        """The case; a rating lasts two weeks unless said otherwise."""
        del visit
        return {
            "case": file.case(Concern(about)),
            "last": file.day + _LONGEST_RATING,
            "given": day_given("expires", file.day + _LONGEST_RATING / 2),
        }

    def read(
        self, visit: Visit, file: CaseFile, about: str, answers: Answers, name: str
    ) -> list[Said]:
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
            "authorised_by": visit.person.id,
            "expires": expires,
        }
        data = {
            "review_id": name,
            "date": file.day,
            "kind": "oversight",
            "concern": about,
            "rating": rating,
        }
        said: list[Said] = [("review.completed", data)]
        if not answers.faults:
            self._check_effect(visit, file, Concern(about), Rag(rag), answers, said)
        return said

    def _check_effect(
        self,
        visit: Visit,
        file: CaseFile,
        concern: Concern,
        rag: Rag,
        answers: Answers,
        said: list[Said],
    ) -> None:
        """Say it where the rules would not let the rating have its effect."""
        event = event_of(visit, file, "", 1, *said[0])
        rules = visit.parts.rules
        would = file.with_events(as_read([event]), rules.rulebook).case(concern)
        if would is None or would.status.rag is rag:
            return
        rule_rag = would.status.rule_rag
        if would.status.override is None:
            answers.fault(
                "rag",
                "This council’s policy does not let ratings be made on these pages, so it would "
                "have no effect",
            )
        elif rule_rag is Rag.RED and rag is Rag.GREEN and would.status.rag is Rag.AMBER:
            answers.fault("rag", "A red can be lowered by one step only: choose amber")
        else:
            told = would.status.reasons[0].text if would.status.reasons else ""
            answers.fault(
                "rag",
                f"The rules say {rule_rag} and never let it be lowered. {told} "
                f"(on {plain_day(file.day)})",
            )

"""Acknowledging several escalated reds at once: each with a sentence of its own, or one for all."""

from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from events.broker import BROKER_ERRORS
from events.publish import NotStoredError
from schemas.status import Concern
from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.escalation import STEPS
from services.oversight.cases import cases_listed
from services.oversight.escalation import why_climbed
from services.store.case_filter import Filter
from services.store.cases import count_cases
from services.web.forms.acknowledgement import Acknowledgement
from services.web.forms.answers import Answers
from services.web.forms.several import (
    MOST,
    check_each,
    chosen_field,
    chosen_in,
    number_done,
    own_field,
    receipt_of,
    record_each,
)
from services.web.forms.submission import NOT_STORED
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view

PATH = "/acknowledgements"
_DID, _SHARED = "acknowledged", ("note",)
_FORM = Acknowledgement()

routes = Routes()


@routes.get(PATH, Permission.ACKNOWLEDGE)
async def to_acknowledge(request: PageRequest) -> Response:
    """The reds that wait for the user's acknowledgement, the gravest first, to choose from."""
    return await _page(request, Answers(lambda _: ""), done=number_done(request, _DID))


@routes.post(PATH, Permission.ACKNOWLEDGE)
async def acknowledge(request: PageRequest) -> Response:
    """Acknowledge every case that was chosen. What is sent twice counts once, case by case."""
    chosen = chosen_in(request, list(Concern))
    answers = Answers(request.form_value)
    check_each(answers, request, chosen, _SHARED, lambda mine: mine.text("note"))
    if answers.faults:
        return await _page(request, answers, status=422)
    try:
        done = await record_each(request, _FORM, chosen, _SHARED)
    except (NotStoredError, *BROKER_ERRORS):
        answers.fault("send", NOT_STORED)
        return await _page(request, answers, status=503)
    return RedirectResponse(f"{PATH}?{urlencode(receipt_of(request, _DID, done))}", 303)


async def _page(
    request: PageRequest, answers: Answers, *, status: int = 200, done: int | None = None
) -> Response:
    """The page, new or as it was sent.

    Raises:
        NotFound: no red climbs to the user, or the policy has the form in the case system.
    """
    step = next((role.value for role in request.user.roles if role in STEPS), None)
    if step is None or not request.app.policy.pages.is_here(_FORM.kind):
        raise NotFound
    async with request.app.database.reading() as connection:
        view = (await requested_view(connection, request)).today
        found = await cases_listed(connection, view, Filter(awaits=step), limit=MOST)
        total = await count_cases(connection, view, Filter(awaits=step))
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="to acknowledge")
    values: dict[str, Any] = {
        "cases": found, "total": total, "done": done, "answers": answers,
        "faults": answers.faults, "asks_about_names": answers.asks_about_names,
        "chosen_field": chosen_field, "own_field": own_field,
        "is_chosen": lambda case: bool(answers[chosen_field(case.person, case.concern)]),
        "why_climbed": lambda case: why_climbed(case, request.app.policy),
    }  # fmt: skip
    return page(request, "acknowledgements.html.j2", status=status, **values)

"""Saying of several reds at once why each is still red: a reason for all, or one of its own."""

from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from events.broker import BROKER_ERRORS
from events.publish import NotStoredError
from schemas.status import Concern, Rag
from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.case_note import STILL_RED
from services.oversight.cases import cases_listed, count_listed
from services.store.case_filter import Filter
from services.web.forms.answers import Answers
from services.web.forms.explanation import Explanation, read_reason
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

PATH = "/explanations"
_DID, _SHARED = "explained", ("why", "text")
_FORM = Explanation()

routes = Routes()


@routes.get(PATH, Permission.WORK)
async def to_explain(request: PageRequest) -> Response:
    """The reds that are the user's, the gravest first, to choose from."""
    return await _page(request, Answers(lambda _: ""), done=number_done(request, _DID))


@routes.post(PATH, Permission.WORK)
async def explain(request: PageRequest) -> Response:
    """Record of every case that was chosen why it is still red. Sent twice, it counts once."""
    chosen = chosen_in(request, list(Concern))
    answers = Answers(request.form_value)
    check_each(answers, request, chosen, _SHARED, read_reason)
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
        NotFound: the policy has the form in the case system.
    """
    if not request.app.policy.pages.is_here(_FORM.kind):
        raise NotFound
    async with request.app.database.reading() as connection:
        view = (await requested_view(connection, request)).today
        found = await cases_listed(connection, view, Filter(rag=Rag.RED), limit=MOST)
        total = await count_listed(connection, view, Filter(rag=Rag.RED))
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="to explain")
    values: dict[str, Any] = {
        "cases": found, "total": total, "done": done, "answers": answers,
        "faults": answers.faults, "asks_about_names": answers.asks_about_names,
        "chosen_field": chosen_field, "own_field": own_field, "reasons": STILL_RED,
        "is_chosen": lambda case: bool(answers[chosen_field(case.person, case.concern)]),
    }  # fmt: skip
    return page(request, "explanations.html.j2", status=status, **values)

"""The supervision sheet of a worker: to print, to walk through, and to record in one form."""

from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from events.broker import BROKER_ERRORS
from events.publish import NotStoredError
from schemas.days import london_day
from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.case_note import STILL_RED
from services.oversight.derived_by import not_derived
from services.oversight.supervision import MOST, supervision_sheet
from services.oversight.wording import ACTION_KINDS
from services.web.forms.answers import Answers
from services.web.forms.date_fields import date_fields
from services.web.forms.several import (
    check_each,
    chosen_field,
    chosen_in,
    number_done,
    own_field,
    receipt_of,
    record_each,
)
from services.web.forms.submission import NOT_STORED
from services.web.forms.supervision import Supervision, read_supervision
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view

PATH = "/supervision"
_DID, _SHARED = "supervised", ("outcome",)
_FORM = Supervision()

routes = Routes()


@routes.get(PATH, Permission.SEE_CASES)
async def supervision(request: PageRequest) -> Response:
    """A worker's young people, their colours, reviews, late actions, and why they are still red."""
    return await _page(request, Answers(lambda _: ""), done=number_done(request, _DID), new=True)


@routes.post(PATH, Permission.SUPERVISE)
async def supervise(request: PageRequest) -> Response:
    """Record the supervision of every young person that was chosen. Sent twice, it counts once."""
    chosen = chosen_in(request, most=MOST)
    answers = Answers(request.form_value)
    today = london_day(request.app.clock())
    check_each(answers, request, chosen, _SHARED, lambda mine: read_supervision(mine, today))
    if answers.faults:
        return await _page(request, answers, status=422)
    try:
        done = await record_each(request, _FORM, chosen, _SHARED)
    except (NotStoredError, *BROKER_ERRORS):
        answers.fault("send", NOT_STORED)
        return await _page(request, answers, status=503)
    query = {"worker": _worker(request), **receipt_of(request, _DID, done)}
    return RedirectResponse(f"{PATH}?{urlencode(query)}", 303)


def _worker(request: PageRequest) -> str:
    """Whose sheet it is: the user's own, where the address names nobody."""
    return request.http.query_params.get("worker", "").strip() or request.user.id


async def _page(
    request: PageRequest,
    answers: Answers,
    *,
    status: int = 200,
    done: int | None = None,
    new: bool = False,
) -> Response:
    """The sheet, with the form for whoever may supervise here."""
    worker = _worker(request)
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request, Permission.SEE_CASES)
        sheet = await supervision_sheet(connection, requested.view, worker)
        incomplete = await not_derived(connection, request.app.policy)
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail=f"sheet of {worker}")
    supervises = (
        request.can(Permission.SUPERVISE)
        and requested.is_today
        and request.app.policy.pages.is_here(_FORM.kind)
    )
    initial = date_fields("date", requested.view.today) if new else {}
    values: dict[str, Any] = {
        "requested": requested, "worker": worker, "sheet": sheet, "done": done, "new": new,
        "supervises": supervises, "answers": answers, "faults": answers.faults,
        "value": lambda name: initial.get(name, "") or answers[name],
        "anchor": answers.anchor, "asks_about_names": answers.asks_about_names,
        "chosen_field": chosen_field, "own_field": own_field, "reasons": STILL_RED,
        "may_supervise": lambda item: request.user.may(Permission.SUPERVISE, item.cases[0]),
        "is_chosen": lambda person: new or bool(answers[chosen_field(person)]),
        "sheet_is_cut": sum(len(item.cases) for item in sheet) >= MOST,
        "action_kinds": ACTION_KINDS, "not_derived": incomplete,
    }  # fmt: skip
    return page(request, "supervision.html.j2", status=status, **values)

"""The supervision sheet of a worker: to print, to walk through, and to record in one form."""

from functools import partial
from typing import Any

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.case_note import STILL_RED
from services.oversight.derived_by import not_derived
from services.oversight.supervision import MOST, supervision_sheet
from services.oversight.wording import ACTION_KINDS
from services.web.forms.answers import Answers
from services.web.forms.date_fields import date_fields
from services.web.forms.several import Several, chosen_field
from services.web.forms.supervision import Supervision, read_supervision
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view

PATH = "/supervision"
_SEVERAL = Several(
    Supervision(), "supervised", ("outcome",), read_supervision, abouts=("",), most=MOST
)

routes = Routes()


@routes.get(PATH, Permission.SEE_CASES)
async def supervision(request: PageRequest) -> Response:
    """A worker's young people, their colours, reviews, late actions, and why they are still red."""
    return await _page(request, Answers(lambda _: ""), done=_SEVERAL.number_done(request), new=True)


@routes.post(PATH, Permission.SUPERVISE)
async def supervise(request: PageRequest) -> Response:
    """Record the supervision of every young person that was chosen. Sent twice, it counts once."""
    return await _SEVERAL.submit(request, PATH, partial(_page, request), worker=_worker(request))


def _worker(request: PageRequest) -> str:
    """Whose sheet it is: the user's own, where the address names nobody."""
    return request.http.query_params.get("worker", "").strip() or request.user.id


async def _page(
    request: PageRequest,
    answers: Answers,
    status: int = 200,
    *,
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
        and request.app.policy.pages.is_here(_SEVERAL.form.kind)
    )
    initial = date_fields("date", requested.view.today) if new else {}
    values: dict[str, Any] = {
        **_SEVERAL.values(answers),
        "requested": requested, "worker": worker, "sheet": sheet, "done": done, "new": new,
        "supervises": supervises,
        "value": lambda name: initial.get(name, "") or answers[name],
        "reasons": STILL_RED,
        "may_supervise": lambda item: request.user.may(Permission.SUPERVISE, item.cases[0]),
        "is_chosen": lambda person: new or bool(answers[chosen_field(person)]),
        "sheet_is_cut": sum(len(item.cases) for item in sheet) >= MOST,
        "action_kinds": ACTION_KINDS, "not_derived": incomplete,
    }  # fmt: skip
    return page(request, "supervision.html.j2", status=status, **values)

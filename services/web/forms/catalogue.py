"""Every form, where it stands, and what is said when it is recorded."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from services.access.audit import Act
from services.web.forms.acknowledgement import Acknowledgement
from services.web.forms.actions import NewAction, OneAction
from services.web.forms.authorising import Extension, Rating
from services.web.forms.explanation import Explanation
from services.web.forms.judgement import Judgement
from services.web.forms.review import Review
from services.web.forms.submission import Form, show, take
from services.web.kit.errors import changed_meanwhile
from services.web.kit.request import Visit
from services.web.kit.routing import Doors, Endpoint
from services.web.pages.case_access import MovedOn, open_file

FORMS: Mapping[str, Form] = {
    "/review/{about}": Review(),
    "/judgement": Judgement(),
    "/actions/{about}/new": NewAction(),
    "/actions/{about:path}": OneAction(),
    "/explanation/{about}": Explanation(),
    "/extension": Extension(),
    "/rating/{about}": Rating(),
    "/acknowledgement/{about}": Acknowledgement(),
}

DONE: Mapping[str, str] = {form.kind: form.done for form in FORMS.values()}

doors = Doors()


def _showing(form: Form) -> Endpoint:
    async def shown(visit: Visit) -> Response:
        return await _answered(visit, form, sent=False)

    shown.__name__ = f"show_{type(form).__name__}"
    return shown


def _taking(form: Form) -> Endpoint:
    async def taken(visit: Visit) -> Response:
        return await _answered(visit, form, sent=True)

    taken.__name__ = f"take_{type(form).__name__}"
    return taken


async def _answered(visit: Visit, form: Form, *, sent: bool) -> Response:
    told = visit.request.path_params
    about = told.get("about", "")
    try:
        file = await open_file(visit, told["person"])
        if sent:
            return await take(visit, form, file, about)
        await visit.parts.audit.record(visit.person, Act.SAW_CASE, file.person, form.kind)
        return await show(visit, form, file, about)
    except MovedOn as moved:
        if sent:
            return changed_meanwhile(visit, await open_file(visit, moved.into))
        return RedirectResponse(f"/cases/{quote(moved.into, safe='')}", 303)


for _path, _form in FORMS.items():
    doors.get(f"/cases/{{person:path}}{_path}", _form.may)(_showing(_form))
    doors.post(f"/cases/{{person:path}}{_path}", _form.may)(_taking(_form))

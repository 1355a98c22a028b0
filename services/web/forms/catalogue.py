"""Every form: its routes, and which forms a case page offers to a user."""

from collections.abc import Mapping

from starlette.responses import RedirectResponse, Response

from schemas.case_reference import case_path, from_segment
from schemas.status import Concern
from services.access.audit import Act
from services.access.directory import User
from services.oversight.case_file import CaseFile
from services.web.forms.acknowledgement import Acknowledgement
from services.web.forms.actions import ActionUpdate, NewAction
from services.web.forms.explanation import Explanation
from services.web.forms.extension import Extension
from services.web.forms.form import Form
from services.web.forms.iro_escalations import EscalationUpdate, NewEscalation
from services.web.forms.judgement import Judgement
from services.web.forms.rating import Rating
from services.web.forms.review import Review
from services.web.forms.submission import show, submit
from services.web.kit.errors import conflict
from services.web.kit.request import PageRequest
from services.web.kit.routing import Endpoint, Routes
from services.web.pages.case_access import MovedOn, open_file

ACTION_UPDATE = ActionUpdate()
NEW_ESCALATION = NewEscalation()

FORMS: tuple[Form, ...] = (
    Review(),
    NewAction(),
    Judgement(),
    ACTION_UPDATE,  # after NewAction, whose path it would match
    Explanation(),
    Extension(),
    Rating(),
    Acknowledgement(),
    NEW_ESCALATION,
    EscalationUpdate(),  # after NEW_ESCALATION, whose path it would match
)
"""In the order in which the case page offers them, and in which their paths are matched."""

SUCCESS_MESSAGES: Mapping[str, str] = {form.kind: form.success_message for form in FORMS}

routes = Routes()


def offered(file: CaseFile, concern: Concern, user: User) -> list[Form]:
    """The forms that the case page offers to a user beneath a concern.

    The policy may have a form in the case management system; it is offered all the same, there.
    """
    return [
        form
        for form in FORMS
        if concern in form.concerns
        and is_permitted(form, file, user)
        and form.is_for(user)
        and form.applies(file, form.about(concern))
    ]


def is_permitted(form: Form, file: CaseFile, user: User) -> bool:
    """Whether a user has the permission that a form requires, for this case."""
    return user.may(form.permission, file.owner)


def _show_endpoint(form: Form) -> Endpoint:
    async def endpoint(request: PageRequest) -> Response:
        return await _respond(request, form, is_post=False)

    endpoint.__name__ = f"show_{type(form).__name__}"
    return endpoint


def _submit_endpoint(form: Form) -> Endpoint:
    async def endpoint(request: PageRequest) -> Response:
        return await _respond(request, form, is_post=True)

    endpoint.__name__ = f"submit_{type(form).__name__}"
    return endpoint


async def _respond(request: PageRequest, form: Form, *, is_post: bool) -> Response:
    """Show or submit a form of a case; a case that was merged leads to the one that survives."""
    parameters = request.http.path_params
    about = parameters.get("about", "")
    try:
        file = await open_file(request, from_segment(parameters["person"]))
        if is_post:
            return await submit(request, form, file, about)
        await request.app.audit.record(request.user, Act.SAW_CASE, file.person, form.kind)
        return await show(request, form, file, about)
    except MovedOn as moved:
        if is_post:
            return conflict(request, await open_file(request, moved.into))
        return RedirectResponse(case_path(moved.into), 303)


for _form in FORMS:
    routes.get(f"/cases/{{person}}{_form.path}", _form.permission)(_show_endpoint(_form))
    routes.post(f"/cases/{{person}}{_form.path}", _form.permission)(_submit_endpoint(_form))

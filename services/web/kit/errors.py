"""Error pages. None of them reveals whether there was something to see."""

from starlette.responses import Response

from services.oversight.case_file import CaseFile
from services.web.kit.request import PageRequest
from services.web.kit.templates import page

_HIDDEN_FIELDS = {"form", "seen", "onward", "id"}
"""Fields that nobody typed."""


def not_found(request: PageRequest) -> Response:
    """404: there is no such page, or it is not for this user. The answer is the same for both."""
    return page(request, "not_found.html.j2", status=404)


def csrf_failed(request: PageRequest) -> Response:
    """403: a form that did not come from a page of this session. What was typed is shown again."""
    return page(request, "csrf_failed.html.j2", status=403, typed=_typed(request))


def session_expired(request: PageRequest) -> Response:
    """401: the session ended before the form was sent. What was typed is shown, to be copied."""
    return page(request, "session_expired.html.j2", status=401, fields=_fields(request))


def conflict(request: PageRequest, file: CaseFile) -> Response:
    """409: the case changed so that the form no longer applies. What was typed is shown again."""
    return page(
        request, "conflict.html.j2", status=409, typed=_typed(request), person_is=file.person
    )


def too_many_events(request: PageRequest) -> Response:
    """503: there are more events of the case than of anybody's life; it is set aside."""
    return page(request, "too_many_events.html.j2", status=503)


def _typed(request: PageRequest) -> list[str]:
    """The values that the user typed into the form, in the order of its fields."""
    return [value for _, value in _fields(request)]


def _fields(request: PageRequest) -> list[tuple[str, str]]:
    """The fields of the form into which the user typed something, with what."""
    return [
        (name, value)
        for name, value in (request.form.multi_items() if request.form else ())
        if isinstance(value, str) and name not in _HIDDEN_FIELDS and value.strip()
    ]

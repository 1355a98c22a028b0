"""Answers that let nobody in, and tell nobody whether there was something to see."""

from starlette.responses import Response

from services.oversight.case_file import CaseFile
from services.web.kit.request import Visit
from services.web.kit.templates import page

_NOT_TYPED = {"form", "seen", "onward", "id"}


def not_here(visit: Visit) -> Response:
    """There is no such page, or it is not theirs: one answer for both."""
    return page(visit, "not_here.html.j2", status=404)


def not_from_here(visit: Visit) -> Response:
    """A form that did not come from a page of this session. What was typed is shown again."""
    return page(visit, "not_from_here.html.j2", status=403, typed=_typed(visit))


def signed_out(visit: Visit) -> Response:
    """The session ended before the form was sent. What was typed is shown, so it can be copied."""
    return page(visit, "signed_out_meanwhile.html.j2", status=401, typed=_typed(visit))


def changed_meanwhile(visit: Visit, file: CaseFile) -> Response:
    """The case changed so that the form no longer applies. What was typed is shown again."""
    return page(
        visit, "changed_meanwhile.html.j2", status=409, typed=_typed(visit), person_is=file.person
    )


def _typed(visit: Visit) -> list[str]:
    if visit.form is None:
        return []
    return [
        value
        for name, value in visit.form.multi_items()
        if isinstance(value, str) and name not in _NOT_TYPED and value.strip()
    ]

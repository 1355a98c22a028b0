"""Acknowledging several escalated reds at once: each with a sentence of its own, or one for all."""

from functools import partial

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.escalation import STEPS
from services.oversight.cases import cases_listed
from services.oversight.escalation import why_climbed
from services.store.case_filter import Filter
from services.store.cases import count_cases
from services.web.forms.acknowledgement import Acknowledgement
from services.web.forms.answers import Answers
from services.web.forms.several import MOST, Several
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view

PATH = "/acknowledgements"
_SEVERAL = Several(Acknowledgement(), "acknowledged", ("note",), lambda mine, _: mine.text("note"))

routes = Routes()


@routes.get(PATH, Permission.ACKNOWLEDGE)
async def to_acknowledge(request: PageRequest) -> Response:
    """The reds that wait for the user's acknowledgement, the gravest first, to choose from."""
    return await _page(request, Answers(lambda _: ""), done=_SEVERAL.number_done(request))


@routes.post(PATH, Permission.ACKNOWLEDGE)
async def acknowledge(request: PageRequest) -> Response:
    """Acknowledge every case that was chosen. What is sent twice counts once, case by case."""
    return await _SEVERAL.submit(request, PATH, partial(_page, request))


async def _page(
    request: PageRequest, answers: Answers, status: int = 200, *, done: int | None = None
) -> Response:
    """The page, new or as it was sent.

    Raises:
        NotFound: no red climbs to the user, or the policy has the form in the case system.
    """
    step = next((role.value for role in request.user.roles if role in STEPS), None)
    if step is None or not request.app.policy.pages.is_here(_SEVERAL.form.kind):
        raise NotFound
    async with request.app.database.reading() as connection:
        view = (await requested_view(connection, request)).today
        found = await cases_listed(connection, view, Filter(awaits=step), limit=MOST)
        total = await count_cases(connection, view, Filter(awaits=step))
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="to acknowledge")
    return page(
        request, "acknowledgements.html.j2", status=status, cases=found, total=total, done=done,
        why_climbed=lambda case: why_climbed(case, request.app.policy), **_SEVERAL.values(answers),
    )  # fmt: skip

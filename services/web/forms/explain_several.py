"""Saying of several reds at once why each is still red: a reason for all, or one of its own."""

from functools import partial

from starlette.responses import Response

from schemas.status import Rag
from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.case_note import STILL_RED
from services.oversight.cases import cases_listed, count_listed
from services.store.case_filter import Filter
from services.web.forms.answers import Answers
from services.web.forms.explanation import Explanation, read_reason
from services.web.forms.several import MOST, Several
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view

PATH = "/explanations"
_SEVERAL = Several(Explanation(), "explained", ("why", "text"), lambda mine, _: read_reason(mine))

routes = Routes()


@routes.get(PATH, Permission.WORK)
async def to_explain(request: PageRequest) -> Response:
    """The reds that are the user's, the gravest first, to choose from."""
    return await _page(request, Answers(lambda _: ""), done=_SEVERAL.number_done(request))


@routes.post(PATH, Permission.WORK)
async def explain(request: PageRequest) -> Response:
    """Record of every case that was chosen why it is still red. Sent twice, it counts once."""
    return await _SEVERAL.submit(request, PATH, partial(_page, request))


async def _page(
    request: PageRequest, answers: Answers, status: int = 200, *, done: int | None = None
) -> Response:
    """The page, new or as it was sent.

    Raises:
        NotFound: the policy has the form in the case system.
    """
    if not request.app.policy.pages.is_here(_SEVERAL.form.kind):
        raise NotFound
    async with request.app.database.reading() as connection:
        view = (await requested_view(connection, request)).today
        found = await cases_listed(connection, view, Filter(rag=Rag.RED), limit=MOST)
        total = await count_listed(connection, view, Filter(rag=Rag.RED))
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="to explain")
    return page(
        request, "explanations.html.j2", status=status, cases=found, total=total, done=done,
        reasons=STILL_RED, **_SEVERAL.values(answers),
    )  # fmt: skip

"""Visits to those placed with parents or in an unlawful placement (docs/rules.md: VI3, VI4)."""

from starlette.responses import Response

from schemas.status import Concern
from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.derived_by import not_derived
from services.oversight.visits import ARRANGEMENTS, visited_more_often
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view

routes = Routes()

_MOST = 200


@routes.get("/visits", Permission.SEE_CASES)
async def visits(request: PageRequest) -> Response:
    """Who they are, since when, who approved it, when they were last seen, and by when again."""
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        found = await visited_more_often(connection, requested.all_concerns, _MOST)
        incomplete = await not_derived(connection, request.app.policy)
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="visits")
    return page(
        request, "visits.html.j2", requested=requested, arrangements=found, words=ARRANGEMENTS,
        is_tracked=requested.tracked[Concern.VISITS], not_derived=incomplete,
    )  # fmt: skip

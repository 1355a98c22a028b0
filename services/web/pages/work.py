"""Work that is due from the rules, worker by worker."""

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.derived_by import not_derived
from services.store.workloads import workloads
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view

routes = Routes()


@routes.get("/work", Permission.SEE_CASES)
async def work(request: PageRequest) -> Response:
    """Reviews, visits, plans and actions that are overdue, and what nobody reviewed, by worker."""
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        found = await workloads(connection, requested.view)
        incomplete = await not_derived(connection, request.app.policy)
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="work due by worker")
    found.sort(key=lambda item: (-item.never, -item.overdue, -item.late, item.worker))
    return page(
        request, "work.html.j2", requested=requested, workloads=found, not_derived=incomplete
    )

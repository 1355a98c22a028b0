"""The overview: the first page, on any day."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import RedirectResponse, Response

from schemas.policy import Policy
from schemas.status import Rag
from services.access.audit import Act
from services.access.directory import User
from services.access.roles import Permission, Role
from services.digests.report import not_known_of, not_known_of_all
from services.oversight.cases import cases_listed, count_listed, horizon, view_of
from services.oversight.escalation import why_climbed
from services.oversight.policies_in_force import policies_begun
from services.oversight.summary import summarise, trend
from services.oversight.trend_chart import reds_over_time
from services.oversight.wording import ACTION_KINDS
from services.oversight.work_due import work_due
from services.store import weekly_reports
from services.store.case_filter import Filter
from services.store.cases import count_cases
from services.store.view import View
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import RequestedView, requested_view
from services.web.pages.digest_links import record_opened

routes = Routes()

_LISTED = 5
_MOST_TURNING = 50
_MOST_REDS = 200
_NO_BROKER = "The message broker does not answer: events that it holds are in no colour yet."
_WORKS_ON_NO_CASE = frozenset({Role.ANALYST, Role.LEAD_MEMBER, Role.ADMINISTRATOR})


@routes.get("/", Permission.SEE_OVERVIEW)
async def overview(request: PageRequest) -> Response:
    """Red, amber, green by concern; what turns red; what the user must do; what is not known."""
    if digest := request.http.query_params.get("digest"):
        await record_opened(request, digest)
        return RedirectResponse("/", 303)
    lag = await request.app.lag_in_time()
    async with request.app.database.reading() as connection:
        values = await _values(connection, request)
    if lag is None:
        values["unknown"] = [_NO_BROKER, *values["unknown"]]
    await request.app.audit.record(
        request.user, Act.LISTED_CASES, detail=f"overview of {values['day']}"
    )
    return page(request, "overview.html.j2", **values)


async def _values(connection: AsyncConnection, request: PageRequest) -> dict[str, Any]:
    app, user = request.app, request.user
    requested = await requested_view(connection, request)
    view, tracked = requested.view, requested.tracked
    own = view_of(user.scope(Permission.SEE_CASES), view.today, view.day, view.tracked)
    names_cases = Permission.SEE_CASES in user.permissions
    last = await weekly_reports.last_before(connection, view.day)
    shown = own if names_cases else view
    soon = horizon(app.policy, view.day)
    points = await trend(connection, view)
    begun = await policies_begun(connection, points[0].on, view.day)
    turning = await cases_listed(connection, shown, soon, "turning", limit=_MOST_TURNING)
    return {
        "requested": requested,
        "day": view.day,
        "last": last,
        "baseline": app.policy.baseline
        if app.policy.baseline and app.policy.baseline < view.day
        else None,
        "concerns": await summarise(connection, view, tracked, last, app.policy.baseline),
        "chart": reds_over_time(points, begun),
        "turning": turning,
        "turning_total": await count_cases(connection, shown, soon),
        "turning_by": view.day + timedelta(days=app.policy.digest.horizon_days),
        "horizon": app.policy.digest.horizon_days,
        "due": await _due(connection, own, user, app.policy) if names_cases else None,
        "reviews_by": view.day + timedelta(days=7),
        **(await _reds(connection, view, listed=not names_cases)),
        "names_cases": names_cases,
        "opens_lists": names_cases and own.scope == view.scope,
        "is_empty": view.scope.is_empty,
        "unknown": await not_known_of_all(connection, app.policy, tracked, app.clock(), view.day),
        "unknown_here": [] if view.scope.is_empty else await not_known_of(connection, view),
        "sees_everything": view.scope.everything,
        "why_climbed": lambda case: why_climbed(case, app.policy),
        "cases_link": _links(requested),
        "action_kinds": ACTION_KINDS,
    }


async def _due(
    connection: AsyncConnection, own: View, user: User, policy: Policy
) -> dict[str, Any]:
    roles = tuple(role.value for role in user.roles)
    due = await work_due(
        connection,
        own,
        roles,
        oversees=bool(set(user.roles) - _WORKS_ON_NO_CASE),
        first=_LISTED,
    )
    lists = (due.acknowledge, due.no_action, due.late, due.reviews)
    here = policy.pages.is_here("acknowledgement") and Permission.ACKNOWLEDGE in user.permissions
    explains = policy.pages.is_here("explanation") and Permission.WORK in user.permissions
    reds = sum(item.total for item in (due.acknowledge, due.no_action) if item)
    nothing = not any(item and item.total for item in lists)
    return {
        "work": due,
        "nothing": nothing,
        "acknowledges_here": here,
        "explains_here": explains and reds > 0,
    }


async def _reds(connection: AsyncConnection, view: View, *, listed: bool) -> dict[str, Any]:
    """The reds, the longest first, and how many there are; for whoever is shown no reference."""
    if not listed:
        return {"red_lines": [], "red_total": 0}
    red = Filter(rag=Rag.RED)
    return {
        "red_lines": await cases_listed(connection, view, red, limit=_MOST_REDS),
        "red_total": await count_listed(connection, view, red),
    }


def _links(requested: RequestedView) -> Any:
    """The address of a list of cases on the day that the page is about."""

    def link(**query: object) -> str:
        return "/cases?" + urlencode({**requested.asked.query, **query})

    return link

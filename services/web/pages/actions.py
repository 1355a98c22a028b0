"""The actions sheet of the weekly meeting: a page to look at and to print, and a workbook."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

from starlette.responses import Response

from schemas.status import Rag
from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.actions_sheet import HEADINGS, ActionsSheet, actions_sheet, how_moved
from services.oversight.cases import Case, cases_listed, count_listed
from services.oversight.derived_by import not_derived
from services.oversight.wording import ACTION_KINDS, owner_role
from services.store.actions import STANDINGS, WEEK, ListedAction, Whose
from services.store.case_filter import Filter
from services.web.kit.addresses import address
from services.web.kit.downloads import attachment, wrong_day
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view
from services.workbooks import XLSX, Cell, Sheet, lacking, workbook

routes = Routes()

_MOST = 200
_LONGEST = 100

_COLUMNS = (
    "Standing", "Case", "Concern", "What", "Kind", "Owner", "Owner's role", "Team", "Service",
    "Agreed", "First due", "Due", "Closed", "Moved", "Every move",
)  # fmt: skip


@routes.get("/actions", Permission.SEE_CASES)
async def actions(request: PageRequest) -> Response:
    """What was promised and what became of it, by team and owner, and each red's plan."""
    team, owner = _asked(request, "team"), _asked(request, "owner")
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        view = requested.view
        sheet = await actions_sheet(connection, view, _MOST, Whose(team, owner))
        reds = Filter(rag=Rag.RED, team=team)
        plans = [] if owner else await cases_listed(connection, view, reds, limit=_MOST)
        total = await count_listed(connection, view, reds) if plans else 0
        incomplete = await not_derived(connection, request.app.policy)
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="actions sheet")
    query = {"team": team, "owner": owner, **requested.asked.query}
    return page(
        request, "actions.html.j2", requested=requested, sheet=sheet, plans=plans,
        plans_total=total, team=team, owner=owner, headings=HEADINGS, standings=STANDINGS,
        action_kinds=ACTION_KINDS, owner_role=owner_role, how_moved=how_moved,
        not_derived=incomplete, due_by=view.day + WEEK - timedelta(days=1),
        done_from=view.day - WEEK + timedelta(days=1),
        link=lambda **changed: address("/actions", {**query, **changed}),
        download=address("/actions.xlsx", query),
    )  # fmt: skip


@routes.get("/actions.xlsx", Permission.SEE_CASES)
async def actions_workbook(request: PageRequest) -> Response:
    """All of it as a workbook: every action, the counts by owner, the weeks, each red's plan."""
    team, owner = _asked(request, "team"), _asked(request, "owner")
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        if requested.asked.fault:
            return wrong_day(requested.asked)
        view = requested.view
        sheet = await actions_sheet(connection, view, whose=Whose(team, owner))
        plans = await cases_listed(connection, view, Filter(rag=Rag.RED, team=team))
        incomplete = await not_derived(connection, request.app.policy)
    detail = f"actions sheet, xlsx, {sum(map(len, sheet.lists.values()))} rows"
    await request.app.audit.record(request.user, Act.DOWNLOADED, detail=detail)
    body = await asyncio.to_thread(workbook, [*_sheets(sheet, plans), *lacking(incomplete)])
    return attachment(body, XLSX, "actions", view.day, "xlsx", is_incomplete=bool(incomplete))


def _asked(request: PageRequest, name: str) -> str:
    return request.http.query_params.get(name, "").strip()[:_LONGEST]


def _sheets(sheet: ActionsSheet, plans: list[Case]) -> Iterator[Sheet]:
    rows = [_row(HEADINGS[name], item) for name in STANDINGS for item in sheet.lists[name]]
    yield Sheet("Actions", _COLUMNS, rows)
    columns = ("Team", "Owner", *(HEADINGS[name] for name in STANDINGS))
    owners: list[list[Cell]] = [
        [item.team, item.owner, *(item.of[name] for name in STANDINGS)] for item in sheet.owners
    ]
    yield Sheet("By owner", columns, owners)
    weeks = [(week.through, week.due, week.in_time) for week in sheet.weeks]
    yield Sheet("Done in time", ("Seven days to", "Due", "Done in time"), weeks)
    columns = ("Case", "Concern", "Reason", "Weeks red", "Team", "Plan")
    yield Sheet("Plan of each red", columns, map(_plan_row, plans))


def _row(standing: str, item: ListedAction) -> list[Cell]:
    action = item.action
    moves = [
        f"{move.on} to {move.due}"
        + (f", authorised by {move.authorised_by}" if move.authorised_by else "")
        + ("" if move.counts else ", does not count")
        + f", by {move.by}"
        + (f": {move.why}" if move.why else "")
        for move in action.moves
    ]
    return [
        standing, action.person, action.concern.heading, action.what, ACTION_KINDS[action.kind],
        action.owner, owner_role(item.role), item.team, item.service, action.agreed,
        action.first_due, action.due, action.closed_on, len(action.moves), "; ".join(moves),
    ]  # fmt: skip


def _plan_row(case: Case) -> list[Cell]:
    plan = "; ".join(
        f"{ACTION_KINDS[action.kind]}, {owner_role(action.role)}, due {action.due}"
        + (" (late)" if case.is_late(action) else "")
        for action in case.actions
    )
    return [
        case.person, case.concern.heading, case.category, case.weeks, case.team,
        plan or "No open action",
    ]  # fmt: skip

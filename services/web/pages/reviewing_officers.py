"""Reviewing officers: their escalations, reviews in time, officers named, caseloads, the year."""

import asyncio

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.derived_by import not_derived
from services.oversight.reviewing_officers import COUNTED, days_open, reviewing_sheet
from services.web.kit.addresses import address
from services.web.kit.downloads import attachment, wrong_day
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view
from services.web.pages.reviewing_officers_workbook import sheets_of
from services.workbooks import XLSX, lacking, workbook

routes = Routes()

_MOST = 60
_LONGEST = 100


@routes.get("/reviewing-officers", Permission.SEE_CASES)
async def reviewing_officers(request: PageRequest) -> Response:
    """What is escalated and due, this year beside last, and each officer's children."""
    app, officer = request.app, _officer(request)
    async with app.database.reading() as connection:
        requested = await requested_view(connection, request)
        sheet = await reviewing_sheet(
            connection, requested.view, app.rules.rulebook, officer, _MOST
        )
        incomplete = await not_derived(connection, app.policy)
    await app.audit.record(request.user, Act.LISTED_CASES, detail="reviewing officers")
    query = {"officer": officer, **requested.asked.query}
    return page(
        request, "reviewing_officers.html.j2", requested=requested, sheet=sheet, officer=officer,
        most=_MOST,
        counted=COUNTED, level_title=app.policy.reviewing_officers.title, not_derived=incomplete,
        days_open=lambda item: days_open(item, requested.view.day, app.rules.rulebook),
        link=lambda **changed: address("/reviewing-officers", {**query, **changed}),
        download=address("/reviewing-officers.xlsx", query),
    )  # fmt: skip


@routes.get("/reviewing-officers.xlsx", Permission.SEE_CASES)
async def reviewing_officers_workbook(request: PageRequest) -> Response:
    """The tables of the annual report, this year beside last, and every list whole."""
    app, officer = request.app, _officer(request)
    async with app.database.reading() as connection:
        requested = await requested_view(connection, request)
        if requested.asked.fault:
            return wrong_day(requested.asked)
        sheet = await reviewing_sheet(connection, requested.view, app.rules.rulebook, officer)
        incomplete = await not_derived(connection, app.policy)
    rows = len(sheet.open) + len(sheet.reviews) + len(sheet.unnamed)
    detail = f"reviewing officers, xlsx, {rows} rows"
    await app.audit.record(request.user, Act.DOWNLOADED, detail=detail)
    sheets = [*sheets_of(sheet, app.rules), *lacking(incomplete)]
    body = await asyncio.to_thread(workbook, sheets)
    day = requested.view.day
    return attachment(body, XLSX, "reviewing-officers", day, "xlsx", is_incomplete=bool(incomplete))


def _officer(request: PageRequest) -> str:
    return request.http.query_params.get("officer", "").strip()[:_LONGEST]

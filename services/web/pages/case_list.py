"""The list of cases on a day, and the same as CSV and XLSX."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.rules import categories
from services.oversight.cases import cases_listed, count_listed
from services.oversight.derived_by import not_derived
from services.oversight.escalation import why_climbed
from services.store import weekly_reports
from services.store.case_choices import choices
from services.web.kit.addresses import address
from services.web.kit.downloads import attachment, wrong_day
from services.web.kit.pagination import page_count
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view
from services.web.pages.case_downloads import CSV, as_csv, as_xlsx
from services.web.pages.case_list_query import (
    SORTS,
    CaseListQuery,
    read_query,
    selected,
    with_reports,
)
from services.workbooks import XLSX

routes = Routes()

_PAGE_SIZE = 30


@routes.get("/cases", Permission.SEE_CASES)
async def cases(request: PageRequest) -> Response:
    """The cases that the user may see, filtered, sorted and cut into pages."""
    async with request.app.database.reading() as connection:
        asked = await read_list(connection, request.http.query_params)
        requested = await requested_view(connection, request)
        view = requested.view
        total = await count_listed(connection, view, asked.filter)
        pages = page_count(total, _PAGE_SIZE)
        number = min(asked.number, pages)
        shown = await cases_listed(
            connection, view, asked.filter, asked.sort,
            reverse=asked.reverse, limit=_PAGE_SIZE, offset=(number - 1) * _PAGE_SIZE,
        )  # fmt: skip
        known = await choices(connection, view)
        incomplete = await not_derived(connection, request.app.policy)
    await request.app.audit.record(
        request.user, Act.LISTED_CASES, detail=urlencode(dict(asked.query))
    )
    return page(
        request, "cases.html.j2", asked=asked, requested=requested, shown=shown, total=total,
        number=number, pages=pages, choices=known, sorts=SORTS, categories=categories(),
        not_tracked=[c for c, is_tracked in requested.tracked.items() if not is_tracked],
        selected=selected(asked, request.app.directory),
        evidence_link=address("/evidence", {**asked.query, "page": ""}),
        campaign_link=address("/campaigns/new", {**asked.query, "page": ""}),
        why_climbed=lambda case: why_climbed(case, request.app.policy), not_derived=incomplete,
    )  # fmt: skip


@routes.get("/cases.csv", Permission.SEE_CASES)
async def cases_csv(request: PageRequest) -> Response:
    """The list as CSV."""
    return await _download(request, "csv")


@routes.get("/cases.xlsx", Permission.SEE_CASES)
async def cases_xlsx(request: PageRequest) -> Response:
    """The list as a workbook."""
    return await _download(request, "xlsx")


async def read_list(connection: AsyncConnection, query: Mapping[str, str]) -> CaseListQuery:
    """What an address of the list asks for, with the week's reports that it goes by."""
    asked = read_query(query)
    reports = {}
    for week in asked.weeks.values():
        if report := await weekly_reports.report_of(connection, week):
            reports[week] = report
    return with_reports(asked, reports)


async def _download(request: PageRequest, kind: str) -> Response:
    asked = read_query(request.http.query_params)
    if asked.day.fault:
        return wrong_day(asked.day)
    async with request.app.database.reading() as connection:
        asked = await read_list(connection, request.http.query_params)
        view = (await requested_view(connection, request)).view
        incomplete = await not_derived(connection, request.app.policy)
        found = await cases_listed(
            connection, view, asked.filter, asked.sort, reverse=asked.reverse
        )
    detail = f"{kind}, {len(found)} rows: {urlencode(dict(asked.query))}"
    await request.app.audit.record(request.user, Act.DOWNLOADED, detail=detail)
    if kind == "csv":
        body, media = await asyncio.to_thread(as_csv, found), CSV
    else:
        body, media = await asyncio.to_thread(as_xlsx, found, incomplete), XLSX
    return attachment(body, media, "cases", view.day, kind, is_incomplete=bool(incomplete))

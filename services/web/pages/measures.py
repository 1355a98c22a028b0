"""Oversight measures: each with its figure, target and judgement, and the weeks before."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.annual_return import AGE_BANDS
from services.oversight.comparators.beside import Beside, published_beside
from services.oversight.derived_by import not_derived
from services.oversight.measures.definition import Measure, Returned
from services.oversight.measures.measured import Measured, in_words, measured
from services.oversight.measures.rows import measure_columns, measure_row
from services.oversight.policies_in_force import policies_begun
from services.spreadsheets import csv_of
from services.web.kit.addresses import address
from services.web.kit.downloads import attachment, wrong_day
from services.web.kit.measure_chart import measure_chart
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import RequestedView, requested_view
from services.web.pages.case_downloads import CSV
from services.workbooks import XLSX, Cell, Sheet, lacking, workbook

routes = Routes()

_COLUMNS = measure_columns("State")
_PUBLISHED = (
    "Measure", "Of", "On, or to", "Figure", "Numerator", "Denominator", "Counted alike",
    "What was counted", "How it was made", "Publisher", "Publication", "Address", "Published",
)  # fmt: skip


@routes.get("/measures", Permission.SEE_OVERVIEW)
async def measures(request: PageRequest) -> Response:
    """Every measure on a day, of the cases that the user sees in figures."""
    requested, found, incomplete = await _read(request)
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="measures")
    return page(
        request, "measures.html.j2", requested=requested, found=found, not_derived=incomplete,
        download=lambda kind: address(f"/measures.{kind}", requested.asked.query),
    )  # fmt: skip


@routes.get("/measures.csv", Permission.SEE_OVERVIEW)
async def measures_csv(request: PageRequest) -> Response:
    """The measures as CSV."""
    requested, found, incomplete = await _read(request)
    if requested.asked.fault:
        return wrong_day(requested.asked)
    await request.app.audit.record(request.user, Act.DOWNLOADED, detail="measures, csv")
    body = csv_of(_COLUMNS, map(measure_row, found)).encode("utf-8-sig")
    day = requested.view.day
    return attachment(body, CSV, "measures", day, "csv", is_incomplete=bool(incomplete))


@routes.get("/measures.xlsx", Permission.SEE_OVERVIEW)
async def measures_workbook(request: PageRequest) -> Response:
    """The measures as a workbook, with every week's figures of the whole council."""
    requested, found, incomplete = await _read(request)
    if requested.asked.fault:
        return wrong_day(requested.asked)
    await request.app.audit.record(request.user, Act.DOWNLOADED, detail="measures, xlsx")
    weeks: list[Sequence[Cell]] = [
        (item.measure.name, week.as_of, week.value, week.numerator, week.denominator, week.state)
        for item in found
        for week in item.weeks
    ]
    columns = ("Measure", "Week's report of", "Value", "Numerator", "Denominator", "State then")
    sheets = [
        Sheet("Measures", _COLUMNS, [measure_row(item) for item in found]),
        Sheet("Week by week", columns, weeks),
        Sheet("Published figures", _PUBLISHED, list(_published_rows(request, found))),
        *lacking(incomplete),
    ]
    body = await asyncio.to_thread(workbook, sheets)
    day = requested.view.day
    return attachment(body, XLSX, "measures", day, "xlsx", is_incomplete=bool(incomplete))


@routes.get("/measures/{id}", Permission.SEE_OVERVIEW)
async def one_measure(request: PageRequest) -> Response:
    """One measure: its definition, its figures week by week with the targets, and its cases."""
    id_ = request.http.path_params["id"]
    wanted = [item for item in request.app.mail_context.measures if item.id == id_]
    if not wanted:
        raise NotFound
    requested, (item,), incomplete = await _read(request, wanted)
    async with request.app.database.reading() as connection:
        begun = await policies_begun(connection, date.min, date.max)
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail=f"measure {id_}")
    sees_cases = Permission.SEE_CASES in request.user.permissions
    return page(
        request, "measure.html.j2", requested=requested, item=item, not_derived=incomplete,
        chart=measure_chart(item, requested.view.day, begun) if item.weeks else None,
        words=lambda value: in_words(item.measure, value),
        cases=_links(item.measure, requested) if sees_cases else [],
        published=_published(request, item.measure),
    )  # fmt: skip


def _published(request: PageRequest, measure: Measure) -> list[Beside]:
    """What was published beside a measure: of England, the region, neighbours and examples."""
    app = request.app
    return published_beside(measure, app.mail_context.comparators, app.policy.published_as)


def _published_rows(request: PageRequest, found: Sequence[Measured]) -> Iterator[Sequence[Cell]]:
    for item in found:
        for it in _published(request, item.measure):
            of = it.comparator
            yield (
                item.measure.name, it.area, it.on, it.figure, it.numerator, it.denominator,
                "yes" if of.same else f"no: {of.differs}", of.definition, it.note, of.publisher,
                of.title, of.address, of.published,
            )  # fmt: skip


async def _read(
    request: PageRequest, wanted: Sequence[Measure] | None = None
) -> tuple[RequestedView, list[Measured], list[str]]:
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        measures = request.app.mail_context.measures if wanted is None else wanted
        found = await measured(connection, requested.view, measures)
        return requested, found, await not_derived(connection, request.app.policy)


def _links(measure: Measure, requested: RequestedView) -> list[tuple[str, str]]:
    """The lists that a measure counts: words, and their address on the day."""
    day = requested.asked.query
    found = []
    if measure.short is not None:
        found.append(("Those that fall short", address("/cases", {**measure.short.query, **day})))
    if measure.cases is not None:
        found.append(("All that are counted", address("/cases", {**measure.cases.query, **day})))
    if measure.duty is not None or measure.escalations is not None:
        found.append(("Reviewing officers", address("/reviewing-officers", day)))
    if measure.actions_weeks is not None:
        found.append(("The actions", address("/actions", day)))
    if measure.returned is not None:
        found.append(("The annual return", address("/return", {**_band(measure.returned), **day})))
    if measure.caseload is not None:
        found.append(("Work due by worker", address("/work", day)))
    return found


def _band(returned: Returned) -> dict[str, str]:
    """The rows of the ages, where these are published together."""
    for name, ages in AGE_BANDS.items():
        if ages == returned.ages:
            counted = "unsuitable" if returned.figure == "unsuitable" else ""
            return {"ages": name, "counted": counted}
    return {}

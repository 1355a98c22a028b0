"""The cases of a week's report as a list, as they were reported then."""

from starlette.responses import Response

from schemas.status import Concern, Rag
from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.reason_category import category
from services.oversight.outcomes import what_became
from services.store import reported_cases, weekly_reports
from services.store.cases import cases_at, visible_people
from services.store.reported_cases import ReportedFilter
from services.web.kit.pagination import PAGE_SIZE, page_number
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view

routes = Routes()

_NO_REASON = "Nothing recorded made it amber or red"


@routes.get("/reported/{week}", Permission.SEE_CASES)
async def reported(request: PageRequest) -> Response:
    """The cases of a report that were the user's then, and what became of each by a day.

    One that is the user's no more is counted, without its reference. Who was merged since is shown
    as whom they became.
    """
    week = request.http.path_params["week"]
    query = request.http.query_params
    concern = next((c for c in Concern if c.value == query.get("concern")), None)
    rag = next((r for r in Rag if r.value == query.get("colour")), None)
    wanted = ReportedFilter(concern, rag, stopped=query.get("stopped") == "yes",
                             rated_down=query.get("rated_down") == "yes")  # fmt: skip
    async with request.app.database.reading() as connection:
        report = await weekly_reports.report_of(connection, week)
        if report is None:
            raise NotFound
        requested = await requested_view(connection, request)
        view = requested.all_concerns
        total = await reported_cases.count_reported(connection, week, view, wanted)
        number, pages = page_number(query, total)
        shown = await reported_cases.reported_cases(
            connection, week, view, wanted, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
        )
        keys = [(person, item.concern) for item, person in shown]
        then = await cases_at(connection, keys, report.as_of)
        now = await cases_at(connection, keys, view.day)
        own = await visible_people(connection, view, {person for person, _ in keys})
    await request.app.audit.record(
        request.user, Act.LISTED_CASES, detail=f"reported {week} {concern or ''} {rag or ''}"
    )
    rows = [
        {
            "reported": item,
            "person": person,
            "category": category(item.reasons, item.rag) if item.reasons else _NO_REASON,
            "is_own": person in own,
            "now": now.get((person, item.concern)),
            "became": what_became(then.get((person, item.concern)), now.get((person, item.concern)))
            if item.rag is Rag.RED
            else "",
        }
        for item, person in shown
    ]
    return page(
        request, "reported.html.j2", report=report, rows=rows, total=total, number=number,
        pages=pages, wanted=wanted, requested=requested,
    )  # fmt: skip

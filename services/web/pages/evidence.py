"""Evidence for an inspection: of one case, or of a short list, between two days, as one file."""

import asyncio
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlencode

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.evidence.cohort import evidence_of_all
from services.evidence.pack import PackMaker, write_pack
from services.evidence.render import readable
from services.oversight.cases import cases_listed
from services.oversight.derived_by import not_derived
from services.store import audit_log
from services.web.kit.day_asked import DayAsked, day_asked
from services.web.kit.downloads import attachment
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import RequestedView, requested_view
from services.web.pages.case_access import MovedOn, open_file
from services.web.pages.case_list import read_list
from services.web.pages.case_list_query import CaseListQuery, selected

routes = Routes()

MOST = 10
"""Young people of whom a page makes evidence; of more the command does."""
_LONGEST = timedelta(days=366)
_AT_A_TIME, _MOST_READ = 100, 2000
_ZIP = "application/zip"


@routes.get("/evidence", Permission.SEE_CASES)
async def evidence(request: PageRequest) -> Response:
    """Ask between which days; of one young person, or of those of the list's address."""
    return await _page(request)


async def _page(request: PageRequest, fault: str = "", status: int = 200) -> Response:
    requested, asked, people = await _asked(request)
    first, last = _span(request)
    person = request.http.query_params.get("person", "")
    act = Act.SAW_CASE if person else Act.LISTED_CASES
    named = people[0] if person else ""
    await request.app.audit.record(request.user, act, named, "evidence asked for")
    return page(
        request, "evidence.html.j2", status=status, requested=requested, people=people, most=MOST,
        first=first, last=last, person=person, fault=fault,
        kept={"person": person} if person else {**asked.query, "page": ""},
        definition=[item["text"] for item in selected(asked, request.app.directory)],
        list_link=asked.link(page=""),
    )  # fmt: skip


@routes.get("/evidence.zip", Permission.SEE_CASES)
async def evidence_file(request: PageRequest) -> Response:
    """The evidence of up to 10 young people: a document, the data beneath, and their hashes."""
    app = request.app
    requested, asked, people = await _asked(request)
    first, last = _span(request)
    if fault := _fault(requested, asked, first, last, people):
        return await _page(request, fault, 422)
    span = first.day or date.min, last.day or date.max
    scope = request.user.scope(request.permission)
    async with app.database.reading() as connection:
        found, left_out = await evidence_of_all(
            connection, scope, people, app.rules, requested.view.today, span
        )
        audit = await audit_log.last_link(connection)
        incomplete = await not_derived(connection, app.policy)
    if not found:
        raise NotFound(request.http.query_params.get("person", ""))
    words = "; ".join(item["text"] for item in selected(asked, app.directory))
    maker = PackMaker(
        app.policy.council, request.user.id, app.clock(), words or f"case {people[0]}", *span,
        audit, request.http.query_params.get("pseudonyms") == "yes", tuple(left_out),
    )  # fmt: skip
    read = partial(readable, display_name=app.directory.display_name)
    async with app.documents_lock:
        content, digest = await asyncio.to_thread(write_pack, found, maker, read)
    detail = f"{len(found)} cases, {span[0]} to {span[1]}, manifest {digest}"
    query = urlencode(dict(asked.query))
    await app.audit.record(request.user, Act.MADE_EVIDENCE, detail=f"{detail}, {query}")
    return attachment(content, _ZIP, "evidence", span[1], "zip", is_incomplete=bool(incomplete))


async def _asked(request: PageRequest) -> tuple[RequestedView, CaseListQuery, list[str]]:
    """Whose evidence is asked for: `person`, or those of the list, to one more than may be."""
    query = request.http.query_params
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        asked = await read_list(connection, query)
        if person := query.get("person", ""):
            try:
                return requested, asked, [(await open_file(request, person, connection)).person]
            except MovedOn as moved:
                return requested, asked, [moved.into]
        people: dict[str, None] = {}
        for place in range(0, _MOST_READ, _AT_A_TIME):
            some = await cases_listed(
                connection, requested.view, asked.filter, limit=_AT_A_TIME, offset=place
            )
            people |= dict.fromkeys(case.person for case in some)
            if len(some) < _AT_A_TIME or len(people) > MOST:
                break
    return requested, asked, list(people)[: MOST + 1]


def _span(request: PageRequest) -> tuple[DayAsked, DayAsked]:
    query = request.http.query_params
    return day_asked(query, "from"), day_asked(query, "to")


def _fault(
    requested: RequestedView,
    listed: CaseListQuery,
    first: DayAsked,
    last: DayAsked,
    people: list[str],
) -> str:
    """Why no evidence can be made; empty where it can."""
    faults = (requested.asked.fault, *listed.faults, first.fault, last.fault)
    if fault := next(filter(None, faults), ""):
        return fault.rstrip(".")
    if first.day is None or last.day is None:
        return "The first day and the last must both be given"
    if not timedelta(0) <= last.day - first.day <= _LONGEST:
        return "The last day must be the first or later, and within a year of it"
    if last.day > requested.view.today:
        return "The last day must be today or earlier: what is to come was known to nobody"
    if not people:
        return "No case that is yours to see is in the list"
    if len(people) > MOST:
        return f"There are more than {MOST} young people; use sightline evidence make for them"
    return ""

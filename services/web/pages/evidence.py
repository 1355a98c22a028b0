"""Evidence for an inspection: of one case, or of a short list, between two days, as one file."""

import asyncio
from contextlib import aclosing
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlencode

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.evidence.cohort import evidence_of_all
from services.evidence.collect import CaseEvidence
from services.evidence.pack import PackMaker, write_pack
from services.evidence.render import readable
from services.oversight.cases import cases_listed
from services.store import audit_log
from services.web.kit.day_asked import DayAsked, day_asked
from services.web.kit.downloads import attachment
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import RequestedView, requested_view
from services.web.pages.case_list import read_list
from services.web.pages.case_list_query import CaseListQuery, selected

routes = Routes()

MOST = 25
"""Young people of whom a page makes evidence; of more the command does."""
_LONGEST = timedelta(days=3 * 366)
_ZIP = "application/zip"


@routes.get("/evidence", Permission.SEE_CASES)
async def evidence(request: PageRequest) -> Response:
    """Ask between which days; the cases are those of the list's address."""
    requested, asked, people = await _asked(request)
    first, last = _span(request)
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="evidence asked for")
    return page(
        request, "evidence.html.j2", requested=requested, people=people, most=MOST,
        first=first, last=last, kept={k: v for k, v in asked.query.items() if k != "page"},
        definition=[item["text"] for item in selected(asked, request.app.directory)],
        list_link=asked.link(page=""),
    )  # fmt: skip


@routes.get("/evidence.zip", Permission.SEE_CASES)
async def evidence_file(request: PageRequest) -> Response:
    """The evidence of up to 25 young people: a document, the data beneath, and their hashes."""
    app = request.app
    requested, asked, people = await _asked(request)
    first, last = _span(request)
    if fault := _fault(first, last, people):
        return Response(f"{fault}.\n", 422, media_type="text/plain; charset=utf-8")
    span = first.day or date.min, last.day or date.max
    scope = request.user.scope(request.permission)
    found: list[CaseEvidence] = []
    async with app.database.reading() as connection:
        each = evidence_of_all(connection, scope, people, app.rules, requested.view.today, span)
        async with aclosing(each):
            async for item in each:
                await asyncio.sleep(0)
                if isinstance(item, CaseEvidence):
                    found.append(item)
        audit = await audit_log.last_link(connection)
    words = "; ".join(item["text"] for item in selected(asked, app.directory))
    maker = PackMaker(
        app.policy.council, request.user.id, app.clock(), words or "the cases of a list", *span,
        audit, request.http.query_params.get("pseudonyms") == "yes",
    )  # fmt: skip
    read = partial(readable, display_name=app.directory.display_name)
    content, digest = await asyncio.to_thread(write_pack, found, maker, read)
    detail = f"{len(found)} cases, {span[0]} to {span[1]}, manifest {digest}"
    query = urlencode(dict(asked.query))
    await app.audit.record(request.user, Act.MADE_EVIDENCE, detail=f"{detail}, {query}")
    return attachment(content, _ZIP, "evidence", span[1], "zip", is_incomplete=False)


async def _asked(request: PageRequest) -> tuple[RequestedView, CaseListQuery, list[str]]:
    """The list of the address, and the young people in it, one more than there may be at most."""
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        asked = await read_list(connection, request.http.query_params)
        listed = await cases_listed(connection, requested.view, asked.filter, limit=MOST * 8)
    return requested, asked, list(dict.fromkeys(case.person for case in listed))[: MOST + 1]


def _span(request: PageRequest) -> tuple[DayAsked, DayAsked]:
    query = request.http.query_params
    return day_asked(query, "from"), day_asked(query, "to")


def _fault(first: DayAsked, last: DayAsked, people: list[str]) -> str:
    """Why no evidence can be made; empty where it can."""
    for asked in (first, last):
        if asked.fault:
            return asked.fault
    if first.day is None or last.day is None:
        return "The first day and the last must both be given"
    if not timedelta(0) <= last.day - first.day <= _LONGEST:
        return "The last day must be the first or later, and within three years of it"
    if not people:
        return "No case that is yours to see is in the list"
    if len(people) > MOST:
        return f"There are more than {MOST} young people; use sightline evidence make for them"
    return ""

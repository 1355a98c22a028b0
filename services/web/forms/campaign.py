"""The forms of review campaigns: to begin one with the cases of a list, and to end one early.

A campaign is no fact about a young person, so it is no event: it is kept as it was begun.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import RedirectResponse, Response

from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.cases import Case, cases_listed
from services.oversight.derived_by import not_derived
from services.store import campaigns
from services.store.campaigns import Campaign
from services.web.forms.answers import Answers
from services.web.kit import csrf
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import TOKEN_FIELD, Routes
from services.web.kit.templates import page
from services.web.kit.views import RequestedView, requested_view
from services.web.pages.campaigns import end_page
from services.web.pages.case_list import read_list
from services.web.pages.case_list_query import CaseListQuery, selected

routes = Routes()

MOST = 5000
"""Cases of one cohort that are read."""
_LONGEST_TITLE = 80
_LONGEST = timedelta(days=366)
_NOT_OF_A_COHORT = ("as_at", "sort", "backwards", "page")
"""What an address of the list may ask that says nothing of which cases a cohort is made of."""


@routes.get("/campaigns/new", Permission.CAMPAIGN)
async def new_campaign(request: PageRequest) -> Response:
    """Ask what the campaign is called and by when; the cohort is that of the list's address."""
    return await _page(request, Answers(lambda _: ""))


@routes.post("/campaigns/new", Permission.CAMPAIGN)
async def begin_campaign(request: PageRequest) -> Response:
    """Fix the cohort and begin the campaign. Sent twice, it is one."""
    answers = Answers(request.form_value)
    async with request.app.database.reading() as connection:
        requested, asked, found = await _cohort(connection, request)
    title, due = _read(answers, requested.view.today)
    members = _people(found)
    if fault := _fault(requested, asked, found):
        answers.fault("send", fault)
    if answers.faults or due is None:
        return await _page(request, answers, 422)
    id_ = csrf.form_id(request.form_value(TOKEN_FIELD), request.key, "campaign")[:16]
    campaign = Campaign(
        id=id_,
        title=title,
        query=_definition(asked),
        cohort_on=requested.view.day,
        begun_on=requested.view.today,
        due=due,
        begun_by=request.user.id,
        made_at=request.app.clock(),
    )
    async with request.app.database.writing() as connection:
        await campaigns.keep(connection, campaign, members)
    detail = f"campaign {id_}: {len(members)} young people, {urlencode(dict(campaign.query))}"
    await request.app.audit.record(request.user, Act.BEGAN_CAMPAIGN, detail=detail)
    return RedirectResponse(f"/campaigns/{id_}", 303)


@routes.post("/campaigns/{id}/end", Permission.CAMPAIGN)
async def end_campaign(request: PageRequest) -> Response:
    """End a campaign before everybody is assessed, with the reason; whoever began it may."""
    id_ = request.http.path_params["id"]
    answers = Answers(request.form_value)
    why = answers.text("why", "Enter why it ends") or ""
    if answers.faults:
        return await end_page(request, answers)
    async with request.app.database.writing() as connection:
        campaign = await campaigns.of_id(connection, id_)
        if campaign is None or campaign.begun_by != request.user.id:
            raise NotFound
        view = (await requested_view(connection, request, Permission.SEE_CASES)).view
        await campaigns.end(connection, id_, view.today, request.user.id, why)
    await request.app.audit.record(request.user, Act.ENDED_CAMPAIGN, detail=f"campaign {id_}")
    return RedirectResponse(f"/campaigns/{id_}", 303)


async def _cohort(
    connection: AsyncConnection, request: PageRequest
) -> tuple[RequestedView, CaseListQuery, list[Case]]:
    """The list that the address asks for, of the cases for which the user may begin a campaign."""
    requested = await requested_view(connection, request)
    asked = await read_list(connection, request.http.query_params)
    found = await cases_listed(connection, requested.view, asked.filter, limit=MOST + 1)
    return requested, asked, found


def _fault(requested: RequestedView, asked: CaseListQuery, found: list[Case]) -> str:
    """Why no cohort can be fixed from a list; empty where it can."""
    if requested.asked.fault or asked.faults:
        return " ".join(filter(None, (requested.asked.fault, *asked.faults)))
    if not found:
        return "No case fits the filter, so there is no cohort"
    if len(found) > MOST:
        return f"There are more than {MOST:,} cases. Narrow the list first"
    return ""


def _people(found: list[Case]) -> dict[str, set[str]]:
    """Each young person of a list, with the concerns by which they are in it."""
    people: dict[str, set[str]] = {}
    for case in found:
        people.setdefault(case.person, set()).add(case.concern.value)
    return people


def _definition(asked: CaseListQuery) -> Mapping[str, str]:
    return {name: value for name, value in asked.query.items() if name not in _NOT_OF_A_COHORT}


def _read(answers: Answers, today: date) -> tuple[str, date | None]:
    title = answers.text("title", "Enter what the campaign is called") or ""
    if len(title) > _LONGEST_TITLE:
        answers.fault("title", f"Write {_LONGEST_TITLE} characters or fewer")
    what = "the day by which each is to be assessed"
    due = answers.day("due", what)
    answers.not_before("due", due, today, what)
    answers.not_after("due", due, today + _LONGEST, what)
    return title, due


async def _page(request: PageRequest, answers: Answers, status: int = 200) -> Response:
    async with request.app.database.reading() as connection:
        requested, asked, found = await _cohort(connection, request)
        incomplete = await not_derived(connection, request.app.policy)
    await request.app.audit.record(
        request.user, Act.LISTED_CASES, detail=f"cohort: {urlencode(dict(asked.query))}"
    )
    return page(
        request, "campaign_new.html.j2", status=status, requested=requested,
        people=len(_people(found)), cases=len(found), fault=_fault(requested, asked, found),
        definition=[
            item["text"]
            for item in selected(asked, request.app.directory)
        ],
        list_link=asked.link(page=""), value=lambda name: answers[name], faults=answers.faults,
        anchor=answers.anchor, asks_about_names=answers.asks_about_names, not_derived=incomplete,
    )  # fmt: skip

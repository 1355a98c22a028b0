"""Review campaigns: how far each has come, by team and worker, what is left, and the burn-down."""

import asyncio
from collections.abc import Iterator, Sequence

from starlette.responses import Response

from schemas.status import Concern
from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.campaigns import Progress, progress, seen_by
from services.oversight.cases import cases_listed
from services.oversight.derived_by import not_derived
from services.store import campaigns
from services.store.cases import count_cases
from services.web.forms.answers import Answers
from services.web.kit.addresses import address
from services.web.kit.burn_down import burn_down
from services.web.kit.downloads import attachment, wrong_day
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view
from services.web.pages.case_list import read_list
from services.web.pages.case_list_query import selected
from services.workbooks import XLSX, Cell, Sheet, lacking, workbook

routes = Routes()

_MOST = 200


@routes.get("/campaigns", Permission.SEE_CASES)
async def all_campaigns(request: PageRequest) -> Response:
    """Every campaign in which the user has somebody, open ones and closed ones."""
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        found = await seen_by(connection, requested.view, request.user.id)
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="campaigns")
    return page(request, "campaigns.html.j2", requested=requested, campaigns=found)


@routes.get("/campaigns/{id}.xlsx", Permission.SEE_CASES)
async def campaign_workbook(request: PageRequest) -> Response:
    """The cohort with who is assessed and who is left, and progress by team and worker."""
    id_ = request.http.path_params["id"]
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        if requested.asked.fault:
            return wrong_day(requested.asked)
        campaign = await campaigns.of_id(connection, id_)
        if campaign is None:
            raise NotFound
        found = await progress(connection, requested.view, campaign)
        if not found.members and campaign.begun_by != request.user.id:
            raise NotFound
        incomplete = await not_derived(connection, request.app.policy)
    detail = f"campaign {id_}, xlsx, {len(found.members)} rows"
    await request.app.audit.record(request.user, Act.DOWNLOADED, detail=detail)
    body = await asyncio.to_thread(workbook, [*_sheets(found), *lacking(incomplete)])
    day = requested.view.day
    return attachment(body, XLSX, "campaign", day, "xlsx", is_incomplete=bool(incomplete))


@routes.get("/campaigns/{id}", Permission.SEE_CASES)
async def one_campaign(request: PageRequest) -> Response:
    """One campaign: progress, who is left, and who joined what its cohort was made by since."""
    return await _campaign_page(request, Answers(lambda _: ""))


async def end_page(request: PageRequest, answers: Answers) -> Response:
    """The same with what is wrong in the form that ends it."""
    return await _campaign_page(request, answers, 422)


async def _campaign_page(request: PageRequest, answers: Answers, status: int = 200) -> Response:
    id_ = request.http.path_params["id"]
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request, Permission.SEE_CASES)
        view = requested.view
        campaign = await campaigns.of_id(connection, id_)
        if campaign is None or campaign.begun_on > view.day:
            raise NotFound
        found = await progress(connection, view, campaign)
        if not found.members and campaign.begun_by != request.user.id:
            raise NotFound
        asked = await read_list(connection, {**campaign.query, "not_in_campaign": id_})
        joined = await cases_listed(connection, view, asked.filter, limit=_MOST)
        joined_total = await count_cases(connection, view, asked.filter)
        incomplete = await not_derived(connection, request.app.policy)
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail=f"campaign {id_}")
    points = found.burn_down()
    return page(
        request, "campaign.html.j2", status=status, requested=requested, progress=found,
        campaign=campaign,
        joined=joined, joined_total=joined_total, joined_link=asked.link(**requested.asked.query),
        definition=[
            item["text"]
            for item in selected(asked, request.app.directory)
            if item["name"] != "not_in_campaign"
        ],
        points=points, chart=burn_down(points, campaign.due), most=_MOST,
        may_end=request.can(Permission.CAMPAIGN) and requested.is_today and found.is_open,
        heading=lambda concern: Concern(concern).heading, not_derived=incomplete,
        download=address(f"/campaigns/{id_}.xlsx", requested.asked.query), faults=answers.faults,
        value=lambda name: answers[name], asks_about_names=answers.asks_about_names,
        reviews_here=request.app.policy.pages.is_here("review"),
    )  # fmt: skip


def _sheets(found: Progress) -> Iterator[Sheet]:
    columns: Sequence[str] = (
        "Case", "Concerns", "State", "Assessed on", "Team", "Personal adviser", "Social worker",
    )  # fmt: skip
    rows: list[list[Cell]] = [
        [
            member.person,
            ", ".join(Concern(concern).heading for concern in member.concerns),
            member.state,
            member.assessed_on, member.team, member.personal_adviser, member.social_worker,
        ]
        for member in found.members
    ]  # fmt: skip
    yield Sheet("Cohort", columns, rows)
    for name, tallies in (("By team", found.by_team()), ("By worker", found.by_worker())):
        columns = (name.removeprefix("By ").capitalize(), "All", "Assessed", "Left", "Gone")
        counts = [(item.name, item.total, item.assessed, item.left, item.gone) for item in tallies]
        yield Sheet(name, columns, counts)
    columns = ("Day", "Left", "If it went evenly")
    points = [(point.on, point.left, round(point.evenly, 1)) for point in found.burn_down()]
    yield Sheet("Burn-down", columns, points)

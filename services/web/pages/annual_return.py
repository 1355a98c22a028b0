"""The preview of the annual return: care leavers and placements, and what would fail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from schemas.codes import PLACEMENTS, meaning
from schemas.collection_year import CollectionYear, read_year, year_of
from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.annual_return.entries import Block
from services.oversight import annual_return as preview
from services.oversight.derived_by import not_derived
from services.spreadsheets import csv_of
from services.store import annual_return
from services.store.annual_return import Wanted
from services.web.kit.addresses import address
from services.web.kit.downloads import attachment, wrong_day
from services.web.kit.pagination import PAGE_SIZE, page_number
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import RequestedView, requested_view
from services.web.pages.case_downloads import CSV

routes = Routes()

_YEARS_SHOWN = 3
_PATHS: dict[Block, str] = {"care_leavers": "/return", "episodes": "/return/placements"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address of the preview asks for; `fault` is what could not be understood."""

    requested: RequestedView
    wanted: Wanted
    query: dict[str, str]
    fault: str = ""


@routes.get("/return", Permission.SEE_CASES)
async def care_leavers(request: PageRequest) -> Response:
    """Care leavers by age and suitability, what would fail, and each row."""
    async with request.app.database.reading() as connection:
        asked = await _asked(connection, request)
        view, wanted = asked.requested.view, asked.wanted
        found = await preview.preview_care_leavers(connection, view, wanted.year)
        total = await annual_return.count_care_leavers(connection, view, wanted)
        number, pages = page_number(request.http.query_params, total)
        listed = await annual_return.care_leavers(
            connection, view, wanted, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
        )
        incomplete = await not_derived(connection, request.app.policy)
    return await _page(
        request, "annual_return.html.j2", asked, "care_leavers", found=found, rows=listed,
        total=total, number=number, pages=pages, suitabilities=preview.SUITABILITIES,
        not_derived=incomplete, as_on=lambda entry: preview.as_on(entry, view.day),
    )  # fmt: skip


@routes.get("/return/placements", Permission.SEE_CASES)
async def placements(request: PageRequest) -> Response:
    """Episodes that go on by their placement, what would fail, and each row."""
    async with request.app.database.reading() as connection:
        asked = await _asked(connection, request)
        view, wanted = asked.requested.view, asked.wanted
        by_code = await annual_return.open_by_placement(connection, view, Wanted(wanted.year))
        flaws = await annual_return.flaw_counts(connection, view, "episodes", wanted.year)
        total = await annual_return.count_episodes(connection, view, wanted)
        number, pages = page_number(request.http.query_params, total)
        listed = await annual_return.episodes(
            connection, view, wanted, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
        )
        incomplete = await not_derived(connection, request.app.policy)
    return await _page(
        request, "annual_return_placements.html.j2", asked, "episodes", by_code=by_code,
        flaws=flaws, rows=listed, total=total, number=number, pages=pages,
        not_held=preview.NOT_HELD, meaning=lambda code: meaning(PLACEMENTS, code),
        not_derived=incomplete,
    )  # fmt: skip


@routes.get("/return/oc3.csv", Permission.SEE_CASES)
async def care_leavers_file(request: PageRequest) -> Response:
    """The file OC3 as it would be sent."""

    async def read(connection: AsyncConnection, asked: _Asked) -> Iterable[Sequence[str]]:
        view = asked.requested.view
        return preview.care_leaver_rows(
            await annual_return.care_leavers(connection, view, asked.wanted)
        )

    return await _file(request, "oc3", preview.CARE_LEAVER_COLUMNS, read)


@routes.get("/return/episodes.csv", Permission.SEE_CASES)
async def episodes_file(request: PageRequest) -> Response:
    """The file Episodes as it would be sent, without what is not held."""

    async def read(connection: AsyncConnection, asked: _Asked) -> Iterable[Sequence[str]]:
        view = asked.requested.view
        return preview.episode_rows(await annual_return.episodes(connection, view, asked.wanted))

    return await _file(request, "episodes", preview.EPISODE_COLUMNS, read)


@routes.get("/return/faults.csv", Permission.SEE_CASES)
async def faults_file(request: PageRequest) -> Response:
    """Everything that is missing or would fail, of both blocks."""

    async def read(connection: AsyncConnection, asked: _Asked) -> Iterable[Sequence[str]]:
        view, wanted = asked.requested.view, asked.wanted
        return preview.flaw_rows(
            [
                *await annual_return.care_leavers(connection, view, wanted),
                *await annual_return.episodes(connection, view, wanted),
            ]
        )

    return await _file(request, "faults", preview.FLAW_COLUMNS, read)


async def _file(request: PageRequest, what: str, columns: Sequence[str], read: Any) -> Response:
    async with request.app.database.reading() as connection:
        asked = await _asked(connection, request)
        if asked.requested.asked.fault:
            return wrong_day(asked.requested.asked)
        if asked.fault:
            text = f"{asked.fault}.\n"
            return Response(text, 422, media_type="text/plain; charset=utf-8")
        rows = list(await read(connection, asked))
        incomplete = await not_derived(connection, request.app.policy)
    detail = f"annual return, {what}, {len(rows)} rows"
    await request.app.audit.record(request.user, Act.DOWNLOADED, detail=detail)
    body = csv_of(columns, rows).encode("utf-8-sig")
    day = asked.requested.view.day
    return attachment(body, CSV, f"return-{what}", day, "csv", is_incomplete=bool(incomplete))


async def _asked(connection: AsyncConnection, request: PageRequest) -> _Asked:
    """The year, and which of its rows: what is not understood is said, and left out."""
    requested = await requested_view(connection, request)
    query = request.http.query_params
    year, fault = year_of(requested.view.day), ""
    if text := query.get("year", ""):
        try:
            year = read_year(text)
        except ValueError as error:
            fault = str(error)[:1].upper() + str(error)[1:]
    ages = preview.AGE_BANDS.get(query.get("ages", ""))
    counted = next((name for name in preview.SUITABILITIES if name == query.get("counted")), None)
    kept = {"ages": query.get("ages", "") if ages else "", "counted": counted or ""}
    kept |= {name: query.get(name, "")[:20] for name in ("code", "rule", "field")}
    wanted = Wanted(year, ages, counted, kept["code"], kept["rule"], kept["field"])
    given = query.get("year", "") and not fault
    return _Asked(requested, wanted, kept | {"year": str(year) if given else ""}, fault)


async def _page(
    request: PageRequest, template: str, asked: _Asked, block: Block, **values: Any
) -> Response:
    detail = f"annual return {asked.wanted.year}, {block}"
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail=detail)
    path, of_day = _PATHS[block], asked.requested.asked.query
    year = {"year": asked.query["year"]}
    current = year_of(asked.requested.view.day)

    def link(to: str = path, **more: Any) -> str:
        return address(to, {**of_day, **year, **more})

    def numbered(number: int) -> str:
        return address(path, {**of_day, **asked.query, "page": number})

    return page(
        request, template, requested=asked.requested, year=asked.wanted.year, fault=asked.fault,
        link=link, numbered=numbered, path=path, selected=_selected(asked), kept=year,
        years=[CollectionYear(current.begins - back) for back in range(_YEARS_SHOWN)],
        **values,
    )  # fmt: skip


def _selected(asked: _Asked) -> list[str]:
    """What of the rows is listed, in words."""
    words = {
        "ages": "aged {}", "counted": "counted as {}", "code": "placed in {}",
        "rule": "failing {}", "field": "in {}",
    }  # fmt: skip
    return [text.format(asked.query[name]) for name, text in words.items() if asked.query[name]]

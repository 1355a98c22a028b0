"""The overview: the first page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from schemas.days import london_day
from services.access.directory import Person
from services.access.roles import May
from services.digests.report import not_known
from services.oversight.board import Board
from services.oversight.summary import (
    WEEKS_SHOWN,
    Compared,
    Span,
    duties,
    figures,
    mine,
    red_lines,
    trend,
    turning,
)
from services.store import refused_events, timelines, weekly_reports
from services.web.kit.cache import Kept
from services.web.kit.charts import reds_over_time
from services.web.kit.request import Visit
from services.web.kit.routing import Doors
from services.web.kit.templates import kept_page
from services.web.pages.digest_links import record_opened

doors = Doors()

_LISTED = 5
_NO_BROKER = "The message broker does not answer: events that it holds are in no colour yet."


@dataclass(frozen=True, slots=True)
class _Shared:
    """What is the same for everybody: read once for each state of the board and minute."""

    compared: Compared | None
    spans: list[Span]
    unknown: list[str]
    refused: int


@doors.get("/", May.SEE_OVERVIEW)
async def overview(visit: Visit) -> Response:
    """Red, amber, green by concern; what turns red; what the person must do; what is not known."""
    if digest := visit.request.query_params.get("digest"):
        await record_opened(visit, digest)
        return RedirectResponse("/", 303)
    board = await visit.parts.watch.now(visit.parts.clock())
    minute = int(visit.parts.clock().timestamp() // 60)
    state = (visit.parts.watch.number, board.version, board.day, minute)

    async def told() -> Mapping[str, Any]:
        return _see(visit, board, await _common.get(state, lambda: _read(visit, board)))

    return await kept_page(visit, "overview.html.j2", state, told)


_common: Kept[_Shared] = Kept(8)


async def _read(visit: Visit, board: Board) -> _Shared:
    parts = visit.parts
    policy, now = parts.policy, parts.clock()
    first = date.fromordinal(board.day.toordinal() - 7 * WEEKS_SHOWN)
    begin = min(first, policy.baseline or first)
    lag = await parts.lag_soon()
    async with parts.database.reading() as connection:
        made = await weekly_reports.reports_made(connection)
        last = next((item for item in reversed(made) if item.as_of < board.day), None)
        return _Shared(
            compared=Compared(last.as_of, await weekly_reports.tallies(connection, last.week))
            if last
            else None,
            spans=await timelines.red_spans(connection, begin, board.day),
            unknown=[
                *([] if lag else [_NO_BROKER]),
                *await not_known(connection, policy, board.tracked, now, london_day(now)),
            ],
            refused=await refused_events.count_open(connection),
        )


def _see(visit: Visit, board: Board, shared: _Shared) -> dict[str, Any]:
    """Everything on the page that depends on whose it is."""
    parts, person = visit.parts, visit.person
    whole, own = person.sight(May.SEE_OVERVIEW), person.sight(May.SEE_CASES)
    cases = mine(board, own)
    names_cases = May.SEE_CASES in person.may
    baseline = parts.policy.baseline
    baseline = baseline if baseline and baseline < board.day else None
    return {
        "day": board.day,
        "compared_on": shared.compared.on if shared.compared else None,
        "baseline": baseline,
        "figures": figures(board, whole, shared.compared, baseline, shared.spans),
        "chart": reds_over_time(trend(board, whole, shared.spans)),
        "turning": turning(board, own if names_cases else whole),
        "horizon": parts.policy.digest.horizon_days,
        "duties": duties(cases, person, board.day),
        "red_lines": [] if names_cases else red_lines(mine(board, whole)),
        "listed": _LISTED,
        "shows": "cases" if names_cases else "lines",
        "blind": whole.is_blind,
        "awaiting": _awaiting(person),
        "unknown": shared.unknown,
        "refused": shared.refused,
    }


def _awaiting(person: Person) -> str:
    """The list of what waits to be acknowledged by this person."""
    return "/cases?" + urlencode({"awaits": person.role.value})

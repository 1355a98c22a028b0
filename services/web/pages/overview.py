"""The overview: the first page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from schemas.days import london_day
from services.access.directory import User
from services.access.roles import Permission
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
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import kept_page
from services.web.pages.digest_links import record_opened

routes = Routes()

_LISTED = 5
_NO_BROKER = "The message broker does not answer: events that it holds are in no colour yet."


@dataclass(frozen=True, slots=True)
class _Shared:
    """What is the same for everybody: read once for each state of the board and minute."""

    compared: Compared | None
    spans: list[Span]
    unknown: list[str]
    refused: int


@routes.get("/", Permission.SEE_OVERVIEW)
async def overview(request: PageRequest) -> Response:
    """Red, amber, green by concern; what turns red; what the person must do; what is not known."""
    if digest := request.http.query_params.get("digest"):
        await record_opened(request, digest)
        return RedirectResponse("/", 303)
    board = await request.app.watch.now(request.app.clock())
    minute = int(request.app.clock().timestamp() // 60)
    state = (request.app.watch.number, board.version, board.day, minute)

    async def values() -> Mapping[str, Any]:
        return _see(request, board, await _common.get(state, lambda: _read(request, board)))

    return await kept_page(request, "overview.html.j2", state, values)


_common: Kept[_Shared] = Kept(8)


async def _read(request: PageRequest, board: Board) -> _Shared:
    app = request.app
    policy, now = app.policy, app.clock()
    first = date.fromordinal(board.day.toordinal() - 7 * WEEKS_SHOWN)
    begin = min(first, policy.baseline or first)
    lag = await app.lag_in_time()
    async with app.database.reading() as connection:
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


def _see(request: PageRequest, board: Board, shared: _Shared) -> dict[str, Any]:
    """Everything on the page that depends on whose it is."""
    app, user = request.app, request.user
    whole, own = user.sight(Permission.SEE_OVERVIEW), user.sight(Permission.SEE_CASES)
    cases = mine(board, own)
    names_cases = Permission.SEE_CASES in user.permissions
    baseline = app.policy.baseline
    baseline = baseline if baseline and baseline < board.day else None
    return {
        "day": board.day,
        "compared_on": shared.compared.on if shared.compared else None,
        "baseline": baseline,
        "figures": figures(board, whole, shared.compared, baseline, shared.spans),
        "chart": reds_over_time(trend(board, whole, shared.spans)),
        "turning": turning(board, own if names_cases else whole),
        "horizon": app.policy.digest.horizon_days,
        "duties": duties(cases, user, board.day),
        "red_lines": [] if names_cases else red_lines(mine(board, whole)),
        "listed": _LISTED,
        "shows": "cases" if names_cases else "lines",
        "blind": whole.is_blind,
        "awaiting": _awaiting(user),
        "unknown": shared.unknown,
        "refused": shared.refused,
    }


def _awaiting(user: User) -> str:
    """The list of what waits to be acknowledged by this user."""
    return "/cases?" + urlencode({"awaits": user.role.value})

"""Feeds: each source, when it was last heard, and whether everything is worked through."""

from starlette.responses import Response

from schemas.events.catalogue import PAGES_SOURCE
from services.access.roles import May
from services.assessment.settling import permissions
from services.pages.doors import Doors
from services.pages.rendering import page
from services.pages.visit import Visit

doors = Doors()


@doors.get("/feeds", May.SEE_FEEDS)
async def feeds(visit: Visit) -> Response:
    """Every source: when it was last heard, how often it speaks, how much came."""
    parts = visit.parts
    board = await parts.watch.now(parts.clock())
    now = parts.clock()
    lag = await parts.lag_soon()
    rows = []
    for feed in board.feeds:
        silent = (now - feed.last_heard).total_seconds() / 86400
        retired = permissions(parts.policy, feed.source).retired
        days = max((now - feed.first_heard).total_seconds() / 86400, 1)
        rows.append(
            {
                "feed": feed,
                "silent": int(silent),
                "retired": retired,
                "quiet": not retired
                and feed.source != PAGES_SOURCE
                and silent >= parts.policy.digest.quiet_days,
                "a_day": round(feed.accepted / days, 1),
            }
        )
    return page(
        visit, "feeds.html.j2", rows=rows, lag=lag, quiet_days=parts.policy.digest.quiet_days
    )

"""Feeds: each source with its rhythm, its silences, and its last snapshot beside what is held."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from starlette.responses import Response

from schemas.policy import Policy
from services.access.roles import Permission
from services.assessment.rights import permissions
from services.sources.completeness import COUNT_LABELS
from services.sources.rhythm import (
    RETURN_PREFIX,
    WEEKS_KEPT,
    Silence,
    duration_words,
    silences,
    usual_silence,
)
from services.store import feed_alarms, snapshots
from services.store.feeds import Feed, all_feeds, hours_heard
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page

routes = Routes()

_SHOWN = 20


@routes.get("/feeds", Permission.SEE_FEEDS)
async def feeds(request: PageRequest) -> Response:
    """Every source: when it was last heard, its rhythm, and whether the store holds all of it."""
    app = request.app
    now = app.clock()
    lag = await app.lag_in_time()
    async with app.database.reading() as connection:
        known = await all_feeds(connection)
        heard = await hours_heard(connection, now - timedelta(weeks=WEEKS_KEPT))
        raised = await feed_alarms.all_alarms(connection)
        compared = await snapshots.comparisons(connection)
    silent = {item.source: item for item in silences(known, heard, app.policy, now)}
    rows = [
        {
            "feed": feed,
            "state": _state(app.policy, feed, silent.get(feed.source), now),
            "quiet": feed.source in silent,
            "usual": _usual(app.policy, heard.get(feed.source, ()), now),
        }
        for feed in known
    ]
    return page(
        request, "feeds.html.j2", rows=rows, lag=lag, quiet_days=app.policy.digest.quiet_days,
        alarms=list(reversed(raised))[:_SHOWN], compared=compared, words=COUNT_LABELS,
    )  # fmt: skip


def _state(policy: Policy, feed: Feed, silence: Silence | None, now: datetime) -> str:
    if permissions(policy, feed.source).retired:
        return "Retired"
    if silence is not None:
        return f"Quiet for {duration_words(silence.lasted)}"
    if feed.source.startswith(RETURN_PREFIX):
        return "A return, told once"
    return f"Heard {duration_words(now - feed.last_heard)} ago"


def _usual(policy: Policy, heard: Sequence[datetime], now: datetime) -> str:
    """The rhythm that was learnt, for this hour of the week."""
    usual = usual_silence(heard, policy, now)
    return f"up to {duration_words(usual)}" if usual is not None else "not known yet"

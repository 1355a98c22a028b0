"""Feeds, refused events and data questions: what the system itself does not know."""

from collections import Counter
from collections.abc import Mapping

import orjson
from starlette.responses import RedirectResponse, Response

from events.broker import BROKER_ERRORS
from events.publish import NotStoredError
from schemas.envelope import Event
from schemas.events.catalogue import PAGES_SOURCE
from services.access.audit import Act
from services.access.roles import May
from services.assessment.settling import permissions, person_of
from services.pages.doors import Doors, NotHere, Visit
from services.pages.mending import mended
from services.pages.rendering import page
from services.records import lines, refusals
from services.records.refusals import DISMISSED, OPEN, SENT_AGAIN, RefusedEvent

doors = Doors()

PAGE = 50
_LAST_NUMBER = 2**62


@doors.get("/feeds", May.SEE_FEEDS)
async def feeds(visit: Visit) -> Response:
    """Every source: when it was last heard, how often it speaks, how much came."""
    parts = visit.parts
    board = await parts.watch.now(parts.clock())
    now = parts.clock()
    lag = await parts.lag()
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


@doors.get("/questions", May.SEE_QUESTIONS)
async def questions(visit: Visit) -> Response:
    """What a record must still say: by source, by team, and each (M10)."""
    parts = visit.parts
    board = await parts.watch.now(parts.clock())
    query = visit.request.query_params
    async with parts.database.reading() as connection:
        asked = await lines.questions_on(connection, board.day)
    mine = []
    for question in asked:
        owned = board.owner(question.person)
        if owned is not None and visit.person.sight(May.SEE_QUESTIONS).sees(owned):
            mine.append((question, owned.team or "none"))
    sources = Counter((q.source, q.field) for q, _ in mine)
    teams = Counter(team for _, team in mine)
    fields = Counter(q.field for q, _ in mine)
    team, source, field = (query.get(name, "") for name in ("team", "source", "field"))
    chosen = [
        (q, of)
        for q, of in mine
        if (not team or of == team)
        and (not source or q.source == source)
        and (not field or q.field == field)
    ]
    chosen.sort(key=lambda item: (item[1], item[0].person, item[0].start))
    number, pages = _page_of(query, len(chosen))
    return page(
        visit, "questions.html.j2", total=len(mine), found=len(chosen),
        people=len({q.person for q, _ in mine}), sources=sorted(sources.items()),
        teams=sorted(teams.items()), fields=sorted(fields.items()),
        shown=chosen[(number - 1) * PAGE : number * PAGE], number=number, pages=pages,
        team=team, source=source, field=field,
    )  # fmt: skip


@doors.get("/refused", May.SEE_REFUSED)
async def refused(visit: Visit) -> Response:
    """Refused events, newest first."""
    query = visit.request.query_params
    state = query.get("state", OPEN)
    if state not in (OPEN, SENT_AGAIN, DISMISSED):
        state = OPEN
    async with visit.parts.database.reading() as connection:
        found = await refusals.refused_events(connection, state=state)
    number, pages = _page_of(query, len(found))
    shown = found[(number - 1) * PAGE : number * PAGE]
    return page(
        visit, "refused.html.j2", shown=shown, total=len(found), state=state, number=number,
        pages=pages, done=query.get("done", ""),
    )  # fmt: skip


@doors.get("/refused/{number:int}", May.SEE_REFUSED)
async def one_refused(visit: Visit) -> Response:
    """One refused event, whole: as it came, and what is wrong with it."""
    item = await _item(visit)
    await visit.parts.audit.record(
        visit.person, Act.SAW_REFUSED, item.person, f"refused event {item.number}"
    )
    return _one_page(visit, item, {}, _readable(item.raw))


@doors.post("/refused/{number:int}/send", May.MEND_REFUSED)
async def send_again(visit: Visit) -> Response:
    """Send a refused event again, mended. What would be refused again is said before it is sent."""
    item = await _item(visit)
    typed = visit.answer("raw")
    read = mended(item, typed)
    if not isinstance(read, Event):
        return _one_page(visit, item, {"raw": read}, typed, 422)
    person = person_of(visit.parts.policy, read.source, read.subject) if read.subject else ""
    try:
        await visit.parts.send(typed.encode())
    except (NotStoredError, *BROKER_ERRORS):
        why = "The message broker does not answer, so nothing was sent. Try again in a minute."
        return _one_page(visit, item, {"raw": why}, typed, 503)
    await _settle(visit, item, SENT_AGAIN, "mended and sent again", Act.SENT_AGAIN, person)
    return RedirectResponse(f"/refused?done={SENT_AGAIN}", 303)


@doors.post("/refused/{number:int}/dismiss", May.MEND_REFUSED)
async def dismiss(visit: Visit) -> Response:
    """Settle a refused event that needs no sending again; it is kept, with the reason."""
    item = await _item(visit)
    why = visit.answer("why")
    if len(why) < 5:
        faults = {"why": "Enter why it needs no sending again, in a few words"}
        return _one_page(visit, item, faults, _readable(item.raw), 422)
    await _settle(visit, item, DISMISSED, why[:1000], Act.DISMISSED, item.person)
    return RedirectResponse(f"/refused?done={DISMISSED}", 303)


async def _item(visit: Visit) -> RefusedEvent:
    number = visit.request.path_params["number"]
    if number > _LAST_NUMBER:
        raise NotHere
    async with visit.parts.database.reading() as connection:
        item = await refusals.refused_event(connection, number)
    if item is None:
        raise NotHere
    return item


async def _settle(
    visit: Visit, item: RefusedEvent, state: str, note: str, act: Act, person: str
) -> None:
    """First on the broker, then settled: whatever happens in between, nothing is lost."""
    parts = visit.parts
    await parts.audit.record(visit.person, act, person, f"refused event {item.number}")
    async with parts.database.writing() as connection:
        await refusals.settle_refused(connection, item, state, note, parts.clock())
    parts.watch.expire()


def _one_page(
    visit: Visit, item: RefusedEvent, faults: Mapping[str, str], typed: str, status: int = 200
) -> Response:
    return page(
        visit, "refused_one.html.j2", status=status, item=item, raw=_readable(item.raw),
        typed=typed, faults=faults, why=visit.answer("why"), is_open=item.state == OPEN,
    )  # fmt: skip


def _readable(raw: bytes) -> str:
    try:
        return orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")


def _page_of(query: Mapping[str, str], total: int) -> tuple[int, int]:
    told = query.get("page", "")
    pages = max(-(-total // PAGE), 1)
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 6 else 1
    return min(max(number, 1), pages), pages

"""Refused events: each whole, with its reason; mended and sent again, or dismissed."""

import asyncio
from collections.abc import Mapping

import orjson
from starlette.responses import RedirectResponse, Response

from events.broker import BROKER_ERRORS
from events.publish import NotStoredError
from schemas.envelope import Event
from services.access.audit import Act
from services.access.roles import May
from services.assessment.resolution import person_of
from services.store import refused_events
from services.store.refused_events import DISMISSED, OPEN, SENT_AGAIN, RefusedEvent
from services.web.kit.pagination import PAGE, page_of
from services.web.kit.request import NotHere, Visit
from services.web.kit.routing import Doors
from services.web.kit.templates import page
from services.web.pages.refused_event_sending import mended

doors = Doors()

_LAST_NUMBER = 2**62
_ANSWER_SECONDS = 5.0


@doors.get("/refused", May.SEE_REFUSED)
async def refused(visit: Visit) -> Response:
    """Refused events, newest first."""
    query = visit.request.query_params
    state = query.get("state", OPEN)
    if state not in (OPEN, SENT_AGAIN, DISMISSED):
        state = OPEN
    async with visit.parts.database.reading() as connection:
        found = await refused_events.refused_events(connection, state=state)
    number, pages = page_of(query, len(found))
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
        async with asyncio.timeout(_ANSWER_SECONDS):
            await visit.parts.send(typed.encode())
    except (NotStoredError, *BROKER_ERRORS):
        why = (
            "The message broker does not answer. Try again in a minute: sent twice, it counts once."
        )
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
        item = await refused_events.refused_event(connection, number)
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
        await refused_events.settle_refused(connection, item, state, note, parts.clock())
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

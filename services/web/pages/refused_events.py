"""Refused events: each as it was received and why; corrected and sent again, or dismissed."""

import asyncio
from collections.abc import Mapping

import orjson
from starlette.responses import RedirectResponse, Response

from events.broker import BROKER_ERRORS
from events.publish import NotStoredError, sent_as_before
from events.wire import Message
from schemas.envelope import Event
from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.resolution import person_of
from services.store import refused_events
from services.store.refused_events import DISMISSED, OPEN, SENT_AGAIN, RefusedEvent
from services.store.restrictions import hidden_from
from services.web.kit.pagination import PAGE_SIZE, page_number
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.pages.refused_event_sending import corrected

routes = Routes()

_LAST_NUMBER = 2**62
"""The highest number of a refused event: the databases compare no larger integer."""

_ANSWER_SECONDS = 5.0


@routes.get("/refused", Permission.SEE_REFUSED)
async def refused(request: PageRequest) -> Response:
    """Refused events, newest first."""
    query = request.http.query_params
    state = query.get("state", OPEN)
    if state not in (OPEN, SENT_AGAIN, DISMISSED):
        state = OPEN
    async with request.app.database.reading() as connection:
        scope = request.user.scope(request.permission)
        total = await refused_events.count_refused(connection, state, scope)
        number, pages = page_number(query, total)
        shown = await refused_events.listed_refused(
            connection, state=state, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE, scope=scope
        )
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="refused events")
    return page(
        request, "refused.html.j2", shown=shown, total=total, state=state, number=number,
        pages=pages, done=query.get("done", ""),
    )  # fmt: skip


@routes.get("/refused/{number:int}", Permission.SEE_REFUSED)
async def one_refused(request: PageRequest) -> Response:
    """One refused event, as it was received, and what is wrong with it."""
    item = await _item(request)
    await request.app.audit.record(
        request.user, Act.SAW_REFUSED, item.person, f"refused event {item.number}"
    )
    return _one_page(request, item, {}, _readable(item.raw))


@routes.post("/refused/{number:int}/send", Permission.MEND_REFUSED)
async def send_again(request: PageRequest) -> Response:
    """Send a corrected event again. Where it would be refused again, the page says so instead."""
    item = await _item(request)
    typed = request.form_value("raw")
    event = corrected(item, typed)
    if not isinstance(event, Event):
        return _one_page(request, item, {"raw": event}, typed, 422)
    person = person_of(request.app.policy, event.source, event.subject) if event.subject else ""
    as_it_came = Message(item.raw, item.headers, item.broker_subject)
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            await request.app.send(sent_as_before(typed.encode(), as_it_came))
    except (NotStoredError, *BROKER_ERRORS):
        why = (
            "The message broker does not answer. Try again in a minute: sent twice, it counts once."
        )
        return _one_page(request, item, {"raw": why}, typed, 503)
    await _settle(request, item, SENT_AGAIN, "mended and sent again", Act.SENT_AGAIN, person)
    return RedirectResponse(f"/refused?done={SENT_AGAIN}", 303)


@routes.post("/refused/{number:int}/dismiss", Permission.MEND_REFUSED)
async def dismiss(request: PageRequest) -> Response:
    """Dismiss a refused event that need not be sent again; it is kept, with the reason."""
    item = await _item(request)
    why = request.form_value("why")
    if len(why) < 5:
        faults = {"why": "Enter why it needs no sending again, in a few words"}
        return _one_page(request, item, faults, _readable(item.raw), 422)
    await _settle(request, item, DISMISSED, why[:1000], Act.DISMISSED, item.person)
    return RedirectResponse(f"/refused?done={DISMISSED}", 303)


async def _item(request: PageRequest) -> RefusedEvent:
    number = request.http.path_params["number"]
    if number > _LAST_NUMBER:
        raise NotFound
    async with request.app.database.reading() as connection:
        item = await refused_events.refused_event(connection, number)
        hidden = await hidden_from(connection, request.user.scope(request.permission))
    if item is None or item.person in hidden:
        raise NotFound
    return item


async def _settle(
    request: PageRequest, item: RefusedEvent, state: str, note: str, act: Act, person: str
) -> None:
    """Settle a refused event.

    It is called once the broker has stored what was sent, so a failure in between loses nothing.
    """
    app = request.app
    await app.audit.record(request.user, act, person, f"refused event {item.number}")
    async with app.database.writing() as connection:
        await refused_events.settle_refused(connection, item, state, note, app.clock())


def _one_page(
    request: PageRequest,
    item: RefusedEvent,
    faults: Mapping[str, str],
    typed: str,
    status: int = 200,
) -> Response:
    return page(
        request, "refused_one.html.j2", status=status, item=item, raw=_readable(item.raw),
        typed=typed, faults=faults, why=request.form_value("why"), is_open=item.state == OPEN,
    )  # fmt: skip


def _readable(raw: bytes) -> str:
    try:
        return orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")

"""Digests: the archive as sent, who opened the links, and a preview for any day."""

from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

from pydantic_core import PydanticCustomError
from starlette.responses import HTMLResponse, Response

from schemas.days import london_day, read_day
from schemas.recipients import Recipient
from services.access.audit import Act
from services.access.roles import Permission, Role
from services.digests.render import render_html
from services.digests.send import preview
from services.digests.week import mail_title, week_of
from services.store import audit_log, mail_queue
from services.store.mail_queue import Delivery
from services.store.redaction import RESTRICTED, naming, redacted
from services.store.restrictions import hidden_from
from services.web.kit.pagination import PAGE_SIZE, page_number
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page

routes = Routes()

_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox "
    "allow-top-navigation-by-user-activation; frame-ancestors 'self'"
)
"""A mail is shown as it was sent, in a frame that can run no script."""

_LONGEST_AGO = timedelta(days=3 * 366)


@routes.get("/digests", Permission.SEE_DIGESTS)
async def digests(request: PageRequest) -> Response:
    """The archive: which digest went to whom and when, and who opened its link."""
    async with request.app.database.reading() as connection:
        found = await mail_queue.deliveries(connection)
        opened = await audit_log.opened(connection, Act.OPENED_DIGEST)
        since = await audit_log.kept_since(connection)
    listed = [item for item in found if _may_list(request, item)]
    number, pages = page_number(request.http.query_params, len(listed))
    shown = listed[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return page(
        request, "digests.html.j2", shown=shown, number=number, pages=pages, opened=opened,
        may_read=partial(_may_read, request), title=mail_title, audited_since=since,
        recipients=_recipients(request), today=london_day(request.app.clock()),
        names={item.id: item.name for item in request.app.directory.recipients.recipient},
    )  # fmt: skip


@routes.get("/digests/preview", Permission.SEE_DIGESTS)
async def previewed(request: PageRequest) -> Response:
    """A digest as it would be, or would have been, on a day; nothing is kept or sent."""
    query = request.http.query_params
    recipient = _recipient(request, query.get("recipient", ""))
    day, fault = _day(request, query.get("day", ""))
    return page(
        request, "digest.html.j2", heading=f"Preview for {recipient.name}", fault=fault,
        sent_at=None, message=f"/digests/preview/message?recipient={recipient.id}&day={day}",
        day=day, delivery=None,
    )  # fmt: skip


@routes.get("/digests/preview/message", Permission.SEE_DIGESTS)
async def previewed_message(request: PageRequest) -> Response:
    """The preview itself."""
    query = request.http.query_params
    recipient = _recipient(request, query.get("recipient", ""))
    day, _ = _day(request, query.get("day", ""))
    await request.app.audit.record(request.user, Act.PREVIEWED, detail=f"{recipient.id} {day}")
    mail_context = request.app.mail_context
    week = week_of(day, mail_context.policy.digest)
    digest = await preview(mail_context, week, recipient, request.user.readers)
    return _message(render_html(digest))


@routes.get("/digests/{week}/{recipient}", Permission.SEE_DIGESTS)
async def digest(request: PageRequest) -> Response:
    """One digest as it was sent."""
    delivery = await _delivery(request)
    return page(
        request, "digest.html.j2", heading=mail_title(delivery.week), fault="",
        sent_at=delivery.sent_at,
        message=f"/digests/{delivery.week}/{delivery.recipient}/message", day=None,
        delivery=delivery,
    )  # fmt: skip


@routes.get("/digests/{week}/{recipient}/message", Permission.SEE_DIGESTS)
async def digest_message(request: PageRequest) -> Response:
    """The mail itself."""
    delivery = await _delivery(request)
    detail = f"{delivery.week} {delivery.recipient}"
    await request.app.audit.record(request.user, Act.SAW_DIGEST, detail=detail)
    async with request.app.database.reading() as connection:
        raw = await mail_queue.message_of(connection, delivery) or b""
        hidden = await hidden_from(connection, request.user.scope(request.permission))
    if hidden and delivery.recipient not in request.user.digests:
        raw = redacted(raw, naming(hidden), RESTRICTED)
    message = message_from_bytes(raw, EmailMessage, policy=SMTP)
    body = message.get_body(("html", "plain"))
    return _message(body.get_content() if body else "")


def _message(html: str) -> Response:
    headers = {"Content-Security-Policy": _MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    # Links in the mail open in the whole window, since pages of this site refuse to be framed.
    return HTMLResponse(html.replace("<head>", '<head><base target="_top">', 1), headers=headers)


def _may_read(request: PageRequest, delivery: Delivery) -> bool:
    """The user's own digests; a chief officer, who sees every case, may read any."""
    user = request.user
    return delivery.recipient in user.digests or Role.CHIEF_OFFICER in user.roles


def _may_list(request: PageRequest, delivery: Delivery) -> bool:
    """Those that the user may read; an administrator sees that a digest was sent, not its text."""
    return _may_read(request, delivery) or Role.ADMINISTRATOR in request.user.roles


async def _delivery(request: PageRequest) -> Delivery:
    parameters = request.http.path_params
    async with request.app.database.reading() as connection:
        found = await mail_queue.deliveries(connection, parameters["week"])
    delivery = next((item for item in found if item.recipient == parameters["recipient"]), None)
    if delivery is None or not _may_read(request, delivery):
        raise NotFound
    return delivery


def _recipients(request: PageRequest) -> list[Recipient]:
    """The recipients whose digest the user may preview."""
    user = request.user
    everybody = request.app.directory.recipients.recipient
    if Role.CHIEF_OFFICER in user.roles:
        return list(everybody)
    return [item for item in everybody if item.id in user.digests]


def _recipient(request: PageRequest, id_: str) -> Recipient:
    found = next((item for item in _recipients(request) if item.id == id_), None)
    if found is None:
        raise NotFound
    return found


def _day(request: PageRequest, value: str) -> tuple[date, str]:
    """The day that was asked for, today where it cannot be read, and what was wrong with it."""
    today = london_day(request.app.clock())
    try:
        day = read_day(value)
    except PydanticCustomError:
        return today, "The day must be a date such as 2026-03-27; this is today’s."
    if not today - _LONGEST_AGO <= day <= today:
        return today, "The day must be within the last three years; this is today’s."
    return day, ""

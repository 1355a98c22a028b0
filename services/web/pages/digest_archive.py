"""Digests: the archive as sent, who opened the link, and a preview for any day."""

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
from services.access.roles import May, Role
from services.digests.render import render_html
from services.digests.send import preview
from services.digests.week import NOTICE, week_of
from services.store import audit_log, mail_queue
from services.store.mail_queue import Delivery
from services.web.kit.pagination import PAGE, page_of
from services.web.kit.request import NotHere, Visit
from services.web.kit.routing import Doors
from services.web.kit.templates import page

doors = Doors()

_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox "
    "allow-top-navigation-by-user-activation; frame-ancestors 'self'"
)
"""A mail is shown as it was sent, in a frame of its own that can run nothing."""

_YEARS = timedelta(days=3 * 366)


@doors.get("/digests", May.SEE_DIGESTS)
async def digests(visit: Visit) -> Response:
    """The archive: which digest went to whom and when, and who opened its link."""
    async with visit.parts.database.reading() as connection:
        found = await mail_queue.deliveries(connection)
        opened = await audit_log.opened(connection, Act.OPENED_DIGEST)
    listed = [item for item in found if _may_list(visit, item)]
    number, pages = page_of(visit.request.query_params, len(listed))
    shown = listed[(number - 1) * PAGE : number * PAGE]
    return page(
        visit, "digests.html.j2", shown=shown, number=number, pages=pages, opened=opened,
        may_read=partial(_may_read, visit),
        recipients=_recipients(visit), today=london_day(visit.parts.clock()),
        names={item.id: item.name for item in visit.parts.office.recipients.recipient},
    )  # fmt: skip


@doors.get("/digests/preview", May.SEE_DIGESTS)
async def previewed(visit: Visit) -> Response:
    """A digest as it would be, or would have been, on a day; nothing is kept or sent."""
    query = visit.request.query_params
    recipient = _recipient(visit, query.get("recipient", ""))
    day, fault = _day(visit, query.get("day", ""))
    return page(
        visit, "digest.html.j2", heading=f"Preview for {recipient.name}", fault=fault, sent_at=None,
        message=f"/digests/preview/message?recipient={recipient.id}&day={day}",
        day=day, delivery=None,
    )  # fmt: skip


@doors.get("/digests/preview/message", May.SEE_DIGESTS)
async def previewed_message(visit: Visit) -> Response:
    """The preview itself."""
    query = visit.request.query_params
    recipient = _recipient(visit, query.get("recipient", ""))
    day, _ = _day(visit, query.get("day", ""))
    await visit.parts.audit.record(visit.person, Act.PREVIEWED, detail=f"{recipient.id} {day}")
    office = visit.parts.office
    digest = await preview(office, week_of(day, office.policy.digest), recipient)
    return _message(render_html(digest))


@doors.get("/digests/{week}/{recipient}", May.SEE_DIGESTS)
async def digest(visit: Visit) -> Response:
    """One digest as it was sent."""
    delivery = await _delivery(visit)
    told = f"{delivery.week} {delivery.recipient}"
    await visit.parts.audit.record(visit.person, Act.SAW_DIGEST, detail=told)
    return page(
        visit, "digest.html.j2", heading=_title(delivery), fault="", sent_at=delivery.sent_at,
        message=f"/digests/{delivery.week}/{delivery.recipient}/message", day=None,
        delivery=delivery,
    )  # fmt: skip


@doors.get("/digests/{week}/{recipient}/message", May.SEE_DIGESTS)
async def digest_message(visit: Visit) -> Response:
    """The mail itself."""
    delivery = await _delivery(visit)
    async with visit.parts.database.reading() as connection:
        raw = await mail_queue.message_of(connection, delivery)
    message = message_from_bytes(raw or b"", EmailMessage, policy=SMTP)
    body = message.get_body(("html", "plain"))
    return _message(body.get_content() if body else "")


def _message(html: str) -> Response:
    headers = {"Content-Security-Policy": _MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    # A link in the mail leads the whole window on, not the frame: our pages stand in none.
    return HTMLResponse(html.replace("<head>", '<head><base target="_top">', 1), headers=headers)


def _title(delivery: Delivery) -> str:
    if f"{NOTICE}silence" in delivery.week:
        return "Alarm of a silent feed"
    if NOTICE in delivery.week:
        return "Notice of what is unlawful"
    return f"Digest of {delivery.week}"


def _may_read(visit: Visit, delivery: Delivery) -> bool:
    """One's own; a chief officer, whose sight is everything, any."""
    person = visit.person
    return delivery.recipient in person.digests or Role.CHIEF_OFFICER in person.roles


def _may_list(visit: Visit, delivery: Delivery) -> bool:
    """An administrator sees that a digest went, not what it said."""
    return _may_read(visit, delivery) or Role.ADMINISTRATOR in visit.person.roles


async def _delivery(visit: Visit) -> Delivery:
    told = visit.request.path_params
    async with visit.parts.database.reading() as connection:
        found = await mail_queue.deliveries(connection, told["week"])
    delivery = next((item for item in found if item.recipient == told["recipient"]), None)
    if delivery is None or not _may_read(visit, delivery):
        raise NotHere
    return delivery


def _recipients(visit: Visit) -> list[Recipient]:
    """Whose digest the visitor may preview."""
    person = visit.person
    everybody = visit.parts.office.recipients.recipient
    if Role.CHIEF_OFFICER in person.roles:
        return list(everybody)
    return [item for item in everybody if item.id in person.digests]


def _recipient(visit: Visit, id_: str) -> Recipient:
    found = next((item for item in _recipients(visit) if item.id == id_), None)
    if found is None:
        raise NotHere
    return found


def _day(visit: Visit, told: str) -> tuple[date, str]:
    """The day that was asked for, today where it cannot be read, and what was wrong with it."""
    today = london_day(visit.parts.clock())
    try:
        day = read_day(told)
    except PydanticCustomError:
        return today, "The day must be a date such as 2026-03-27; this is today’s."
    if not today - _YEARS <= day <= today:
        return today, "The day must be within the last three years; this is today’s."
    return day, ""

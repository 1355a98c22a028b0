"""Sending a week's digests: made once, each claimed before it goes, each once per recipient.

A claim is a row with a lease. Whoever dies with it loses it when the lease runs out, and the next
sends the same mail, with the same Message-ID, as it was first written.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from uuid import uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import plain_day
from schemas.digest import Digest
from schemas.policy import Policy
from schemas.recipients import Administrator, Recipient, Recipients
from services.access.scope import scope_of
from services.access.staff_directory import recipients_now
from services.digests.compose import compose
from services.digests.gather import gather
from services.digests.links import Links
from services.digests.mail import Attachment, MailError, Transport, build_message, message_id
from services.digests.mail_memory import MailMemory, NoMailMemory
from services.digests.render import render_html, render_text
from services.digests.report import make_report
from services.digests.week import Week
from services.oversight.comparators import definition as comparators
from services.oversight.comparators.definition import Comparator
from services.oversight.measures.definition import Measure, shipped
from services.oversight.measures.measured import to_keep
from services.store import mail_queue, measure_figures, weekly_reports
from services.store.database import Database
from services.store.locks import lock
from services.store.mail_queue import DUE, FAILED, SENDING, SENT, Delivery

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
SIDE_BY_SIDE = 8
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=1)
_GIVE_UP_AFTER = 100
"""Attempts: about four days."""


@dataclass(frozen=True, slots=True)
class MailContext:
    """What making and sending mail needs: the store, the policy, the recipients and a mail server.

    `sender` is the From address; `clock` gives the present time in UTC; `memory` remembers what was
    handed over, also where the store is restored.
    """

    database: Database
    policy: Policy
    recipients: Recipients
    transport: Transport
    links: Links
    sender: str
    clock: Callable[[], datetime]
    memory: MailMemory = field(default_factory=NoMailMemory)
    measures: tuple[Measure, ...] = field(default_factory=shipped)
    comparators: tuple[Comparator, ...] = field(default_factory=comparators.shipped)

    async def everybody(self, connection: AsyncConnection) -> Recipients:
        """Whom there is to write to today: the file's, and the staff directory's."""
        return await recipients_now(connection, self.recipients, self.policy)


@dataclass(slots=True)
class SendCounts:
    """How many mails one round sent, put off until later, and gave up."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0


async def make_week(context: MailContext, week: Week, missing: Sequence[str] = ()) -> bool:
    """Make a week's report and every recipient's digest, in one transaction.

    Returns whether it was made now; a week that was made stays as it is.
    """
    now = context.clock()
    try:
        async with context.database.writing() as connection:
            await lock(connection, [f"report\x1f{week.name}"])
            if await weekly_reports.report_of(connection, week.name):
                return False
            report = await make_report(connection, context.policy, week, now, list(missing))
            everybody = await context.everybody(connection)
            inputs = await gather(
                connection, context.policy, report, context.measures, everybody, context.comparators
            )
            await weekly_reports.keep_report(connection, report)
            kept = to_keep(report.week, report.as_of, inputs.measures)
            await measure_figures.keep(connection, kept)
            notes = (*_late(week, now), *await _never_made(connection, week))
            for recipient in everybody.recipient:
                digest = await compose(connection, inputs, recipient, context.links, notes, now)
                await mail_queue.add_delivery(
                    connection, _delivery(context, week, recipient, digest)
                )
    except IntegrityError:
        return False
    return True


async def preview(
    context: MailContext, week: Week, recipient: Recipient, readers: frozenset[str] | None = None
) -> Digest:
    """One recipient's digest as it would be made now; nothing is stored or sent.

    Where it is shown to somebody else, `readers` are their ids: whoever is hidden from them is left
    out as well.
    """
    scope = scope_of(recipient)
    if readers is not None:
        scope = replace(scope, readers=readers, on_behalf_of=scope.readers)
    now = context.clock()
    async with context.database.reading() as connection:
        report = await make_report(connection, context.policy, week, now, [])
        everybody = await context.everybody(connection)
        inputs = await gather(
            connection, context.policy, report, context.measures, everybody, context.comparators
        )
        return await compose(connection, inputs, recipient, context.links, (), now, scope)


async def send_due(context: MailContext) -> SendCounts:
    """Send the mails that are due and not claimed by another process, `SIDE_BY_SIDE` at once.

    A mail that is refused, or that hangs, does not delay the others.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    counts = SendCounts()
    async with context.database.reading() as connection:
        waiting = await mail_queue.deliveries(connection, states=[DUE, SENDING])
    room = asyncio.Semaphore(SIDE_BY_SIDE)

    async def claim_and_send(delivery: Delivery) -> None:
        async with room:
            now = context.clock()
            async with context.database.writing() as connection:
                claimed = await mail_queue.claim(connection, delivery, holder, now, now + LEASE)
            if claimed:
                await _send(context, delivery, holder, counts)

    ended = await asyncio.gather(*map(claim_and_send, waiting), return_exceptions=True)
    for error in ended:
        if isinstance(error, BaseException):
            raise error
    return counts


async def _send(context: MailContext, delivery: Delivery, holder: str, counts: SendCounts) -> None:
    async with context.database.reading() as connection:
        kept = await mail_queue.message_of(connection, delivery)
    message = message_from_bytes(kept or b"", EmailMessage, policy=SMTP)
    if message["To"] != delivery.address:
        message.replace_header("To", delivery.address)
    update: dict[str, object]
    try:
        # A store that was restored may take it for due although it went.
        if not await context.memory.was_handed_over(delivery.message_id):
            await context.transport.send(message, delivery.address)
            await context.memory.remember(delivery.message_id)
    except MailError as error:
        attempts = delivery.attempts + 1
        if error.permanent or attempts >= _GIVE_UP_AFTER:
            update = {"state": FAILED, "error": str(error)}
            counts.failed += 1
        else:
            wait = min(_LONGEST_RETRY, _FIRST_RETRY * 2 ** min(attempts - 1, 10))
            update = {"state": DUE, "error": str(error), "next_attempt_at": context.clock() + wait}
            counts.put_off += 1
        log.warning("The digest %s was not taken: %s", delivery.message_id, error)
    else:
        update = {"state": SENT, "sent_at": context.clock(), "error": None}
        counts.sent += 1
    async with context.database.writing() as connection:
        await mail_queue.settle_delivery(connection, delivery, holder, **update)


async def _never_made(connection: AsyncConnection, week: Week) -> tuple[str, ...]:
    """The note that says for how many weeks no report was made; none where there was one."""
    made = [
        item.as_of
        for item in await weekly_reports.reports_made(connection)
        if item.as_of < week.day
    ]
    weeks = (week.day - made[-1]).days // 7 - 1 if made else 0
    if weeks < 1:
        return ()
    missed = "One week's report was" if weeks == 1 else f"The reports of {weeks} weeks were"
    return (f"{missed} never made; last week here means {plain_day(made[-1])}.",)


def _delivery(context: MailContext, week: Week, recipient: Recipient, digest: Digest) -> Delivery:
    html, text = render_html(digest), render_text(digest)
    return delivery_of(context, week.name, recipient, digest.subject, html, text, digest.made_at)


def delivery_of(
    context: MailContext,
    name: str,
    recipient: Recipient | Administrator,
    subject: str,
    html: str,
    text: str,
    at: datetime,
    attached: Sequence[Attachment] = (),
) -> Delivery:
    """A mail that is due: a week's digest, or a notice, by its name."""
    id_ = message_id(name, recipient.id, context.sender)
    mail = build_message(
        sender=context.sender,
        address=recipient.address,
        subject=subject,
        html=html,
        text=text,
        id_=id_,
        at=at,
        attached=attached,
    )
    return Delivery(
        week=name,
        recipient=recipient.id,
        state=DUE,
        address=recipient.address,
        message_id=id_,
        message=mail.as_bytes(),
        attempts=0,
        next_attempt_at=None,
        sent_at=None,
        error=None,
    )


def _late(week: Week, now: datetime) -> tuple[str, ...]:
    """The note of a digest that is made after its deadline; none where it is in time."""
    if now <= week.deadline + timedelta(hours=1):
        return ()
    return (
        (
            f"This digest was due on {plain_day(week.day)} and could not be made then; it was made "
            f"up on {plain_day(now.date())}, as of {plain_day(week.day)}, with what is known now."
        ),
    )

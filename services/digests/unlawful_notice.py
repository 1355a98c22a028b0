"""Same-day notices: an unlawful red is mailed to each escalation step on the day it is known."""

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from events.stream import Lag
from schemas.days import london_day
from schemas.digest import Notice
from schemas.recipients import Recipient
from schemas.status import Rag, Reason
from schemas.weeks import week_name
from services.access.scope import scope_of
from services.assessment.escalation import STEPS
from services.digests.case_lines import case_line, reference_of
from services.digests.render import render_notice
from services.digests.send import MailContext, delivery_of
from services.digests.week import NOTICE
from services.oversight.cases import Case, cases_listed, view_of
from services.oversight.tracked import counted, tracked_concerns
from services.store import mail_queue, notified, published, timelines
from services.store.case_filter import Filter
from services.store.locks import lock
from services.store.marks import mark, set_mark
from services.store.restrictions import hidden_from
from services.store.scope import EVERYTHING

log = logging.getLogger(__name__)

_CATCHING_UP = timedelta(minutes=30)
"""How long a notice waits while a backlog is worked through, so that one mail holds them all."""


class UnlawfulRed(NamedTuple):
    """An unlawful red, and the source and id of the event that began it."""

    case: Case
    begun: tuple[str, str]


_FIRST_DIGEST = "first digest"
"""Stands in place of a notice, where the first digest of a recipient tells a red."""


async def never_written_to(context: MailContext) -> list[Recipient]:
    """The senior recipients who were never written to from here, and whose reds still stand."""
    async with context.database.reading() as connection:
        senior = await _senior(connection, context)
        written_to = await mail_queue.written_to(connection, [item.id for item in senior])
        return [
            item
            for item in senior
            if item.id not in written_to and await mark(connection, _known_to(item)) is None
        ]


async def leave_to_first_digest(context: MailContext, recipients: Sequence[Recipient]) -> None:
    """Leave the unlawful reds that stand to these recipients' first digest.

    What a council brings along when it begins, or a new manager finds, is no news of the day.
    """
    now = context.clock()
    async with context.database.writing() as connection:
        await lock(connection, ["notices"])
        reds, notified_before = await _unlawful_reds(connection, context, now)
        for recipient in recipients:
            standing = await _not_notified(connection, reds, recipient, notified_before)
            if standing:
                await notified.keep_notified(
                    connection, {_notified(item, recipient) for item in standing}, _FIRST_DIGEST
                )
            await set_mark(connection, _known_to(recipient), now.isoformat())


def _known_to(recipient: Recipient) -> str:
    """The mark that says what of a recipient's was left to their first digest."""
    return f"first digest {recipient.id}"


async def notify(
    context: MailContext,
    lag_now: Callable[[], Awaitable[Lag | None]],
    but: Collection[str] = (),
) -> int:
    """Make the notices that are due, `but` not for some recipients; returns how many.

    They are put into the mail queue.
    """
    now = context.clock()
    async with context.database.reading() as connection:
        reds, notified_before = await _unlawful_reds(connection, context, now)
        senior = [item for item in await _senior(connection, context) if item.id not in but]
        pending = [
            await _not_notified(connection, reds, recipient, notified_before)
            for recipient in senior
        ]
    if not any(pending):
        return 0
    lag = await lag_now()
    if lag is not None and lag.total and await _catching_up(context, reds, now):
        return 0
    return await _make(context, now, but)


async def _unlawful_reds(
    connection: AsyncConnection, context: MailContext, now: datetime
) -> tuple[list[UnlawfulRed], set[notified.NotifiedOf]]:
    """The unlawful reds of today, and the notifications that were sent of them."""
    reds = await _with_events(connection, await _unlawful(connection, context, now))
    return reds, await notified.notified_of(connection, {item.begun[1] for item in reds})


async def _catching_up(context: MailContext, reds: list[UnlawfulRed], now: datetime) -> bool:
    """Whether all became known so lately that the broker's backlog may hold more of them."""
    async with context.database.reading() as connection:
        before = await published.last_published(connection, {w.case.person for w in reds})
    keys = {item.case.key for item in reds}
    known = [item.known_at for item in before if (item.person, item.concern) in keys]
    return all(now - moment < _CATCHING_UP for moment in known)


async def _make(context: MailContext, now: datetime, but: Collection[str]) -> int:
    """Make every recipient's notice in one transaction; a lock keeps it to one scheduler."""
    name = f"{week_name(london_day(now))}{NOTICE}{now:%m%dT%H%M%SZ}"
    made = 0
    async with context.database.writing() as connection:
        await lock(connection, ["notices"])
        reds, notified_before = await _unlawful_reds(connection, context, now)
        for recipient in await _senior(connection, context):
            pending = await _not_notified(connection, reds, recipient, notified_before)
            if not pending or recipient.id in but:
                continue
            notice = _notice(context, name, recipient, pending, now)
            html, text = render_notice(notice)
            await mail_queue.add_delivery(
                connection,
                delivery_of(context, name, recipient, notice.subject, html, text, now),
            )
            await notified.keep_notified(
                connection, {_notified(item, recipient) for item in pending}, name
            )
            made += 1
    log.info("%d notices of unlawful reds were made", made)
    return made


async def _unlawful(connection: AsyncConnection, context: MailContext, now: datetime) -> list[Case]:
    """Unlawful reds of today that have climbed: those dated before the policy's start have not."""
    tracked = await tracked_concerns(connection, context.policy)
    view = view_of(EVERYTHING, london_day(now), tracked=counted(tracked))
    found = await cases_listed(connection, view, Filter(rag=Rag.RED, unlawful=True), "case")
    return [case for case in found if case.step is not None]


async def _senior(connection: AsyncConnection, context: MailContext) -> list[Recipient]:
    everybody = await context.everybody(connection)
    return [item for item in everybody.recipient if item.role in STEPS]


async def _not_notified(
    connection: AsyncConnection,
    reds: list[UnlawfulRed],
    recipient: Recipient,
    notified_before: set[notified.NotifiedOf],
) -> list[UnlawfulRed]:
    scope = scope_of(recipient)
    hidden = await hidden_from(connection, scope)
    return [
        item
        for item in reds
        if scope.sees(item.case)
        and item.case.person not in hidden
        and _notified(item, recipient) not in notified_before
    ]


def _notified(item: UnlawfulRed, recipient: Recipient) -> notified.NotifiedOf:
    return (*item.begun, item.case.concern.value, recipient.id)


async def _with_events(connection: AsyncConnection, cases: list[Case]) -> list[UnlawfulRed]:
    """Each case with the event that began what is unlawful, as its worst reason names it first."""
    reasons = await timelines.reasons_of(
        connection, {(case.person, case.concern, case.period) for case in cases}
    )
    return [
        UnlawfulRed(case, _begun(case, reasons.get((*case.key, case.period), ()))) for case in cases
    ]


def _begun(case: Case, reasons: Iterable[Reason]) -> tuple[str, str]:
    for reason in reasons:
        for event in reason.facts.get("events", ()):
            return event["source"], event["id"]
    return "", f"{case.person} {case.since}"


def _notice(
    context: MailContext, name: str, recipient: Recipient, reds: list[UnlawfulRed], now: datetime
) -> Notice:
    links = context.links.within(name, recipient.id)
    return Notice(
        council=context.policy.council,
        on=london_day(now),
        recipient=recipient,
        items=tuple(
            case_line(item.case, reference_of(item.case.person, recipient, links)) for item in reds
        ),
        overview=links.overview(),
    )

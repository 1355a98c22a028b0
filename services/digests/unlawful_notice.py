"""Same-day notices: an unlawful red goes to everybody on the ladder on the day it is known."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from events.stream import Lag
from schemas.days import london_day
from schemas.digest import CaseLine, Notice
from schemas.recipients import Recipient
from services.access.scope import sight_of
from services.digests.action_lines import action_lines
from services.digests.links import Links
from services.digests.render import render_notice
from services.digests.send import Office, delivery_of
from services.digests.week import NOTICE, week_name
from services.oversight.board import Case, case_of
from services.oversight.escalation import LADDER
from services.oversight.statuses import tracked_concerns
from services.store import mail_queue, notified, published, timelines
from services.store.locks import lock
from services.store.timelines import Document

log = logging.getLogger(__name__)

_CATCHING_UP = timedelta(minutes=30)
"""For how long a notice waits while a backlog is worked through: one mail is better than fifty."""

Unlawful = list[tuple[Case, Document]]


async def notify(office: Office, lag_now: Callable[[], Awaitable[Lag | None]]) -> int:
    """Make the notices that are due; returns how many. They go with whatever mail is due."""
    now = office.clock()
    async with office.database.reading() as connection:
        waiting = await _unlawful(connection, office, now)
        told = await notified.notified_of(connection, {_begun(case)[1] for case, _ in waiting})
    if not any(_untold(waiting, recipient, told) for recipient in _ladder(office)):
        return 0
    lag = await lag_now()
    if lag is not None and lag.total and await _catching_up(office, waiting, now):
        return 0
    return await _make(office, now)


async def _catching_up(office: Office, waiting: Unlawful, now: datetime) -> bool:
    """Whether all of it became known so lately that a backlog may hold more of the kind."""
    async with office.database.reading() as connection:
        told = await published.last_told(connection, {c.status.person for c, _ in waiting})
    keys = {case.key for case, _ in waiting}
    known = [item.known_at for item in told if (item.person, item.concern) in keys]
    return all(now - moment < _CATCHING_UP for moment in known)


async def _make(office: Office, now: datetime) -> int:
    """Every recipient's notice in one transaction; of two schedulers one makes it."""
    name = f"{week_name(london_day(now))}{NOTICE}{now:%m%dT%H%M%SZ}"
    made = 0
    async with office.database.writing() as connection:
        await lock(connection, ["notices"])
        waiting = await _unlawful(connection, office, now)
        told = await notified.notified_of(connection, {_begun(case)[1] for case, _ in waiting})
        for recipient in _ladder(office):
            untold = _untold(waiting, recipient, told)
            if not untold:
                continue
            notice = _notice(office, name, recipient, untold, now)
            html, text = render_notice(notice)
            await mail_queue.add_delivery(
                connection,
                delivery_of(office, name, recipient, notice.subject, html, text, now),
            )
            await notified.keep_notified(
                connection, {_told(case, recipient) for case, _ in untold},
                name,
            )  # fmt: skip
            made += 1
    log.info("%d notices of unlawful reds were made", made)
    return made


async def _unlawful(connection: AsyncConnection, office: Office, now: datetime) -> Unlawful:
    """Unlawful reds of today that have climbed: those dated before the policy's start have not."""
    today = london_day(now)
    tracked = await tracked_concerns(connection, office.policy)
    found = await timelines.unlawful_on(connection, today)
    people = {person for person, _ in found}
    facts = await timelines.facts_of(connection, people)
    known = {(t.person, t.concern): t for t in await published.last_told(connection, people)}
    cases = []
    for person, period in found:
        if person in facts and tracked[period.concern]:
            told = known.get((person, period.concern))
            case = case_of(person, period, facts[person], told, today, office.policy)
            if case.climbed is not None:
                cases.append((case, facts[person]))
    return cases


def _ladder(office: Office) -> list[Recipient]:
    return [item for item in office.recipients.recipient if item.role in LADDER]


def _untold(waiting: Unlawful, recipient: Recipient, told: set[notified.NotifiedOf]) -> Unlawful:
    sight = sight_of(recipient)
    return [
        (case, facts)
        for case, facts in waiting
        if sight.sees(case.status) and _told(case, recipient) not in told
    ]


def _told(case: Case, recipient: Recipient) -> notified.NotifiedOf:
    return (*_begun(case), case.status.concern.value, recipient.id)


def _begun(case: Case) -> tuple[str, str]:
    """The event that began what is unlawful, as the worst of its reasons names it first."""
    for reason in case.status.reasons:
        for event in reason.facts.get("events", ()):
            return event["source"], event["id"]
    return "", f"{case.status.person} {case.status.since}"


def _notice(
    office: Office, name: str, recipient: Recipient, cases: Unlawful, now: datetime
) -> Notice:
    links = office.links.within(name, recipient.id)
    shown = recipient.shows == "cases"
    return Notice(
        council=office.policy.council,
        on=london_day(now),
        recipient=recipient,
        items=tuple(_line(case, facts, links, shown=shown) for case, facts in cases),
        overview=links.overview(),
    )


def _line(case: Case, facts: Document, links: Links, *, shown: bool) -> CaseLine:
    status = case.status
    return CaseLine(
        reference=status.person if shown else None,
        link=links.page(status.person) if shown else None,
        case_link=links.case(status.person) if shown else None,
        concern=status.concern,
        reason=case.reason,
        unlawful=True,
        since=status.since,
        at_least=status.since_basis == "at_least",
        weeks_red=case.weeks,
        weeks_not_green=(case.day - (status.not_green_since or status.since)).days // 7,
        actions=action_lines(case.actions, facts, case.day),
    )

"""Weekly reports as they were made, and digests as they were sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, func, insert, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag, Reason
from services.store.columns import among
from services.store.tables import digests, notified, reported, reports
from services.store.timelines import reason_of

DUE, SENDING, SENT, FAILED = "due", "sending", "sent", "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """One week's report: `missing` is what it went without, `unknown` what was not known."""

    week: str
    as_of: date
    due_at: datetime
    made_at: datetime
    tracked: list[str]
    missing: list[str]
    unknown: list[str]
    policy: str
    version: str


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report said of one young person and concern, and whose case it was."""

    person: str
    concern: Concern
    rag: Rag
    rule_rag: Rag
    statutory: str | None
    since: date
    since_basis: str
    not_green_since: date | None
    reasons: tuple[Reason, ...]
    override: Mapping[str, Any] | None
    team: str | None
    service: str | None
    personal_adviser: str | None
    social_worker: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One recipient's digest on its way. `state` is due, sending, sent or failed."""

    week: str
    recipient: str
    state: str
    address: str
    message_id: str
    message: bytes | None
    attempts: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    error: str | None


_REPORT = [reports.c[name] for name in Report.__slots__]
_NO_MESSAGE = null().label("message")
_DELIVERY = [digests.c[name] for name in Delivery.__slots__]


async def report_of(connection: AsyncConnection, week: str) -> Report | None:
    """The report of a week, if it was made."""
    row = (await connection.execute(select(*_REPORT).where(reports.c.week == week))).first()
    return Report(*row) if row else None


async def reports_made(connection: AsyncConnection) -> list[Report]:
    """Every report, oldest first."""
    rows = await connection.execute(select(*_REPORT))
    return sorted((Report(*row) for row in rows), key=lambda report: report.as_of)


async def last_report_day(connection: AsyncConnection) -> date | None:
    """The day of the newest report."""
    day: date | None = await connection.scalar(select(func.max(reports.c.as_of)))
    return day


async def keep_report(
    connection: AsyncConnection, report: Report, statuses: Sequence[Reported]
) -> None:
    """Keep a week's report, for good.

    Raises:
        IntegrityError: another made it first.
    """
    await connection.execute(
        insert(reports).values({name: getattr(report, name) for name in Report.__slots__})
    )
    rows = [
        {
            "week": report.week,
            **{name: getattr(item, name) for name in Reported.__slots__},
            "concern": item.concern.value,
            "rag": item.rag.value,
            "rule_rag": item.rule_rag.value,
            "reasons": [reason.as_json() for reason in item.reasons],
        }
        for item in statuses
    ]
    if rows:
        await connection.execute(insert(reported), rows)


async def reported_in(connection: AsyncConnection, week: str) -> list[Reported]:
    """What a week's report said, sorted by person, then concern."""
    rows = await connection.execute(
        select(*[reported.c[name] for name in Reported.__slots__]).where(reported.c.week == week)
    )
    found = [_reported(row) for row in rows]
    return sorted(found, key=lambda item: (item.person, item.concern))


async def reported_of_person(
    connection: AsyncConnection, names: Collection[str]
) -> list[tuple[date, Reported]]:
    """What leaders were told each week of one young person, by all their names, newest first."""
    rows = await connection.execute(
        select(reports.c.as_of, *[reported.c[name] for name in Reported.__slots__])
        .join(reports, reports.c.week == reported.c.week)
        .where(among(reported.c.person, names))
    )
    found = [(row.as_of, _reported(row)) for row in rows]
    return sorted(found, key=lambda item: (item[0], item[1].concern), reverse=True)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many a report said of one colour, concern and owner."""

    concern: Concern
    rag: Rag
    team: str | None
    service: str | None
    personal_adviser: str | None
    social_worker: str | None
    many: int


async def tallies(connection: AsyncConnection, week: str) -> list[Tally]:
    """What a week's report said, counted by colour and by whose the cases were then."""
    by = [reported.c[name] for name in Tally.__slots__ if name != "many"]
    rows = await connection.execute(
        select(*by, func.count()).where(reported.c.week == week).group_by(*by)
    )
    return [Tally(Concern(concern), Rag(rag), *rest) for concern, rag, *rest in rows]


async def deliveries(
    connection: AsyncConnection,
    week: str | None = None,
    *,
    states: Collection[str] | None = None,
    whole: bool = False,
) -> list[Delivery]:
    """Digests on their way or sent, newest week first; with their mails where `whole` is asked."""
    columns = _DELIVERY if whole else [_NO_MESSAGE if c.name == "message" else c for c in _DELIVERY]
    wanted = select(*columns)
    if week is not None:
        wanted = wanted.where(digests.c.week == week)
    if states is not None:
        wanted = wanted.where(digests.c.state.in_(states))
    rows = [Delivery(*row) for row in await connection.execute(wanted)]
    return sorted(rows, key=lambda item: (item.week, item.recipient), reverse=True)


async def message_of(connection: AsyncConnection, delivery: Delivery) -> bytes | None:
    """The mail of one digest."""
    message: bytes | None = await connection.scalar(
        select(digests.c.message).where(
            digests.c.week == delivery.week, digests.c.recipient == delivery.recipient
        )
    )
    return message


async def send_failed_again(
    connection: AsyncConnection, week: str, addresses: Mapping[str, str]
) -> None:
    """Make a week's failed digests due again, each to its recipient's address of today."""
    for recipient, address in sorted(addresses.items()):
        await connection.execute(
            update(digests)
            .where(
                digests.c.week == week,
                digests.c.recipient == recipient,
                digests.c.state == FAILED,
                digests.c.message.is_not(None),
            )
            .values(state=DUE, address=address, attempts=0, next_attempt_at=None)
        )


async def add_delivery(connection: AsyncConnection, delivery: Delivery) -> None:
    """Make a recipient's digest due."""
    await connection.execute(
        insert(digests).values({name: getattr(delivery, name) for name in Delivery.__slots__})
    )


NotifiedOf = tuple[str, str, str, str]
"""What was told: source and id of the event that began it, the concern, and the recipient."""


async def notified_of(connection: AsyncConnection, ids: Collection[str]) -> set[NotifiedOf]:
    """What was told on the day of what these events began, and to whom."""
    rows = await connection.execute(
        select(
            notified.c.source, notified.c.event_id, notified.c.concern, notified.c.recipient
        ).where(among(notified.c.event_id, ids))
    )
    return {(row.source, row.event_id, row.concern, row.recipient) for row in rows}


async def keep_notified(
    connection: AsyncConnection, told: Collection[NotifiedOf], notice: str
) -> None:
    """Remember what a notice told."""
    names = ("source", "event_id", "concern", "recipient")
    rows = [dict(zip(names, item, strict=True)) | {"notice": notice} for item in sorted(told)]
    await connection.execute(insert(notified), rows)


async def claim(
    connection: AsyncConnection, delivery: Delivery, holder: str, now: datetime, until: datetime
) -> bool:
    """Claim a digest for sending: only one holder gets it, until the lease runs out."""
    ready = and_(
        digests.c.state == DUE,
        or_(digests.c.next_attempt_at.is_(None), digests.c.next_attempt_at <= now),
    )
    abandoned = and_(digests.c.state == SENDING, digests.c.lease_until < now)
    changed = await connection.execute(
        update(digests)
        .where(
            digests.c.week == delivery.week,
            digests.c.recipient == delivery.recipient,
            or_(ready, abandoned),
        )
        .values(state=SENDING, holder=holder, lease_until=until, attempts=digests.c.attempts + 1)
    )
    return bool(changed.rowcount)


async def settle_delivery(
    connection: AsyncConnection, delivery: Delivery, holder: str, **told: Any
) -> None:
    """Say what became of a claimed digest; only its holder may."""
    await connection.execute(
        update(digests)
        .where(
            digests.c.week == delivery.week,
            digests.c.recipient == delivery.recipient,
            digests.c.holder == holder,
        )
        .values(lease_until=None, **told)
    )


def _reported(row: Row[Any]) -> Reported:
    return Reported(
        row.person,
        Concern(row.concern),
        Rag(row.rag),
        Rag(row.rule_rag),
        row.statutory,
        row.since,
        row.since_basis,
        row.not_green_since,
        tuple(reason_of(reason) for reason in row.reasons),
        row.override,
        row.team,
        row.service,
        row.personal_adviser,
        row.social_worker,
    )

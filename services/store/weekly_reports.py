"""Weekly reports as they were made, and what each said of each young person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag, Reason
from services.store.columns import among
from services.store.tables import reported, reports
from services.store.timelines import reason_of


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


_REPORT = [reports.c[name] for name in Report.__slots__]


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

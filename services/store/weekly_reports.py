"""Weekly reports, kept as they were made, with every case as it was reported."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Rag
from services.store.tables import cases, periods, reported, reported_counts, reports


@dataclass(frozen=True, slots=True)
class Report:
    """One week's report.

    `tracked` are the concerns that it counts. `missing` (what it was made without) and `unknown`
    (what was not known) are sentences.
    """

    week: str
    as_of: date
    due_at: datetime
    made_at: datetime
    tracked: list[str]
    missing: list[str]
    unknown: list[str]
    policy: str
    version: str


_REPORT = [reports.c[name] for name in Report.__slots__]


async def report_of(connection: AsyncConnection, week: str) -> Report | None:
    """The report of a week, if it was made."""
    row = (await connection.execute(select(*_REPORT).where(reports.c.week == week))).first()
    return Report(*row) if row else None


async def reports_made(connection: AsyncConnection) -> list[Report]:
    """Every report, oldest first."""
    rows = await connection.execute(select(*_REPORT))
    return sorted((Report(*row) for row in rows), key=lambda report: report.as_of)


async def last_before(connection: AsyncConnection, day: date) -> Report | None:
    """The newest report that was made as of an earlier day."""
    row = (
        await connection.execute(
            select(*_REPORT).where(reports.c.as_of < day).order_by(reports.c.as_of.desc()).limit(1)
        )
    ).first()
    return Report(*row) if row else None


async def keep_report(connection: AsyncConnection, report: Report) -> None:
    """Keep a week's report for good, with every case of its day as it is known now.

    Raises:
        IntegrityError: another made it first.
    """
    await connection.execute(
        insert(reports).values({name: getattr(report, name) for name in Report.__slots__})
    )
    columns = [
        literal(report.week),
        *(cases.c[name] for name in _OF_CASE),
        periods.c.reasons,
        periods.c.override,
    ]
    lines = (
        select(*columns)
        .join(
            periods,
            and_(
                periods.c.person == cases.c.person,
                periods.c.concern == cases.c.concern,
                periods.c.start == cases.c.period,
            ),
        )
        .where(
            cases.c.start <= report.as_of,
            cases.c.until > report.as_of,
            cases.c.rag != Rag.NONE.value,
        )
    )
    await connection.execute(
        insert(reported).from_select(["week", *_OF_CASE, "reasons", "override"], lines)
    )
    by = [reported.c[name] for name in ("week", "service", "team", "concern", "rag")]
    counts = select(*by, func.count()).where(reported.c.week == report.week).group_by(*by)
    await connection.execute(
        insert(reported_counts).from_select(
            ["week", "service", "team", "concern", "rag", "number"], counts
        )
    )


_OF_CASE = (
    "person", "concern", "rag", "rule_rag", "statutory", "since", "since_basis", "not_green_since",
    "team", "service", "personal_adviser", "social_worker",
    "reviewing_officer",
)  # fmt: skip

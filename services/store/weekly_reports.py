"""Weekly reports, kept as they were made, with every case as it was reported."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag, Reason
from services.store.columns import among
from services.store.scope import Scope, visible
from services.store.tables import cases, merged, periods, reported, reports
from services.store.timelines import reason_of
from services.store.view import View


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


@dataclass(frozen=True, slots=True)
class Reported:
    """One case as a report gave it, and whose case it was then."""

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


_OF_CASE = (
    "person", "concern", "rag", "rule_rag", "statutory", "since", "since_basis", "not_green_since",
    "team", "service", "personal_adviser", "social_worker",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportedConcerns:
    """A week's report by its name, and the concerns that it counted; of others it says nothing."""

    week: str
    tracked: tuple[str, ...]


def reported_concerns(report: Report) -> ReportedConcerns:
    """The concerns that a report counted."""
    return ReportedConcerns(report.week, tuple(report.tracked))


def reported_red(report: ReportedConcerns, *, scope: Scope | None = None) -> ColumnElement[bool]:
    """The condition that a case (`cases`) was reported as red by a week's report.

    Reports about somebody who was merged since count for their survivor. With `scope`, only cases
    that it covered then.
    """
    given = [
        reported.c.week == report.week,
        reported.c.concern == cases.c.concern,
        reported.c.concern.in_(report.tracked),
        reported.c.rag == Rag.RED.value,
    ]
    if scope is not None:
        given.append(scope.of(reported.c))
    formerly = and_(merged.c.survivor == cases.c.person, reported.c.person == merged.c.subject)
    return or_(
        exists().where(*given, reported.c.person == cases.c.person),
        exists().where(*given, formerly),
    )


async def reported_counts(
    connection: AsyncConnection, week: str, scope: Scope
) -> dict[tuple[Concern, Rag], int]:
    """How many cases of each concern and colour a week's report gave, of those in a scope then."""
    by = (reported.c.concern, reported.c.rag)
    rows = await connection.execute(
        select(*by, func.count()).where(reported.c.week == week, scope.of(reported.c)).group_by(*by)
    )
    return {(Concern(concern), Rag(rag)): number for concern, rag, number in rows}


@dataclass(frozen=True, slots=True)
class StoppedRed:
    """A case that a report gave as red and that is not red now; `person` is who it is now.

    Where they were merged into somebody `elsewhere`, whom the scope does not cover, `person` is
    whom the report gave: another team's reference is not shown.
    """

    person: str
    concern: Concern
    elsewhere: bool


async def no_longer_red(
    connection: AsyncConnection, week: str, view: View, limit: int
) -> list[StoppedRed]:
    """Cases in a scope that a week's report gave as red, and that are no red of the scope now."""
    now = func.coalesce(merged.c.survivor, reported.c.person)
    current = (
        select(cases.c.person)
        .where(
            cases.c.person == now,
            cases.c.concern == reported.c.concern,
            cases.c.rag == Rag.RED.value,
            cases.c.start <= view.day,
            cases.c.until > view.day,
            visible(cases.c.person, view.scope, view.today),
        )
        .exists()
    )
    elsewhere = and_(
        merged.c.survivor.is_not(None),
        ~visible(merged.c.survivor, view.scope, view.today),
    )
    shown = case((elsewhere, reported.c.person), else_=now)
    rows = await connection.execute(
        select(shown.label("person"), reported.c.concern, elsewhere.label("elsewhere"))
        .select_from(reported.outerjoin(merged, merged.c.subject == reported.c.person))
        .where(
            reported.c.week == week,
            reported.c.rag == Rag.RED.value,
            reported.c.concern.in_([concern.value for concern in view.tracked]),
            view.scope.of(reported.c),
            ~current,
        )
        .distinct()
        .order_by("person", reported.c.concern)
        .limit(limit)
    )
    return [StoppedRed(row.person, Concern(row.concern), bool(row.elsewhere)) for row in rows]


async def reported_cases(
    connection: AsyncConnection,
    week: str,
    scope: Scope,
    concern: Concern | None,
    rag: Rag | None,
    *,
    limit: int,
    offset: int,
) -> list[Reported]:
    """The cases of a week's report that a scope covered then, the longest not green first."""
    wanted = select(*[reported.c[name] for name in Reported.__slots__]).where(
        reported.c.week == week, scope.of(reported.c)
    )
    if concern is not None:
        wanted = wanted.where(reported.c.concern == concern.value)
    if rag is not None:
        wanted = wanted.where(reported.c.rag == rag.value)
    order = (func.coalesce(reported.c.not_green_since, reported.c.since), reported.c.person)
    rows = await connection.execute(wanted.order_by(*order).limit(limit).offset(offset))
    return [_reported(row) for row in rows]


async def reported_of_person(
    connection: AsyncConnection, names: Collection[str]
) -> list[tuple[date, Reported]]:
    """What each week's report gave of one young person, by all their names, newest first."""
    rows = await connection.execute(
        select(reports.c.as_of, *[reported.c[name] for name in Reported.__slots__])
        .join(reports, reports.c.week == reported.c.week)
        .where(among(reported.c.person, names))
    )
    found = [(row.as_of, _reported(row)) for row in rows]
    return sorted(found, key=lambda item: (item[0], item[1].concern), reverse=True)


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

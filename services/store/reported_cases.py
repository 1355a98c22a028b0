"""Cases as a week's report gave them, for whoever they belonged to then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag, Reason
from services.store.columns import among
from services.store.restrictions import hidden_from
from services.store.scope import Scope, not_hidden, visible
from services.store.tables import cases, merged, reported, reported_counts, reports
from services.store.timelines import reason_of
from services.store.view import View
from services.store.weekly_reports import Report


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
    reviewing_officer: str | None


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


async def counts_reported(
    connection: AsyncConnection, week: str, scope: Scope
) -> dict[tuple[Concern, Rag], int]:
    """How many cases of each concern and colour a week's report gave, of those in a scope then."""
    # Counts are kept by service and team; a caseload is small enough to be counted.
    table, number = (
        (reported, func.count())
        if scope.workers
        else (reported_counts, func.sum(reported_counts.c.number))
    )
    by = (table.c.concern, table.c.rag)
    rows = await connection.execute(
        select(*by, number).where(table.c.week == week, scope.of(table.c)).group_by(*by)
    )
    found = {(Concern(concern), Rag(rag)): int(many) for concern, rag, many in rows}
    for concern, rag in await _reported_of_hidden(connection, week, scope):
        found[concern, rag] = max(found.get((concern, rag), 0) - 1, 0)
    return found


async def _reported_of_hidden(
    connection: AsyncConnection, week: str, scope: Scope
) -> list[tuple[Concern, Rag]]:
    """What a report gave of young people who are restricted to others than the reader."""
    hidden = await hidden_from(connection, scope)
    rows = await connection.execute(
        select(reported.c.concern, reported.c.rag).where(
            reported.c.week == week, among(reported.c.person, hidden), scope.of(reported.c)
        )
    )
    return [(Concern(concern), Rag(rag)) for concern, rag in rows]


@dataclass(frozen=True, slots=True)
class StoppedRed:
    """A case that a report gave as red and that is not red now; `person` is who it is now.

    `rated_down` says that the rules still say red, and a manager's rating shows less.

    Where they were merged into somebody `elsewhere`, whom the scope does not cover, `person` is
    whom the report gave: another team's reference is not shown.
    """

    person: str
    concern: Concern
    elsewhere: bool
    rated_down: bool


async def no_longer_red(
    connection: AsyncConnection, week: str, view: View, limit: int | None = None
) -> list[StoppedRed]:
    """Cases in a scope that a week's report gave as red, and that are no red of the scope now."""
    elsewhere = and_(
        merged.c.survivor.is_not(None),
        ~visible(merged.c.survivor, view.scope, view.today),
    )
    shown = case((elsewhere, reported.c.person), else_=_NOW)
    rows = await connection.execute(
        select(
            shown.label("person"),
            reported.c.concern,
            elsewhere.label("elsewhere"),
            _is_so_now(view, cases.c.rated_down).label("rated_down"),
        )
        .select_from(_WITH_SURVIVORS)
        .where(
            reported.c.week == week,
            reported.c.rag == Rag.RED.value,
            reported.c.concern.in_([concern.value for concern in view.tracked]),
            view.scope.of(reported.c),
            not_hidden(reported.c.person, view.scope),
            ~_is_red(view),
        )
        .distinct()
        .order_by("person", reported.c.concern)
        .limit(limit)
    )
    return [
        StoppedRed(row.person, Concern(row.concern), bool(row.elsewhere), bool(row.rated_down))
        for row in rows
    ]


_NOW = func.coalesce(merged.c.survivor, reported.c.person)
"""Who the young person of a reported case is now."""

_WITH_SURVIVORS = reported.outerjoin(merged, merged.c.subject == reported.c.person)


def _is_red(view: View) -> ColumnElement[bool]:
    """The condition that a reported case is red now, and its young person one of the reader's."""
    return _is_so_now(view, cases.c.rag == Rag.RED.value)


def _is_so_now(view: View, so: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that something is so of a reported case now, which is one of the reader's."""
    return (
        select(cases.c.person)
        .where(
            cases.c.person == _NOW,
            cases.c.concern == reported.c.concern,
            so,
            cases.c.start <= view.day,
            cases.c.until > view.day,
            visible(cases.c.person, view.scope, view.today),
        )
        .exists()
    )


@dataclass(frozen=True, slots=True)
class ReportedFilter:
    """Which cases of a report are asked for.

    `stopped` are reds that are red no longer, `rated_down` those that are only rated down.
    """

    concern: Concern | None = None
    rag: Rag | None = None
    stopped: bool = False
    rated_down: bool = False


async def reported_cases(
    connection: AsyncConnection,
    week: str,
    view: View,
    wanted: ReportedFilter,
    *,
    limit: int,
    offset: int,
) -> list[tuple[Reported, str]]:
    """The cases of a week's report that a scope covered then, the longest not green first.

    With each, who the young person is now.
    """
    order = (func.coalesce(reported.c.not_green_since, reported.c.since), reported.c.person)
    rows = await connection.execute(
        select(*[reported.c[name] for name in Reported.__slots__], _NOW.label("now"))
        .select_from(_WITH_SURVIVORS)
        .where(*_wanted(week, view, wanted))
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    )
    return [(_reported(row), row.now) for row in rows]


async def count_reported(
    connection: AsyncConnection, week: str, view: View, wanted: ReportedFilter
) -> int:
    """How many cases of a week's report are asked for."""
    if not (wanted.stopped or wanted.rated_down):
        counts = await counts_reported(connection, week, view.scope)
        return sum(
            number
            for (concern, rag), number in counts.items()
            if wanted.concern in (None, concern) and wanted.rag in (None, rag)
        )
    statement = select(func.count()).select_from(_WITH_SURVIVORS)
    found = await connection.scalar(statement.where(*_wanted(week, view, wanted)))
    return int(found or 0)


def _wanted(week: str, view: View, wanted: ReportedFilter) -> list[ColumnElement[bool]]:
    found = [
        reported.c.week == week,
        view.scope.of(reported.c),
        not_hidden(reported.c.person, view.scope),
    ]
    if wanted.concern is not None:
        found.append(reported.c.concern == wanted.concern.value)
    if wanted.rag is not None:
        found.append(reported.c.rag == wanted.rag.value)
    if wanted.stopped or wanted.rated_down:
        rated_down = _is_so_now(view, cases.c.rated_down)
        found += [
            reported.c.rag == Rag.RED.value,
            ~_is_red(view),
            rated_down if wanted.rated_down else ~rated_down,
        ]
    return found


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


def _reported(row: Any) -> Reported:
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
        row.reviewing_officer,
    )

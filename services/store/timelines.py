"""The colours of each concern over time: a period is a run of days on which nothing changes."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Override, Period, Rag, Reason
from services.store.columns import FOR_GOOD, among
from services.store.tables import periods


async def periods_on(
    connection: AsyncConnection, day: date, names: Iterable[str] | None = None
) -> list[tuple[str, Period]]:
    """Every period that covers a day and applies, sorted by person, then concern."""
    wanted = select(periods).where(
        periods.c.start <= day, periods.c.until > day, periods.c.rag != Rag.NONE.value
    )
    if names is not None:
        wanted = wanted.where(among(periods.c.person, names))
    found = [(row.person, period_of(row)) for row in await connection.execute(wanted)]
    return sorted(found, key=lambda item: (item[0], item[1].concern))


async def beginning(connection: AsyncConnection, after: date, through: date) -> set[str]:
    """Whose periods begin after one day and by another: colours that change without an event."""
    rows = await connection.execute(
        select(periods.c.person).where(periods.c.start > after, periods.c.start <= through)
    )
    return set(rows.scalars())


async def reasons_of(
    connection: AsyncConnection, keys: Collection[tuple[str, Concern, date]]
) -> dict[tuple[str, Concern, date], tuple[Reason, ...]]:
    """The reasons of some periods, by young person, concern and first day."""
    rows = await connection.execute(
        select(periods.c.person, periods.c.concern, periods.c.start, periods.c.reasons).where(
            among(periods.c.person, {person for person, _, _ in keys}),
            periods.c.start.in_({start for _, _, start in keys}),
        )
    )
    found = {
        (row.person, Concern(row.concern), row.start): tuple(map(reason_of, row.reasons))
        for row in rows
    }
    return {key: reasons for key, reasons in found.items() if key in keys}


def rows_of(person: str, line: Iterable[Period]) -> list[dict[str, Any]]:
    """The line from the first day on which the concern applies."""
    rows: list[dict[str, Any]] = []
    for period in line:
        if not rows and period.rag is Rag.NONE:
            continue
        rows.append(
            {
                "person": person,
                "concern": period.concern.value,
                "start": period.start,
                "until": period.end or FOR_GOOD,
                "rag": period.rag.value,
                "rule_rag": period.rule_rag.value,
                "statutory": period.statutory,
                "override": period.override and period.override.as_json(),
                "reasons": [reason.as_json() for reason in period.reasons],
                "since": period.since,
                "since_basis": period.since_basis,
                "not_green_since": period.not_green_since,
                "next_change": period.next_change,
            }
        )
    return rows


def period_of(row: Row[Any], prefix: str = "") -> Period:
    """A row as a period; `prefix` stands before the names of its columns in a join."""
    values = {column.name: getattr(row, prefix + column.name) for column in periods.c}
    override = values["override"]
    return Period(
        concern=Concern(values["concern"]),
        start=values["start"],
        end=None if values["until"] == FOR_GOOD else values["until"],
        rag=Rag(values["rag"]),
        rule_rag=Rag(values["rule_rag"]),
        statutory=values["statutory"],
        override=override
        and Override(
            Rag(override["rag"]),
            override["effect"],
            override["rationale"],
            override["authorised_by"],
            date.fromisoformat(override["expires"]),
            override["review_id"],
        ),
        reasons=tuple(reason_of(reason) for reason in values["reasons"]),
        since=values["since"],
        since_basis=values["since_basis"],
        not_green_since=values["not_green_since"],
        next_change=values["next_change"],
    )


def reason_of(value: Mapping[str, Any]) -> Reason:
    """A reason out of the store."""
    return Reason(value["rule"], Rag(value["rag"]), value["text"], value["source"], value["facts"])

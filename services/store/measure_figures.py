"""Figures of measures: those that each week's report gave, kept as they were given; those told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import read_data
from schemas.events.feed import MeasureRecorded
from services.store.bulk import add
from services.store.tables import events, measure_figures


@dataclass(frozen=True, slots=True)
class KeptFigure:
    """The figure of a measure of the whole council in a week's report.

    Attributes:
        week: the report.
        measure: the measure's id.
        as_of: the day of the report.
        value: in its unit then; None where it was not known.
        numerator, denominator: of a share.
        state: what it was judged then.
    """

    week: str
    measure: str
    as_of: date
    value: float | None
    numerator: float | None
    denominator: float | None
    state: str


async def keep(connection: AsyncConnection, figures: Iterable[KeptFigure]) -> None:
    """Keep the figures of a week's report for good."""
    rows = [{name: getattr(item, name) for name in KeptFigure.__slots__} for item in figures]
    await add(connection, measure_figures, rows)


async def kept(connection: AsyncConnection, day: date) -> Mapping[str, list[KeptFigure]]:
    """The figures of every report up to a day, by measure, oldest first."""
    c = measure_figures.c
    rows = await connection.execute(
        select(*(c[name] for name in KeptFigure.__slots__))
        .where(c.as_of <= day)
        .order_by(c.as_of, c.measure)
    )
    found: dict[str, list[KeptFigure]] = {}
    for row in rows:
        item = KeptFigure(*row)
        found.setdefault(item.measure, []).append(item)
    return found


class Told(NamedTuple):
    """A figure that another system counts, as its event has it."""

    on: date
    numerator: float | None
    denominator: float | None
    value: float | None


async def told_by(connection: AsyncConnection, measure: str, day: date) -> Told | None:
    """The last figure of a name that was told of a day on or before this one."""
    c = events.c
    rows = await connection.execute(
        select(c.source, c.event_id, c.content)
        .where(c.person == "", c.name == MeasureRecorded.name)
        .order_by(c.time, c.sequence, c.source, c.event_id)
    )
    latest: dict[tuple[str, str], str] = {}
    for row in rows:
        latest.pop((row.source, row.event_id), None)  # told again, it is the newest
        latest[row.source, row.event_id] = row.content
    taken_back = await connection.execute(
        select(c.source, c.reaches).where(c.person == "", c.name == "event.retracted")
    )
    for source, reaches in taken_back:
        latest.pop((source, reaches), None)
    found = [item for content in latest.values() if (item := _told(content, measure))]
    # Of several of one day the newest: the first that is met from behind.
    until = (item for item in reversed(found) if item.on <= day)
    return max(until, key=lambda item: item.on, default=None)


def _told(content: str, measure: str) -> Told | None:
    data, _ = read_data(MeasureRecorded.name, orjson.loads(content))
    if not isinstance(data, MeasureRecorded) or data.measure.strip() != measure:
        return None
    return Told(data.date, data.numerator, data.denominator, data.value)

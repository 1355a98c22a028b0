"""The analysis of each week of the whole council, kept as it was made. No case stands in it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.tables import weekly_analyses

File = Literal["workbook", "document"]


@dataclass(frozen=True, slots=True)
class WeeklyAnalysis:
    """Which week's it is, of which day, and when it was made (UTC).

    `is_incomplete` says that cases were missing from it, as its first sheet says.
    """

    week: str
    as_of: date
    made_at: datetime
    is_incomplete: bool


_COLUMNS = [weekly_analyses.c[name] for name in WeeklyAnalysis.__slots__]


async def keep(
    connection: AsyncConnection, analysis: WeeklyAnalysis, workbook: bytes, document: bytes
) -> None:
    """Keep the analysis of a week."""
    row = {name: getattr(analysis, name) for name in WeeklyAnalysis.__slots__}
    files = {"workbook": workbook, "document": document}
    await connection.execute(insert(weekly_analyses).values(row | files))


async def is_kept(connection: AsyncConnection, week: str) -> bool:
    """Whether the analysis of a week was made."""
    c = weekly_analyses.c
    return await connection.scalar(select(c.week).where(c.week == week)) is not None


async def kept(connection: AsyncConnection) -> list[WeeklyAnalysis]:
    """Every analysis that was made, the newest first."""
    newest_first = weekly_analyses.c.as_of.desc()
    rows = await connection.execute(select(*_COLUMNS).order_by(newest_first))
    return [WeeklyAnalysis(*row) for row in rows]


async def file_of(
    connection: AsyncConnection, week: str, file: File
) -> tuple[WeeklyAnalysis, bytes] | None:
    """The analysis of a week and one file of it; None where it was not made."""
    c = weekly_analyses.c
    found = await connection.execute(select(*_COLUMNS, c[file]).where(c.week == week))
    row = found.one_or_none()
    return (WeeklyAnalysis(*row[:-1]), row[-1]) if row else None

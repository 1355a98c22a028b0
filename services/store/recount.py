"""Counting every case again, however many there are, while nobody else writes counts."""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import Date, bindparam, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.case_count_changes import KEY, Counted, keep
from services.store.case_measures import COLUMNS
from services.store.tables import case_count_changes, case_counts, cases, recount

_AT_A_TIME = 5_000
_KEYS_IN_MEMORY = 200_000
_MOST_IN_A_STATEMENT = 250_000
"""Rows that one statement sums up: it must end in time."""

_SUMMED = text(
    f"INSERT INTO case_counts ({KEY}, change) "  # noqa: S608 (names of our own tables)
    f"SELECT {KEY}, sum(change) FROM recount "
    "WHERE grain = :grain AND day >= :first AND day < :after "
    f"GROUP BY {KEY} HAVING sum(change) <> 0"
).bindparams(bindparam("first", type_=Date), bindparam("after", type_=Date))


async def count_again(connection: AsyncConnection) -> None:
    """Count every case again.

    What is gathered stands in a table of the transaction's own, so that neither memory nor a single
    statement grows with the number of young people.
    """
    await _begin(connection)
    await _gather(connection)
    for grain in ("d", "m"):
        for level in ("a", "s"):
            which = (case_counts.c.grain == grain, case_counts.c.level == level)
            await connection.execute(delete(case_counts).where(*which))
    await connection.execute(delete(case_count_changes))
    for grain in ("d", "m"):
        for first, after in _ranges(await _rows_of_days(connection, grain)):
            await connection.execute(_SUMMED, {"grain": grain, "first": first, "after": after})
    await connection.execute(text("DROP TABLE recount"))


async def _begin(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(
            text("LOCK TABLE case_counts, case_count_changes IN EXCLUSIVE MODE")
        )
    empty = "SELECT * FROM case_count_changes WHERE false"
    await connection.execute(text(f"CREATE TEMPORARY TABLE recount AS {empty}"))


async def _gather(connection: AsyncConnection) -> None:
    statement = select(*COLUMNS).order_by(cases.c.person, cases.c.concern, cases.c.start)
    counted = Counted()
    async with connection.stream(statement) as rows:
        async for some in rows.partitions(_AT_A_TIME):
            counted.add(row._asdict() for row in some)
            if len(counted.changes) > _KEYS_IN_MEMORY:
                await keep(connection, counted, recount)
                counted = Counted()
    await keep(connection, counted, recount)


async def _rows_of_days(connection: AsyncConnection, grain: str) -> list[tuple[date, int]]:
    """How many changes were gathered of each day, in order."""
    day = recount.c.day
    rows = await connection.execute(
        select(day, func.count()).where(recount.c.grain == grain).group_by(day).order_by(day)
    )
    return [(day, number) for day, number in rows]


def _ranges(days: Iterable[tuple[date, int]]) -> Iterator[tuple[date, date]]:
    """Days from which and before which so many changes were gathered as one statement sums up."""
    first, rows = date.min, 0
    for day, number in days:
        if rows + number > _MOST_IN_A_STATEMENT and rows:
            yield first, day
            first, rows = day, 0
        rows += number
    yield first, date.max

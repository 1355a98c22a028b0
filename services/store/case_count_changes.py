"""Changes of the counts of cases, written in the transaction that writes the case line.

They are only ever added, so that no two who derive wait for one another. Now and then they are
folded into the counts by day and month; until then a count reads them as well.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Table, delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.bulk import add
from services.store.case_measures import measures_of
from services.store.columns import FOR_GOOD
from services.store.tables import case_count_changes

Key = tuple[str, str, str, str, date]
"""Level, owner, concern, measure, day."""

KEY = "grain, level, owner, concern, measure, day"
"""The columns that a count is known by."""
_FOLDED = (
    f"INSERT INTO case_counts ({KEY}, change) "  # noqa: S608 (names of our own tables)
    f"SELECT {KEY}, sum(change) FROM {{changes}} WHERE true GROUP BY {KEY} "
    f"HAVING sum(change) <> 0 ORDER BY {KEY} "
    f"ON CONFLICT ({KEY}) DO UPDATE SET change = case_counts.change + excluded.change"
)


class Counted:
    """Changes of counts, gathered before they are written."""

    def __init__(self) -> None:
        self.changes: Counter[Key] = Counter()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count the stretches of some lines, which come line by line and in their order."""
        self._count(rows, 1)

    def take_away(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count the stretches of some lines no more."""
        self._count(sorted(rows, key=itemgetter("person", "concern", "start")), -1)

    def _count(self, rows: Iterable[Mapping[str, Any]], sign: int) -> None:
        changes = self.changes
        for _, line in groupby(rows, key=itemgetter("person", "concern")):
            for measure, owner, concern, start, until in _runs(line):
                for level, name in owner:
                    changes[level, name, concern, measure, start] += sign
                    if until != FOR_GOOD:
                        changes[level, name, concern, measure, until] -= sign


Owner = tuple[tuple[str, str], ...]
Run = tuple[str, Owner, str, date, date]


def _runs(line: Iterable[Mapping[str, Any]]) -> Iterator[Run]:
    """For each measure the runs of days on which one case counts, for whom."""
    running: dict[tuple[str, Owner], tuple[date, date]] = {}
    concern = ""
    for row in line:
        concern = row["concern"]
        owner: Owner = (("a", ""), ("s", row["service"] or ""))
        for measure, start, until in measures_of(row):
            key = (measure, owner)
            begun = running.get(key)
            if begun is not None and begun[1] == start:
                running[key] = (begun[0], until)
                continue
            if begun is not None:
                yield measure, owner, concern, *begun
            running[key] = (start, until)
    for (measure, owner), begun in running.items():
        yield measure, owner, concern, *begun


async def keep(
    connection: AsyncConnection, counted: Counted, table: Table = case_count_changes
) -> None:
    """Write changes of counts."""
    await add(connection, table, _rows(counted.changes))


def _rows(changes: Mapping[Key, int]) -> list[dict[str, Any]]:
    """Changes by day, and the same summed up by month."""
    months: Counter[Key] = Counter()
    for (level, owner, concern, measure, day), change in changes.items():
        months[level, owner, concern, measure, day.replace(day=1)] += change
    names = ("grain", "level", "owner", "concern", "measure", "day", "change")
    return [
        dict(zip(names, (grain, *key, change), strict=True))
        for grain, grains in (("d", changes), ("m", months))
        for key, change in grains.items()
        if change
    ]


async def are_more_than(connection: AsyncConnection, many: int) -> bool:
    """Whether more changes than so many wait to be folded."""
    more = select(case_count_changes.c.day).offset(many).limit(1)
    return (await connection.execute(more)).first() is not None


async def fold(connection: AsyncConnection) -> None:
    """Fold the changes into the counts; those that others write meanwhile stay for the next."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("LOCK TABLE case_counts IN EXCLUSIVE MODE"))
        taken = "WITH taken AS (DELETE FROM case_count_changes RETURNING *) "
        await connection.execute(text(taken + _FOLDED.format(changes="taken")))
        return
    await connection.execute(text(_FOLDED.format(changes="case_count_changes")))
    await connection.execute(delete(case_count_changes))

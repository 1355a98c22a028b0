"""What is missing in rows of the annual return, or would fail a national rule, on a day.

Every query starts from what its reader may see (`services/store/scope.py`).
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.collection_year import CollectionYear
from services.assessment.annual_return.entries import Block, ReturnFault
from services.store.annual_return import Wanted, care_leavers_of, entry_of, episodes_of
from services.store.tables import return_care_leavers, return_episodes, return_faults
from services.store.view import View


class FaultCount(NamedTuple):
    """How many rows would fail a rule in a column, and what one of the sentences says."""

    rule: str
    field: str
    text: str
    number: int


async def fault_counts(
    connection: AsyncConnection, view: View, block: Block, year: CollectionYear
) -> list[FaultCount]:
    """How many rows of a block would fail each rule on the day of a view, the most first."""
    c = return_faults.c
    number = func.count()
    rows = await connection.execute(
        select(c.rule, c.field, func.min(c.text), number)
        .select_from(_with_rows(block))
        .where(c.block == block, *_holding(view), *_rows_of(block, view, Wanted(year)))
        .group_by(c.rule, c.field)
        .order_by(number.desc(), c.rule, c.field)
    )
    return [FaultCount(*row) for row in rows]


async def faults(
    connection: AsyncConnection, view: View, block: Block, wanted: Wanted
) -> dict[tuple[str, int], list[ReturnFault]]:
    """What is wrong with the rows of a block on the day of a view, by person and row."""
    c = return_faults.c
    rows = await connection.execute(
        select(*(c[name] for name in ReturnFault.__slots__))
        .select_from(_with_rows(block))
        .where(c.block == block, *_holding(view), *_rows_of(block, view, wanted))
        .order_by(c.person, c.place)
    )
    found: dict[tuple[str, int], list[ReturnFault]] = {}
    for row in rows:
        fault = ReturnFault(**entry_of(row))
        found.setdefault((fault.person, fault.key), []).append(fault)
    return found


def _holding(view: View) -> Sequence[ColumnElement[bool]]:
    return return_faults.c.start <= view.day, return_faults.c.until > view.day


def _rows_of(block: Block, view: View, wanted: Wanted) -> list[ColumnElement[bool]]:
    return (care_leavers_of if block == "care_leavers" else episodes_of)(view, wanted)


def _with_rows(block: Block) -> FromClause:
    """Faults with the rows that they are of."""
    c = return_faults.c
    if block == "care_leavers":
        rows = return_care_leavers
        return return_faults.join(rows, and_(rows.c.person == c.person, rows.c.year == c.key))
    rows = return_episodes
    return return_faults.join(rows, and_(rows.c.person == c.person, rows.c.place == c.key))

"""Writing rows: a prepared statement, and on PostgreSQL COPY where there are many."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Date, Dialect, Table
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

_FEW = 50
"""Rows for which a prepared statement is quicker than COPY, which asks for the columns first."""

Row = dict[str, Any]
Values = tuple[Any, ...]


async def add(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows to a table; every row has the same columns."""
    if not rows:
        return
    columns = tuple(rows[0])
    values = _values(connection, table, columns, rows)
    if connection.dialect.name == "postgresql":
        driver: Any = (await connection.get_raw_connection()).driver_connection
        if len(values) > _FEW:
            await driver.copy_records_to_table(table.name, columns=columns, records=values)
        else:
            await driver.executemany(_insert(table.name, columns, "$"), values)
    else:
        await connection.exec_driver_sql(_insert(table.name, columns), values)


async def add_up(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], column: str
) -> None:
    """Add to a number of a table's rows by their primary key; a row that is not there is added.

    Args:
        connection: the transaction.
        table: the table.
        rows: keys and what is to be added. All writers lock them in the order of the keys, so that
            no two wait for one another.
        column: the name of the number.
    """
    if not rows:
        return
    columns = tuple(rows[0])
    values = _values(connection, table, columns, rows)
    key = ", ".join(item.name for item in table.primary_key.columns)
    added = (
        f"ON CONFLICT ({key}) DO UPDATE SET {column} = {table.name}.{column} + excluded.{column}"
    )
    if connection.dialect.name != "postgresql":
        await connection.exec_driver_sql(f"{_insert(table.name, columns)} {added}", values)
        return
    names = ", ".join(columns)
    arrays = ", ".join(
        f"${place}::{table.c[name].type.compile(connection.dialect)}[]"
        for place, name in enumerate(columns, start=1)
    )
    statement = (
        f"INSERT INTO {table.name} ({names}) SELECT {names} "  # noqa: S608 (names of our own tables)
        f"FROM unnest({arrays}) AS given ({names}) ORDER BY {key} {added}"
    )
    await connection.exec_driver_sql(statement, tuple(map(list, zip(*values, strict=True))))


def _insert(name: str, columns: Sequence[str], mark: str = "?") -> str:
    """The statement; with `mark` $ its values are numbered, as asyncpg takes them."""
    numbers = range(1, len(columns) + 1)
    marks = ", ".join(f"${number}" if mark == "$" else mark for number in numbers)
    return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 (names of our own tables)


def _values(
    connection: AsyncConnection, table: Table, columns: tuple[str, ...], rows: Sequence[Row]
) -> list[Values]:
    prepare = _preparing(table, columns, connection.dialect)
    return [prepare(row) for row in rows]


@lru_cache(maxsize=64)
def _preparing(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Callable[[Row], Values]:
    """How a row of Python values becomes one of the driver's."""
    processors = [
        (place, process)
        for place, name in enumerate(columns)
        if (process := _processor(table.c[name].type, dialect))
    ]
    pick = itemgetter(*columns) if len(columns) > 1 else None

    def prepare(row: Row) -> Values:
        values = list(pick(row)) if pick else [row[columns[0]]]
        for place, process in processors:
            values[place] = process(values[place])
        return tuple(values)

    return prepare


def _processor(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """How a value of a column becomes one of the driver's; None where it is one already."""
    if isinstance(type_, Date) and dialect.name == "sqlite":
        return _iso  # what SQLAlchemy's own does, in a third of the time
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()

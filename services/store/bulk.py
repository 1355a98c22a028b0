"""Adding many rows at once: COPY on PostgreSQL, a prepared statement on SQLite."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

_WORTH_COPYING = 8
Row = dict[str, Any]


async def add(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows to a table; every row has the same columns."""
    if not rows:
        return
    if connection.dialect.name != "postgresql" or len(rows) < _WORTH_COPYING:
        await connection.execute(insert(table), rows)
        return
    columns = tuple(rows[0])
    prepare = _preparing(table, columns, connection.dialect)
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_records_to_table(
        table.name, columns=columns, records=[prepare(row) for row in rows]
    )


@lru_cache(maxsize=64)
def _preparing(
    table: Table, columns: tuple[str, ...], dialect: Dialect
) -> Callable[[Row], tuple[Any, ...]]:
    """How a row of Python values becomes one of the driver's."""
    processors = [
        (name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in columns
    ]

    def prepare(row: Row) -> tuple[Any, ...]:
        return tuple(
            row[name] if process is None else process(row[name]) for name, process in processors
        )

    return prepare

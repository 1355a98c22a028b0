"""Read-only access to the tables of another system's database, such as a nightly extract.

The case of table and column names differs between SQL Server, Oracle and PostgreSQL, so names are
matched whatever their case.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, column, create_engine, inspect, make_url, select, table
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from services.store.database import async_url
from services.store.postgres_tls import without_tls

_BATCH_SIZE = 2000
_OWN_DRIVERS = ("postgresql+asyncpg", "sqlite+aiosqlite")

Result = TypeVar("Result")


class ExtractError(Exception):
    """The database cannot be read; the message says why, without the password."""


class Extract:
    """A database that is open for reading; `schema` is None for its default."""

    def __init__(self, connection: Connection, schema: str | None) -> None:
        self.connection = connection
        self.schema = schema
        inspector = inspect(connection)
        names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
        self._names = {_plain_name(name): name for name in names}
        self._inspector = inspector

    def columns(self, name: str) -> list[str] | None:
        """The columns of a table as they are called there; None where there is no such table."""
        found = self._names.get(_plain_name(name))
        if found is None:
            return None
        return [column["name"] for column in self._inspector.get_columns(found, self.schema)]

    def rows(self, name: str, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        """The rows of a table, streamed, some thousand in memory together."""
        if not columns:
            return
        source = table(
            self._names[_plain_name(name)], *(column(one) for one in columns), schema=self.schema
        )
        result = self.connection.execution_options(stream_results=True).execute(select(source))
        for batch in result.partitions(_BATCH_SIZE):
            yield from batch


def _plain_name(name: str) -> str:
    return name.casefold().removeprefix("ssd_")


async def read_extract(url: str, schema: str | None, work: Callable[[Extract], Result]) -> Result:
    """Call `work` with a database, by its SQLAlchemy URL; any dialect whose driver is installed.

    Raises:
        ExtractError: it cannot be opened or read.
    """
    try:
        parsed_url = make_url(async_url(url))
        if parsed_url.drivername in _OWN_DRIVERS:
            return await _read_async(parsed_url, schema, work)
        return _read_sync(url, schema, work)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise ExtractError(f"The database URL cannot be used: {error}.") from error
    except (SQLAlchemyError, OSError) as error:
        raise ExtractError(
            f"The database cannot be read ({type(error).__name__}). Check the address, the account "
            "and that it may read the tables."
        ) from error


async def _read_async(url: URL, schema: str | None, work: Callable[[Extract], Result]) -> Result:
    """With the asynchronous drivers that Sightline itself uses."""
    alone, encrypted = without_tls(url)
    engine = create_async_engine(alone, connect_args=encrypted, hide_parameters=True)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(lambda sync: work(Extract(sync, schema)))
    finally:
        await engine.dispose()


def _read_sync(url: str, schema: str | None, work: Callable[[Extract], Result]) -> Result:
    """With a driver that the council has installed, for SQL Server or Oracle as a rule."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return work(Extract(connection, schema))
    finally:
        engine.dispose()

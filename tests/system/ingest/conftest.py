from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from faststream.nats import NatsBroker

from services.store.database import Database
from tests.system.web.running_app import House, house, own_house


@pytest.fixture
async def served(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> AsyncIterator[House]:
    """A council's Sightline of one test."""
    async with house(sqlite_store, broker, tmp_path) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A council's Sightline of one file: each of its tests publishes as a source of its own."""
    folder = tmp_path_factory.mktemp("receiving")
    async with own_house(folder) as one:
        yield one

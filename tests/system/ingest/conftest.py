from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from faststream.nats import NatsBroker

from services.store.database import Database
from tests.system.web.running_app import RunningApp, running_app, start_app


@pytest.fixture
async def served(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> AsyncIterator[RunningApp]:
    """A council's Sightline of one test."""
    async with running_app(sqlite_store, broker, tmp_path) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningApp]:
    """A council's Sightline of one file: each of its tests publishes as a source of its own."""
    folder = tmp_path_factory.mktemp("receiving")
    async with start_app(folder) as one:
        yield one

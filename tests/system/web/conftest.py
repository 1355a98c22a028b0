from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from faststream.nats import NatsBroker

from services.store.database import Database
from services.web.server import free_port
from tests.system.web.identity_provider import IdentityProvider, identity_provider
from tests.system.web.running_app import RunningApp, running_app, start_app
from tests.system.web.sample_cases import add_sample_cases


@pytest.fixture
async def served(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> AsyncIterator[RunningApp]:
    """A council's Sightline on embedded parts."""
    async with running_app(sqlite_store, broker, tmp_path) as one:
        yield one


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    """An identity provider that knows nobody yet."""
    with identity_provider([]) as provider:
        yield provider


@pytest.fixture
def settings() -> dict[str, Any]:
    """Settings of the council that a test names besides."""
    return {}


@pytest.fixture
async def oidc_app(
    sqlite_store: Database,
    broker: NatsBroker,
    tmp_path: Path,
    idp: IdentityProvider,
    settings: dict[str, Any],
) -> AsyncIterator[RunningApp]:
    """A council's Sightline where people sign in through the identity provider."""
    port = free_port("127.0.0.1", 0)
    async with running_app(
        sqlite_store, broker, tmp_path, tracking=False, port=port,
        base_url=f"http://127.0.0.1:{port}", oidc_issuer=idp.issuer,
        oidc_identity_claim="preferred_username",
        oidc_client_id=idp.client_id, oidc_client_secret=idp.client_secret, **settings,
    ) as one:  # fmt: skip
        idp.redirect_uris = {f"{one.base}/sign-in/return", f"{one.base}/sign-in"}
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def council(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningApp]:
    """A council with cases of everybody's, for tests that only look; one for each file of them."""
    folder = tmp_path_factory.mktemp("council")
    async with start_app(folder) as one:
        await add_sample_cases(one)
        yield one

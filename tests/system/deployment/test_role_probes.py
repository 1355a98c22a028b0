"""A tracker or scheduler by itself says whether it lives, and whether its role is at work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from services.serve import Role, serve
from services.settings import Settings
from tests.free_port import free_port
from tests.waiting import until


@asynccontextmanager
async def serving(role: Role, **given: object) -> AsyncIterator[httpx2.AsyncClient]:
    """A role at work, and somebody who asks its probes."""
    port, stop = free_port(), asyncio.Event()
    settings = Settings.model_validate({"probes_port": port, **given})
    task = asyncio.create_task(serve(settings, role, stop))
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        stop.set()
        await task


async def answer(client: httpx2.AsyncClient, path: str) -> int:
    try:
        return (await client.get(path)).status_code
    except httpx2.TransportError:
        return 0


@pytest.mark.parametrize("role", [Role.TRACKER, Role.SCHEDULER])
async def test_it_lives_and_is_at_work(role: Role, tmp_path: Path) -> None:
    async with serving(role, data_dir=tmp_path) as client:

        async def ready() -> bool:
            return await answer(client, "/readyz") == 200

        await until(ready)
        assert await answer(client, "/healthz") == 200
        assert await answer(client, "/metrics") == 404


async def test_where_the_broker_is_gone_it_lives_and_is_not_at_work(tmp_path: Path) -> None:
    gone = f"nats://127.0.0.1:{free_port()}"
    async with serving(Role.TRACKER, data_dir=tmp_path, nats_url=gone) as client:

        async def alive() -> bool:
            return await answer(client, "/healthz") == 200

        await until(alive)
        assert await answer(client, "/readyz") == 503

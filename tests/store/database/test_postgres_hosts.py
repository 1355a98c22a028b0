"""A PostgreSQL of several servers: the one that can be written is found, whatever the others do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import make_url, text

from services.store.database import Database, async_url
from services.store.postgres_hosts import WritableHost, with_hosts_apart
from tests.free_port import free_port


@pytest.mark.parametrize(
    ("url", "apart"),
    [
        ("postgresql://u:p@a/x", "postgresql://u:p@a/x"),
        ("postgresql://u:p@a,b/x", "postgresql://u:p@/x?host=a:5432&host=b:5432"),
        ("postgresql://u:p@a:1,b/x", "postgresql://u:p@/x?host=a:1&host=b:5432"),
        (
            "postgresql://u:p%40q@a,b/x?sslmode=require",
            "postgresql://u:p%40q@/x?sslmode=require&host=a:5432&host=b:5432",
        ),
        ("sqlite:///a,b.sqlite", "sqlite:///a,b.sqlite"),
    ],
)
def test_hosts_are_named_as_libpq_names_them(url: str, apart: str) -> None:
    assert with_hosts_apart(url) == apart
    assert make_url(async_url(url)).drivername in ("postgresql+asyncpg", "sqlite+aiosqlite")


@asynccontextmanager
async def silent() -> AsyncIterator[tuple[int, list[str]]]:
    """A port that accepts whoever comes and says nothing, and a line for each who came."""
    came: list[str] = []

    async def keep(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        came.append("somebody")
        await asyncio.Event().wait()

    server = await asyncio.start_server(keep, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], came
    finally:
        server.close()


async def test_a_server_that_is_gone_or_silent_is_passed_over_and_not_asked_again(
    postgres_url: str,
) -> None:
    url = make_url(async_url(postgres_url))
    place = str(url.query["host"])
    hosts = WritableHost()
    async with silent() as (port, came):
        for _ in range(2):
            connection = await hosts.connect(
                host=["127.0.0.1", "127.0.0.1", place],
                port=[free_port(), port, 5432],
                timeout=3.0,
                user=url.username,
                database=url.database,
            )
            assert await connection.fetchval("SELECT 1") == 1
            await connection.close()
        assert came == ["somebody"]


async def test_where_none_can_be_written_it_is_said(postgres_url: str) -> None:
    database = Database(postgres_url)
    name = make_url(database.url).database
    async with database.engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await free.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    await database.close()
    place = str(make_url(database.url).query["host"])
    with pytest.raises(asyncpg.InternalClientError, match="read_write"):
        await WritableHost().connect(
            host=["127.0.0.1", place],
            port=[free_port(), 5432],
            timeout=3.0,
            user="postgres",
            database=name,
        )

"""Messages whose headers mislead the client of the broker: none vanishes, none delays others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import orjson
import pytest
from faststream.nats import NatsBroker

from events.broker import jetstream_of
from events.channel import BY_COMMAND
from events.embedded import EmbeddedBroker
from events.publish import publish, to_message
from events.stream import STREAM, lag
from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.bootstrap.runtime import Runtime
from services.bootstrap.tracking import start_tracking
from services.settings import Settings
from services.store import event_log
from services.store.database import Database
from tests.store.refused import all_refused
from tests.story import Story
from tests.waiting import drained, until

BLOCKS = [
    b"NATS/1.0",
    b"NATS/1.0\r\n",
    b"NATS/1.0 404 No Messages\r\n\r\n",
    b"NATS/1.0 408 Request Timeout\r\n\r\n",
    b"NATS/1.0 100 Idle Heartbeat\r\n\r\n",
    b"NATS/1.0 \xff\xfe\r\n\r\n",
    b"NATS/1.0\r\nce-id: \xff\xfe\r\n\r\n",
    b"NATS/1.0\r\nno colon\r\n\r\n",
    b"NATS/1.0\r\nSightline-Headers: !!\r\n\r\n",
    *(b"NATS/1.0\r\nStatus: %d\r\n\r\n" % code for code in (100, 200, 404, 408, 409, 503)),
]


async def put(
    server: EmbeddedBroker, broker: NatsBroker, blocks: list[tuple[bytes, bytes]]
) -> None:
    """Publish messages with blocks of headers that no client would write."""
    before = (await jetstream_of(broker).stream_info(STREAM)).state.messages
    url = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(
        orjson.dumps({"auth_token": url.username, "headers": True, "verbose": False}).join(
            [b"CONNECT ", b"\r\n"]
        )
    )
    subject = b"sightline.events.care.started"
    for block, body in blocks:
        total = len(block) + len(body)
        writer.write(b"HPUB %s %d %d\r\n%s%s\r\n" % (subject, len(block), total, block, body))
    writer.write(b"PING\r\n")
    await writer.drain()
    async with asyncio.timeout(5):
        while b"PONG" not in await reader.readline():
            pass
    writer.close()

    async def are_on_the_stream() -> bool:
        state = (await jetstream_of(broker).stream_info(STREAM)).state
        return state.messages == before + len(blocks)

    await until(are_on_the_stream, 5)


@asynccontextmanager
async def tracking(database: Database, broker: NatsBroker) -> AsyncIterator[None]:
    deriving = start_tracking(Runtime(Settings(), Rules.of(Policy()), database, broker))
    await broker.start()
    try:
        yield
    finally:
        deriving.cancel()


@pytest.fixture
async def stored(
    sqlite_store: Database, nats_server: EmbeddedBroker, broker: NatsBroker
) -> AsyncIterator[Database]:
    del nats_server
    async with tracking(sqlite_store, broker):
        yield sqlite_store


async def test_a_valid_event_counts_whatever_its_headers_say(
    stored: Database, nats_server: EmbeddedBroker, broker: NatsBroker
) -> None:
    events = [Story(f"p{n}").care("2026-10-01").raw[0] for n in range(len(BLOCKS))]
    raw = [orjson.dumps(event) for event in events]
    neighbours = [Story(f"q{n}").care("2026-10-01").raw[0] for n in range(len(BLOCKS))]
    for block, body, other in zip(BLOCKS, raw, neighbours, strict=True):
        await put(nats_server, broker, [(block, body)])
        message = to_message(orjson.dumps(other), BY_COMMAND)
        async for _ in publish(broker, [message]):
            pass
    await drained(broker, 20, stored)
    async with stored.reading() as connection:
        ids = [event["id"] for event in (*events, *neighbours)]
        assert await event_log.are_stored(connection, "/council/cms", ids)
        assert await event_log.count(connection) == 2 * len(BLOCKS)
    assert (await lag(jetstream_of(broker))).total == 0


async def test_what_cannot_be_read_is_kept_whole_with_its_headers(
    stored: Database, nats_server: EmbeddedBroker, broker: NatsBroker
) -> None:
    await put(nats_server, broker, [(block, b"no event %d" % n) for n, block in enumerate(BLOCKS)])
    await drained(broker, 20, stored)
    async with stored.reading() as connection:
        kept = await all_refused(connection)
    assert sorted(item.raw for item in kept) == sorted(
        b"no event %d" % n for n in range(len(BLOCKS))
    )
    heads = {item.raw: dict(item.headers) for item in kept}
    assert heads[b"no event 8"] == {"Sightline-Headers": "!!"}
    assert heads[b"no event 9"] == {"Status": "100"}


async def test_a_batch_of_them_among_good_ones_holds_nobody_up(
    stored: Database, nats_server: EmbeddedBroker, broker: NatsBroker
) -> None:
    good = [Story(f"g{n}").care("2026-10-01").raw[0] for n in range(40)]
    mixed = [(BLOCKS[n % len(BLOCKS)], orjson.dumps(event)) for n, event in enumerate(good)]
    await put(nats_server, broker, [*mixed[:20], (BLOCKS[0], b"bad"), *mixed[20:]])

    async def all_stored() -> bool:
        async with stored.reading() as connection:
            return await event_log.are_stored(
                connection, "/council/cms", [event["id"] for event in good]
            )

    await until(all_stored, 10)
    info = await jetstream_of(broker).stream_info(STREAM)
    assert info.state.messages == 41

"""A store that was restored, and a stream that was lost: noticed, told, and made good."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from nats.js.errors import NotFoundError

from events.broker import connected_broker, jetstream_of
from events.channel import BY_COMMAND
from events.embedded import EmbeddedBroker
from events.publish import publish, to_message
from events.stream import STREAM, TRACKER, stream_state
from events.wire import Message
from schemas.policy import Policy
from schemas.recipients import Administrator, Recipients
from services.assessment.derivation import Rules
from services.bootstrap.lag import lag_of
from services.bootstrap.runtime import Runtime
from services.bootstrap.stream_watch import check_stream
from services.bootstrap.tracking import start_tracking
from services.digests.feed_alarm import raise_alarms
from services.digests.links import Links
from services.digests.send import MailContext, send_due
from services.settings import Settings
from services.sources.feed_status import completeness_warnings
from services.store import event_log, stream_position
from services.store.database import Database, sqlite_url
from services.tracking.handler import Tracker
from tests.store.digests.council import Outbox
from tests.store.new_store import new_store
from tests.store.tracking.tracker_harness import NOW
from tests.story import Story
from tests.waiting import drained


def events_of(first: int, count: int) -> list[dict[str, Any]]:
    return [Story(f"p{n}").care("2026-10-01").raw[0] for n in range(first, first + count)]


@asynccontextmanager
async def tracking(database: Database, server: EmbeddedBroker) -> AsyncIterator[Runtime]:
    """A tracker as `serve` runs it: the stream is looked at before it begins."""
    async with connected_broker(server.url) as broker:
        runtime = Runtime(Settings(), Rules.of(Policy()), database, broker)
        await check_stream(runtime, NOW)
        deriving = start_tracking(runtime)
        await broker.start()
        try:
            yield runtime
        finally:
            deriving.cancel()


async def sent(runtime: Runtime, events: Sequence[dict[str, Any]]) -> None:
    async for _ in publish(
        runtime.broker, [to_message(orjson.dumps(event), BY_COMMAND) for event in events]
    ):
        pass


async def tracked(runtime: Runtime, events: Sequence[dict[str, Any]]) -> None:
    """Send the events, and wait until the store has them."""
    await sent(runtime, events)
    await drained(runtime.broker, database=runtime.database)


async def count(database: Database) -> int:
    async with database.reading() as connection:
        return await event_log.count(connection)


async def copy_of(database: Database, path: Path) -> None:
    """A copy of a store as it is now, as a backup makes one."""
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("COMMIT")
        await connection.exec_driver_sql(f"VACUUM INTO '{path}'")


async def losses(database: Database) -> list[stream_position.Loss]:
    async with database.reading() as connection:
        return await stream_position.losses(connection)


async def test_a_restored_store_is_given_again_what_it_has_not_seen(
    tmp_path: Path, nats_server: EmbeddedBroker
) -> None:
    store = new_store(tmp_path / "now.sqlite")
    async with tracking(store, nats_server) as runtime:
        await tracked(runtime, events_of(0, 30))
        await check_stream(runtime, NOW)
    await copy_of(store, tmp_path / "copy.sqlite")
    async with tracking(store, nats_server) as runtime:
        await tracked(runtime, events_of(30, 50))
    await store.close()
    restored = Database(sqlite_url(tmp_path / "copy.sqlite"))
    async with connected_broker(nats_server.url) as broker:
        behind = await lag_of(broker, restored)
    assert behind is not None
    assert behind.total == 50, "nobody takes a restored store for one that is up to date"
    async with tracking(restored, nats_server) as runtime:
        await drained(runtime.broker, database=restored)
        assert await count(restored) == 80
        assert await losses(restored) == []
    await restored.close()


async def test_a_copy_that_lacks_what_was_stored_beside_it_is_given_the_last_again(
    tmp_path: Path, nats_server: EmbeddedBroker
) -> None:
    """Of two batches at once the copy has the later alone; both were acknowledged then."""
    store, copy = new_store(tmp_path / "now.sqlite"), new_store(tmp_path / "copy.sqlite")
    async with tracking(store, nats_server) as runtime:
        await tracked(runtime, events_of(0, 30))
        state = await stream_state(jetstream_of(runtime.broker))
    await store.close()
    later = [
        Message(orjson.dumps(event), subject="sightline.received.x", sequence=place)
        for place, event in enumerate(events_of(20, 10), start=21)
    ]
    await Tracker(copy, Rules.of(Policy()), lambda: NOW).track(later)
    seen = NOW - timedelta(minutes=6)
    async with copy.writing() as connection:
        then = stream_position.Position(state.created, 30, 0, seen)
        await stream_position.remember(connection, then, anew=True)
    async with tracking(copy, nats_server) as runtime:
        await drained(runtime.broker, database=copy)
        assert await count(copy) == 30
        assert await losses(copy) == []
        made = await jetstream_of(runtime.broker).consumer_info(STREAM, TRACKER)
        await check_stream(runtime, NOW + timedelta(seconds=5))
        again = await jetstream_of(runtime.broker).consumer_info(STREAM, TRACKER)
        assert again.created == made.created, "once"
    await copy.close()


async def test_an_empty_store_is_given_everything_that_the_stream_still_has(
    tmp_path: Path, nats_server: EmbeddedBroker
) -> None:
    for name in ("first", "empty"):
        store = new_store(tmp_path / f"{name}.sqlite")
        async with tracking(store, nats_server) as runtime:
            if name == "first":
                await sent(runtime, events_of(0, 12))
            await drained(runtime.broker, database=store)
            assert await count(store) == 12
        await store.close()


async def test_a_tracker_that_died_before_its_acknowledgements_is_no_restored_store(
    tmp_path: Path, nats_server: EmbeddedBroker
) -> None:
    store = new_store(tmp_path / "store.sqlite")
    async with tracking(store, nats_server) as runtime:
        await tracked(runtime, events_of(0, 20))
        made = await jetstream_of(runtime.broker).consumer_info(STREAM, TRACKER)
    async with tracking(store, nats_server) as runtime:
        again = await jetstream_of(runtime.broker).consumer_info(STREAM, TRACKER)
        assert again.created == made.created
    await store.close()


async def test_a_stream_that_is_gone_is_made_again_and_everybody_is_told(
    tmp_path: Path, nats_server: EmbeddedBroker
) -> None:
    store = new_store(tmp_path / "store.sqlite")
    async with tracking(store, nats_server) as runtime:
        await tracked(runtime, events_of(0, 20))
        await check_stream(runtime, NOW)
        jetstream = jetstream_of(runtime.broker)
        await jetstream.delete_stream(STREAM)
        with pytest.raises(NotFoundError):
            await jetstream.stream_info(STREAM)
        later = NOW + timedelta(minutes=3)
        await check_stream(runtime, later)
        (loss,) = await losses(store)
        assert (loss.since, loss.found_at) == (NOW, later)
        await check_stream(runtime, later + timedelta(minutes=1))
        assert len(await losses(store)) == 1, "told once"
    async with tracking(store, nats_server) as runtime:
        await tracked(runtime, events_of(20, 5))
        assert await count(store) == 25
    outbox = Outbox()
    somebody = Administrator(id="ict", address="ict@council.example")
    office = MailContext(
        store, Policy(), Recipients(administrator=(somebody,)), outbox,
        Links("https://sightline.example"), "sightline@council.example", lambda: later,
    )  # fmt: skip
    async with store.reading() as connection:
        (warning,) = await completeness_warnings(connection, Policy(), later)
    assert warning.startswith("Events may be missing since 20 November 2026, 09:00")
    assert "--since" in warning
    assert await raise_alarms(office) == 1
    assert await raise_alarms(office) == 0
    await send_due(office)
    (mail,) = outbox.sent
    assert mail["Subject"] == "Sightline: events may be missing"
    async with store.writing() as connection:
        assert await stream_position.settle_losses(connection, later) == 1
    async with store.reading() as connection:
        assert await completeness_warnings(connection, Policy(), later) == []
    await store.close()


async def test_a_stream_that_was_restored_from_a_copy_is_a_loss(
    tmp_path: Path, nats_server: EmbeddedBroker
) -> None:
    store = new_store(tmp_path / "store.sqlite")
    async with tracking(store, nats_server) as runtime:
        await tracked(runtime, events_of(0, 5))
        await check_stream(runtime, NOW)
        async with store.writing() as connection:
            await stream_position.got_to(connection, 1000)
        await check_stream(runtime, NOW + timedelta(minutes=1))
        assert [loss.since for loss in await losses(store)] == [NOW]
    await store.close()

"""The stream, the consumer and the subscriber, where the libraries bite; on a real nats-server."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import nats
import orjson
import pytest
from faststream import AckPolicy
from faststream.nats import NatsBroker
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig
from nats.js.errors import APIError

from events.broker import connected_broker, jetstream_of
from events.channel import BY_COMMAND, SUBJECTS, Channel
from events.embedded import EmbeddedBroker
from events.publish import NotStoredError, OutgoingMessage, publish, to_message
from events.stream import (
    ACK_WAIT,
    KEEP_SECONDS,
    MAX_ACK_PENDING,
    STREAM,
    TRACKER,
    declare,
    lag,
    stream_config,
    subject_of,
    tracker_info,
)
from events.subscriber import (
    TRIES_ALONE,
    PromptBatchSubscriber,
    TryLaterError,
    delay_before,
    subscribe,
)
from events.wire import Message
from tests.story import Story
from tests.waiting import drained, until

SUBJECT = subject_of(Channel.PUBLISHERS, "care.started")


def messages(count: int, start: int = 0) -> list[OutgoingMessage]:
    return [OutgoingMessage(SUBJECT, Message(b"%d" % n)) for n in range(start, start + count)]


async def send(broker: NatsBroker, some: Sequence[OutgoingMessage]) -> int:
    return [stored async for stored in publish(broker, some)][-1]


async def never(message: Message, error: Exception) -> None:
    raise AssertionError((message, error))


class Handler:
    """Takes batches as told, and remembers what it was given."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.batches: list[list[bytes]] = []
        self.refuse: set[bytes] = set()
        self.waiting: list[int] = []

    async def __call__(self, messages: Sequence[Message], waiting: int = 0) -> set[int]:
        self.batches.append([message.body for message in messages])
        self.waiting.append(waiting)
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure
        return {n for n, message in enumerate(messages) if message.body in self.refuse}

    @property
    def handled(self) -> list[bytes]:
        return [body for batch in self.batches for body in batch]


async def test_the_stream_keeps_30_days_and_refuses_when_full(broker: NatsBroker) -> None:
    config = (await jetstream_of(broker).stream_info(STREAM)).config
    assert config.max_age == KEEP_SECONDS == 30 * 86_400
    assert config.discard == "new"
    assert config.storage == "file"
    assert config.subjects == list(SUBJECTS)


async def test_the_duplicate_window_is_the_shortest_the_server_allows(broker: NatsBroker) -> None:
    config = (await jetstream_of(broker).stream_info(STREAM)).config
    assert config.duplicate_window == pytest.approx(0.1)
    shorter = stream_config()
    shorter.duplicate_window = 0.05
    with pytest.raises(APIError):
        await jetstream_of(broker).update_stream(shorter)


async def test_a_full_stream_tells_the_publisher(nats_server: EmbeddedBroker) -> None:
    async with connected_broker(nats_server.url, max_bytes=4096) as broker:
        with pytest.raises(NotStoredError, match="maximum bytes exceeded"):
            await send(broker, messages(200))
        kept = (await jetstream_of(broker).stream_info(STREAM)).state.messages
        assert 0 < kept < 200


async def test_settings_of_an_older_consumer_are_brought_up_to_date(broker: NatsBroker) -> None:
    """A durable consumer silently keeps the settings that it was made with."""
    jetstream = jetstream_of(broker)
    await jetstream.delete_consumer(STREAM, TRACKER)
    await jetstream.add_consumer(
        STREAM, ConsumerConfig(durable_name=TRACKER, filter_subject=SUBJECTS[0], ack_wait=300)
    )
    await declare(jetstream, [stream_config()])
    config = (await tracker_info(jetstream)).config
    assert config.ack_wait == ACK_WAIT
    assert config.max_ack_pending == MAX_ACK_PENDING
    assert config.filter_subject is None
    assert config.filter_subjects == list(SUBJECTS)


async def test_a_consumer_that_is_deleted_before_the_tracker_begins_takes_every_subject(
    broker: NatsBroker,
) -> None:
    """The client makes it anew, and would have it take the subscriber's own subject alone."""
    handler = Handler()
    subscribe(broker, handler, never)
    await jetstream_of(broker).delete_consumer(STREAM, TRACKER)
    await broker.start()
    event = Story("p1").care("2026-10-01").raw[0]
    await send(broker, [to_message(orjson.dumps(event), BY_COMMAND)])
    await drained(broker)
    assert len(handler.handled) == 1


async def test_every_subscriber_acknowledges_by_hand(broker: NatsBroker) -> None:
    """The default for NATS terminates a message on any error in its handler, for good."""
    subscribe(broker, Handler(), never)
    assert [s.ack_policy for s in broker.subscribers] == [AckPolicy.MANUAL]
    assert broker.config.broker_config.ack_policy is AckPolicy.MANUAL


async def test_a_single_event_is_handed_over_at_once_and_a_backlog_in_batches(
    broker: NatsBroker,
) -> None:
    handler = Handler()
    await send(broker, messages(2500))
    subscribe(broker, handler, never, batch=500)
    await broker.start()
    await drained(broker)
    assert len(handler.handled) == 2500
    assert max(map(len, handler.batches)) > 100
    loop = asyncio.get_running_loop()
    began = loop.time()
    await send(broker, messages(1, 9000))
    await drained(broker)
    assert handler.batches[-1] == [b"9000"]
    assert loop.time() - began < 2.0


async def test_while_it_is_behind_the_next_batch_is_fetched_before_the_last_is_handled(
    broker: NatsBroker,
) -> None:
    handled, all_in_hand = asyncio.Event(), 1200

    async def handle(messages: Sequence[Message], waiting: int) -> set[int]:
        del messages, waiting
        await handled.wait()
        return set()

    await send(broker, messages(all_in_hand))
    subscribe(broker, handle, never, batch=500)
    await broker.start()

    async def fetched() -> bool:
        info = await tracker_info(jetstream_of(broker))
        return info.num_ack_pending == all_in_hand

    await until(fetched)
    handled.set()
    await drained(broker)


async def test_a_batch_that_was_fetched_ahead_is_put_back_where_the_tracker_stops(
    nats_server: EmbeddedBroker, broker: NatsBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another tracker has it at once, and need not wait until the broker offers it again."""
    all_fetched, fetched, fetch = asyncio.Event(), [0], PromptBatchSubscriber._fetch

    async def counted(self: PromptBatchSubscriber, size: int) -> list[Msg]:
        batch = await fetch(self, size)
        fetched[0] += len(batch)
        if fetched[0] == 1200:
            all_fetched.set()
        return batch

    async def handle(messages: Sequence[Message], waiting: int) -> set[int]:
        del messages, waiting
        await until(stopping_now)
        return set()

    async def stopping_now() -> bool:
        return not any(subscriber.running for subscriber in stopping.subscribers)

    await send(broker, messages(1200))
    async with connected_broker(nats_server.url) as stopping:
        with monkeypatch.context() as patched:
            patched.setattr(PromptBatchSubscriber, "_fetch", counted)
            subscribe(stopping, handle, never, batch=500)
            await stopping.start()
            await all_fetched.wait()
    handler = Handler()
    subscribe(broker, handler, never, batch=500)
    began = asyncio.get_running_loop().time()
    await broker.start()
    await drained(broker)
    assert len(handler.handled) == 700
    assert asyncio.get_running_loop().time() - began < ACK_WAIT / 2


async def test_a_handler_error_loses_nothing(
    broker: NatsBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.subscriber._FIRST_DELAY", 0.05)
    handler = Handler(RuntimeError("a bug"), None, RuntimeError("a bug of one"))
    await send(broker, messages(3))
    subscribe(broker, handler, never)
    await broker.start()
    await drained(broker)
    assert set(handler.handled) == {b"0", b"1", b"2"}
    assert [len(batch) for batch in handler.batches] == [3, 1, 1, 1, 1]


async def test_a_passing_failure_is_redelivered_later_and_later(
    broker: NatsBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.subscriber._FIRST_DELAY", 0.1)
    loop = asyncio.get_running_loop()
    times: list[float] = []

    async def handle(messages: Sequence[Message], waiting: int) -> set[int]:
        del messages, waiting
        times.append(loop.time())
        if len(times) < 4:
            raise TryLaterError("the database does not answer")
        return set()

    await send(broker, messages(1))
    subscribe(broker, handle, never)
    await broker.start()
    await drained(broker)
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps[0] >= 0.1
    assert gaps[1] >= 0.2
    assert gaps[2] >= 0.4


def test_the_delay_grows_and_is_capped() -> None:
    delays = [delay_before(n) for n in (1, 2, 3, 8, 50, 10_000)]
    assert delays == [0.5, 1.0, 2.0, 60.0, 60.0, 60.0]


async def test_a_refused_message_is_terminated_and_its_neighbours_acknowledged(
    broker: NatsBroker,
) -> None:
    handler = Handler()
    handler.refuse = {b"1"}
    await send(broker, messages(3))
    subscribe(broker, handler, never)
    await broker.start()
    await drained(broker)
    info = await tracker_info(jetstream_of(broker))
    assert (info.num_redelivered or 0, info.num_pending, info.num_ack_pending) == (0, 0, 0)


async def test_a_deleted_consumer_is_made_again(
    broker: NatsBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.subscriber.IDLE_SECONDS", 0.3)
    handler = Handler()
    subscribe(broker, handler, never)
    await broker.start()
    await send(broker, messages(1))
    await drained(broker)
    await jetstream_of(broker).delete_consumer(STREAM, TRACKER)
    await send(broker, messages(1, 7))

    async def came() -> bool:
        return b"7" in handler.handled

    await until(came)


async def test_it_consumes_again_after_the_server_was_killed_and_restarted(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket
    import subprocess
    from pathlib import Path

    from events.embedded import nats_server_path

    monkeypatch.setattr("events.subscriber.IDLE_SECONDS", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [nats_server_path(), "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(tmp_path)]
    del Path
    url = f"nats://127.0.0.1:{port}"

    async def answers() -> bool:
        try:
            connection = await nats.connect(url, allow_reconnect=False, connect_timeout=1)
        except (OSError, nats.errors.Error):
            return False
        await connection.close()
        return True

    handler = Handler()
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        await until(answers)
        async with connected_broker(url) as broker:
            subscribe(broker, handler, never)
            await broker.start()
            await send(broker, messages(1))
            await drained(broker)
            server.kill()
            server.wait()
            server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            await until(answers)
            publisher = await nats.connect(url)
            await publisher.jetstream().publish(SUBJECT, b"after")
            await publisher.close()

            async def came() -> bool:
                return b"after" in handler.handled

            await until(came, 40)
    finally:
        server.kill()
        server.wait()


async def test_a_silent_stall_of_fetching_is_noticed(
    broker: NatsBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.subscriber.IDLE_SECONDS", 0.2)
    monkeypatch.setattr("events.subscriber._FETCH_GRACE", 0.2)
    handler = Handler()
    subscribe(broker, handler, never)
    await broker.start()
    (subscriber,) = broker.subscribers
    assert isinstance(subscriber, PromptBatchSubscriber)
    stalled = asyncio.Event()

    async def deaf(*_: object, **__: object) -> list[object]:
        stalled.set()
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(subscriber.subscription, "fetch", deaf)
    await asyncio.wait_for(stalled.wait(), 10)
    await send(broker, messages(1, 5))

    async def came() -> bool:
        return b"5" in handler.handled

    await until(came)


async def test_lag_counts_what_waits_and_what_is_in_hand(broker: NatsBroker) -> None:
    await send(broker, messages(4))
    assert (await lag(jetstream_of(broker))).total == 4
    going = asyncio.Event()

    async def handle(messages: Sequence[Message], waiting: int) -> set[int]:
        del messages, waiting
        await going.wait()
        return set()

    subscribe(broker, handle, never)
    await broker.start()

    async def in_hand() -> bool:
        return (await lag(jetstream_of(broker))).in_hand == 4

    await until(in_hand)
    going.set()
    await drained(broker)


async def test_our_publisher_says_which_event_and_content_it_sends(broker: NatsBroker) -> None:
    import orjson

    from tests.story import Story

    event = Story("p1").care("2026-10-01").raw[0]
    await send(
        broker, [to_message(orjson.dumps(event), BY_COMMAND), to_message(b"not json", BY_COMMAND)]
    )
    first = await jetstream_of(broker).get_msg(STREAM, 1)
    second = await jetstream_of(broker).get_msg(STREAM, 2)
    assert first.subject == "sightline.received.care.started"
    assert (first.headers or {})["Nats-Msg-Id"].startswith("/council/cms p1.1 ")
    assert (second.subject, second.data) == ("sightline.received.unknown", b"not json")


async def test_a_content_sent_at_another_moment_is_no_duplicate_to_the_broker(
    broker: NatsBroker,
) -> None:
    """A, then B, then A again within the duplicate window: which one counts hangs on the third."""
    event = Story("p1").care("2026-10-01").raw[0]
    again = event | {"time": "2026-10-03T12:00:00Z"}
    await send(
        broker, [to_message(orjson.dumps(item), BY_COMMAND) for item in (event, again, again)]
    )
    assert (await jetstream_of(broker).stream_info(STREAM)).state.messages == 2


async def test_what_fails_again_and_again_is_set_aside_and_terminated(
    broker: NatsBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.subscriber._FIRST_DELAY", 0.01)
    handler = Handler(*[RuntimeError("a bug")] * 99)
    kept: list[bytes] = []

    async def set_aside(message: Message, error: Exception) -> None:
        assert isinstance(error, RuntimeError)
        kept.append(message.body)

    await send(broker, messages(1))
    subscribe(broker, handler, set_aside)
    await broker.start()
    await drained(broker)
    assert kept == [b"0"]
    assert len(handler.batches) == TRIES_ALONE

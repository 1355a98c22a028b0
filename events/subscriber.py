"""The batch subscriber: fetch, handle, and only then acknowledge.

FastStream's own batch loop waits for a batch to fill, and loses what it collected when nats-py
raises its bare TimeoutError. This one hands over whatever a fetch returned, at once: a single event
arrives within milliseconds, and a backlog in full batches.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Annotated, Any

import nats.errors
from faststream import AckPolicy, Context
from faststream.message import StreamMessage
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.subscriber.usecases import BatchPullStreamSubscriber
from nats.aio.msg import Msg
from nats.js.errors import APIError, NotFoundError

from events.channel import Channel
from events.delivery import message_of
from events.stream import ACK_WAIT, STREAM, TRACKER, declare_tracker, tracker_config, tracker_info
from events.wire import Message

log = logging.getLogger(__name__)

BATCH = 500
MOST_BEHIND = 4000
"""Messages taken at once while the tracker is behind: each young person is then assessed once for
all of theirs that wait."""
_MOST_BYTES = 8 * 1024 * 1024
"""Bytes of a batch beyond which the next is no larger."""
IDLE_SECONDS = 5.0
_FETCH_GRACE = 5.0
_HELD_AHEAD = 3 * ACK_WAIT
"""Seconds for which a batch that was fetched ahead is held; most are taken within two."""
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 60.0

Handle = Callable[[Sequence[Message], int], Awaitable[set[int]]]
"""Stores a batch, told how many more wait; returns the positions of those stored as refused.

It raises `TryLaterError` for what may pass. Where it raises, any of the batch may be stored.
"""


SetAside = Callable[[Message, Exception], Awaitable[None]]
"""Keeps a message that fails again and again, before it is terminated on the broker."""

TRIES_ALONE = 5
"""Deliveries after which a message that fails alone, for no passing reason, is set aside."""


class TryLaterError(Exception):
    """Something that may pass, such as a database that does not answer."""


def delay_before(delivery: int) -> float:
    """Seconds to wait before a delivery is repeated: it grows, and is capped."""
    return min(_LONGEST_DELAY, _FIRST_DELAY * 2.0 ** min(delivery - 1, 16))


def next_size(batch: Sequence[Msg], usual: int) -> int:
    """How many messages to take next: all that wait, within the usual number and `MOST_BEHIND`.

    Large messages are taken in the usual number, so that a batch stays small in memory.
    """
    if not batch or sum(len(item.data) for item in batch) > _MOST_BYTES:
        return usual
    return min(max(batch[-1].metadata.num_pending, usual), MOST_BEHIND)


class _Ahead:
    """A batch that is fetched while the one before it is handled, and held from other trackers.

    Not for long: where the one before it waits for a database, another tracker may have one.
    """

    def __init__(self, fetching: Coroutine[Any, Any, list[Msg]]) -> None:
        self._fetching = asyncio.create_task(fetching)
        self._holding = asyncio.create_task(self._hold())

    async def _hold(self) -> None:
        # What fails is raised where the batch is taken.
        with suppress(nats.errors.Error, APIError, TimeoutError):
            batch = await asyncio.shield(self._fetching)
            await asyncio.wait_for(_extend_ack_wait(batch, "fetched ahead"), _HELD_AHEAD)

    async def take(self) -> list[Msg]:
        """The messages, once they have come."""
        try:
            return await self._fetching
        finally:
            self._holding.cancel()

    async def put_back(self) -> None:
        """Let another tracker have the messages at once; those on their way after `ACK_WAIT`."""
        self._holding.cancel()
        if not self._fetching.done():
            self._fetching.cancel()
        elif self._fetching.exception() is None:
            await _put_back(self._fetching.result())


async def _put_back(messages: Sequence[Msg]) -> None:
    """Let another tracker have the messages at once; what cannot be said, it finds out by itself.

    All of it is begun at once, and not cancelled: whoever stops ends the connection next.
    """
    sent = asyncio.gather(*(item.nak() for item in messages), return_exceptions=True)
    await asyncio.shield(sent)


class PromptBatchSubscriber(BatchPullStreamSubscriber):
    """FastStream's batch subscriber, with a loop that hands over at once, and checks its consumer.

    While it is behind, the next batch is fetched before the last is stored. A consumer that was
    deleted is created again; one that delivers nothing although events wait is subscribed to again.
    """

    __slots__ = ()

    async def _consume_pull(self) -> None:
        usual = size = self.pull_sub.batch_size
        ahead: _Ahead | None = None
        try:
            while self.running:
                try:
                    was_ahead = ahead is not None
                    batch = await (ahead.take() if ahead else self._fetch(size))
                    size = next_size(batch, usual)
                    is_behind = size > usual and self.running
                    ahead = _Ahead(self._fetch(size)) if is_behind else None
                    if not self.running:
                        await _put_back(batch)
                    elif batch:
                        await self.consume(batch)
                    elif not was_ahead:  # whose time ran while the one before was handled
                        await self._check_consumer()
                except (nats.errors.Error, APIError) as error:
                    log.warning("Fetching events failed: %s", type(error).__name__)
                    ahead = None
                    await self._subscribe_again()
        finally:
            if ahead:
                await ahead.put_back()

    async def _fetch(self, size: int) -> list[Msg]:
        """The messages that wait, at once; none after `IDLE_SECONDS`."""
        assert self.subscription is not None  # noqa: S101 (made before the loop starts)
        with suppress(TimeoutError, nats.errors.TimeoutError):
            return await asyncio.wait_for(
                self.subscription.fetch(size, timeout=IDLE_SECONDS),
                IDLE_SECONDS + _FETCH_GRACE,
            )
        return []

    async def _check_consumer(self) -> None:
        """After a fetch without messages: subscribe again where the consumer is gone or stuck."""
        try:
            info = await tracker_info(self.jetstream)
        except NotFoundError:
            log.warning("The durable consumer is gone; it is made again")
            await self._subscribe_again()
            return
        if info.num_pending:
            log.warning("Events wait and none is delivered; subscribing again")
            await self._subscribe_again()

    async def _subscribe_again(self) -> None:
        with suppress(nats.errors.Error, APIError, TimeoutError):
            await declare_tracker(self.jetstream)
            if self.subscription is not None:
                await self.subscription.unsubscribe()
        with suppress(nats.errors.Error, APIError, TimeoutError):
            self.subscription = await self.jetstream.pull_subscribe(
                subject=self.subject.broker_address, config=self.config, **self.extra_options
            )
            return
        await asyncio.sleep(1.0)


async def _undecoded(message: StreamMessage[Any]) -> bytes:
    """No decoding: one bad message must not fail the batch before the handler sees it."""
    del message
    return b""


def subscribe(
    broker: NatsBroker, handle: Handle, set_aside: SetAside, *, batch: int = BATCH
) -> None:
    """Register the tracker's handler. It runs once the broker is started."""
    subscriber = broker.subscriber(
        f"{Channel.PUBLISHERS}.>",  # the durable consumer takes the whole stream
        durable=TRACKER,
        stream=JStream(STREAM, declare=False),
        pull_sub=PullSub(batch_size=batch, timeout=IDLE_SECONDS, batch=True),
        ack_policy=AckPolicy.MANUAL,
        decoder=_undecoded,
        config=tracker_config(),
        title="Events from case management systems",
    )
    # The class has no fields of its own: FastStream's factory makes the object, our loop runs it.
    subscriber.__class__ = PromptBatchSubscriber

    @subscriber
    async def track(message: Annotated[Any, Context("message")]) -> None:
        await _handle_batch(message.raw_message, handle, set_aside)


async def _handle_batch(messages: Sequence[Msg], handle: Handle, set_aside: SetAside) -> None:
    """Handle a batch and acknowledge, put back or terminate each message of it."""
    working = asyncio.create_task(_extend_ack_wait(messages))
    try:
        refused = await handle([message_of(item) for item in messages], _waiting(messages))
    except TryLaterError as error:
        pause = max(delay_before(item.metadata.num_delivered or 1) for item in messages)
        log.warning("A batch of %d is put back for %.1f s: %s", len(messages), pause, error)
        for item in messages:
            await item.nak(delay=pause)
        await asyncio.sleep(pause)
    except Exception as error:
        if len(messages) > 1:
            log.exception("A batch of %d failed; each is tried alone", len(messages))
            working.cancel()
            for item in messages:
                await _handle_batch([item], handle, set_aside)
            return
        await _failed_alone(messages[0], error, set_aside)
    else:
        for position, item in enumerate(messages):
            if position in refused:
                await item.term()
            else:
                await item.ack()
    finally:
        working.cancel()


def _waiting(messages: Sequence[Msg]) -> int:
    """How many more messages wait on the broker for any tracker."""
    return messages[-1].metadata.num_pending or 0


async def _failed_alone(item: Msg, error: Exception, set_aside: SetAside) -> None:
    """Try one message again after growing delays; after `TRIES_ALONE`, keep it as refused."""
    delivery = item.metadata.num_delivered or 1
    log.error("An event could not be tracked: %s", type(error).__name__)
    if delivery < TRIES_ALONE:
        await item.nak(delay=delay_before(delivery))
        return
    try:
        await set_aside(message_of(item), error)
    except Exception:
        log.exception("It could not be kept as refused either; it is tried again")
        await item.nak(delay=delay_before(delivery))
    else:
        await item.term()


async def _extend_ack_wait(messages: Sequence[Msg], state: str = "in work") -> None:
    """Keep the broker from offering messages to another tracker while they are handled."""
    began = time.monotonic()
    while True:
        await asyncio.sleep(ACK_WAIT / 3)
        log.info("A batch has been %s for %.0f s", state, time.monotonic() - began)
        for item in messages:
            await item.in_progress()

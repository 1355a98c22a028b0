"""Events on the broker that are not in the store yet, read without taking them from the tracker."""

from collections.abc import AsyncIterator

from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from events.broker import Broker, jetstream_of
from events.delivery import message_of
from events.stream import STREAM, lag
from events.wire import Message

_BATCH = 500
_FETCH_SECONDS = 5.0


async def backlog(broker: Broker) -> AsyncIterator[Message]:
    """Every message that no tracker has acknowledged yet, oldest first.

    A tracker may store some of them meanwhile; the caller then has the same events twice.
    """
    jetstream = jetstream_of(broker)
    behind = await lag(jetstream)
    if not behind.total:
        return
    last = (await jetstream.stream_info(STREAM)).state.last_seq
    reader = await jetstream.pull_subscribe(
        ">",
        stream=STREAM,
        config=ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=behind.done + 1,
            ack_policy=AckPolicy.NONE,
        ),
    )
    try:
        read = behind.done
        while read < last:
            try:
                messages = await reader.fetch(_BATCH, timeout=_FETCH_SECONDS)
            except NatsTimeoutError:
                return
            for item in messages:
                read = item.metadata.sequence.stream
                yield message_of(item)
    finally:
        await reader.unsubscribe()

"""The stream, its subjects and its durable consumer, as data; and how they are made to be so.

`SIGHTLINE` keeps 30 days and refuses new messages when it is full, so that a publisher learns of it
and nothing is dropped in silence. The database is what removes duplicates: the duplicate window is
the shortest that the server allows.
"""

from contextlib import suppress
from dataclasses import dataclass

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    ConsumerInfo,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from events.channel import SUBJECTS, Channel

STREAM = "SIGHTLINE"
OUT_STREAM = "SIGHTLINE_OUT"
MAILED_SUBJECT = "sightline.mailed"
"""Beneath it a subject for each mail that was handed over (`events/mail_memory.py`)."""

OUT_SUBJECTS = ("sightline.status.>", "sightline.casenotes", f"{MAILED_SUBJECT}.>")
TRACKER = "sightline-tracker"

KEEP_SECONDS = 30 * 24 * 3600
SHORTEST_DUPLICATE_WINDOW = 0.1
ACK_WAIT = 12.0
"""Seconds after which an unacknowledged message is offered again, as when a tracker was killed;
longer work extends them."""
MAX_ACK_PENDING = 100_000
DEFAULT_MAX_BYTES = 4 * 1024**3


def subject_of(channel: Channel, name: str) -> str:
    """The broker subject of an event name on a channel: sightline.events.care.started."""
    return f"{channel}.{name}"


UNKNOWN = "unknown"
"""The name in the subject of what our own publishers cannot read: it is refused and kept."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the tracker is behind, in events: not yet delivered, and not yet acknowledged.

    `done` is the sequence number in the stream up to which everything is acknowledged.
    """

    waiting: int
    in_hand: int
    done: int = 0

    @property
    def total(self) -> int:
        """Everything that is on the broker and not in the store."""
        return self.waiting + self.in_hand


def stream_config(max_bytes: int = DEFAULT_MAX_BYTES, replicas: int = 1) -> StreamConfig:
    """The stream that events arrive on."""
    return StreamConfig(
        name=STREAM,
        description="Events from case management systems",
        subjects=list(SUBJECTS),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_age=KEEP_SECONDS,
        max_bytes=max_bytes,
        duplicate_window=SHORTEST_DUPLICATE_WINDOW,
        num_replicas=replicas,
        allow_atomic=True,
    )


def out_stream_config(max_bytes: int = DEFAULT_MAX_BYTES // 4, replicas: int = 1) -> StreamConfig:
    """The stream of what Sightline itself publishes."""
    return StreamConfig(
        name=OUT_STREAM,
        description="Colours that changed and case notes, for whoever listens",
        subjects=list(OUT_SUBJECTS),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_age=KEEP_SECONDS,
        max_bytes=max_bytes,
        num_replicas=replicas,
    )


def tracker_config() -> ConsumerConfig:
    """The durable consumer that any number of trackers share."""
    return ConsumerConfig(
        durable_name=TRACKER,
        description="Sightline's trackers",
        # All of the stream, said: the client would put its own subject in the place of none.
        filter_subjects=list(SUBJECTS),
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT,
        max_deliver=-1,
        max_ack_pending=MAX_ACK_PENDING,
    )


async def declare(jetstream: JetStreamContext, streams: list[StreamConfig]) -> None:
    """Create the streams and the consumer, or update them to the settings of this version.

    JetStream keeps the settings that a stream or consumer was created with until it is updated.
    """
    for config in streams:
        try:
            await jetstream.stream_info(config.name or "")
        except NotFoundError:
            await jetstream.add_stream(config)
        else:
            await jetstream.update_stream(config)
    await declare_tracker(jetstream)


async def declare_tracker(jetstream: JetStreamContext) -> None:
    """Create the durable consumer, or update it to the settings of this version.

    Where it begins in the stream cannot be changed: that stays as it was made.
    """
    config = tracker_config()
    with suppress(NotFoundError):
        made = (await tracker_info(jetstream)).config
        config.deliver_policy, config.opt_start_seq = made.deliver_policy, made.opt_start_seq
    await jetstream.add_consumer(STREAM, config)


async def tracker_info(jetstream: JetStreamContext) -> ConsumerInfo:
    """The state of the durable consumer on the server.

    Raises:
        NotFoundError: somebody deleted it.
    """
    info: ConsumerInfo = await jetstream.consumer_info(STREAM, TRACKER)
    return info


@dataclass(frozen=True, slots=True)
class StreamState:
    """The stream as it is: when it was made, its first and last number, and what is acknowledged.

    `done` is the number up to which everything is acknowledged.
    """

    created: str
    first: int
    last: int
    done: int


async def stream_state(jetstream: JetStreamContext) -> StreamState:
    """The stream and its durable consumer, which is made where it is gone.

    Raises:
        NotFoundError: the stream is gone.
    """
    info = await jetstream.stream_info(STREAM)
    try:
        consumer = await tracker_info(jetstream)
    except NotFoundError:
        await declare_tracker(jetstream)
        consumer = await tracker_info(jetstream)
    done = consumer.ack_floor.stream_seq if consumer.ack_floor else 0
    created = info.created.isoformat() if info.created else ""
    return StreamState(created, info.state.first_seq, info.state.last_seq, done or 0)


async def begin_after(jetstream: JetStreamContext, sequence: int) -> None:
    """Let the trackers begin again after a sequence number: what follows is delivered anew."""
    await jetstream.delete_consumer(STREAM, TRACKER)
    config = tracker_config()
    if sequence:
        config.deliver_policy = DeliverPolicy.BY_START_SEQUENCE
        config.opt_start_seq = sequence + 1
    await jetstream.add_consumer(STREAM, config)


async def lag(jetstream: JetStreamContext) -> Lag:
    """How far the tracker is behind."""
    info = await tracker_info(jetstream)
    done = info.ack_floor.stream_seq if info.ack_floor else 0
    return Lag(info.num_pending or 0, info.num_ack_pending or 0, done)

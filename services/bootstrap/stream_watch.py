"""Watching over the stream: whether it is still the one that this store was filled from.

The store remembers how far it got. So it is noticed where the store is older than what the trackers
acknowledged (it was restored), where the stream is younger than the store (it was lost, and made
again), and where either of them is gone.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from nats.js.errors import NotFoundError

from events.broker import declare_streams, jetstream_of
from events.stream import StreamState, begin_after, stream_state
from services.bootstrap.runtime import Runtime
from services.clock import now_utc
from services.store import event_log, stream_position
from services.store.stream_position import Position
from services.tracking.patience import repeat

log = logging.getLogger(__name__)

_EVERY_SECONDS = 5.0
_NOBODY_LOOKED = timedelta(minutes=5)
"""Time after which a store may be a copy: what it is given again is as much as came in one look."""


async def watch_stream(runtime: Runtime, clock: Callable[[], datetime] = now_utc) -> None:
    """Look after the stream until cancelled; what fails is tried again."""

    async def once() -> float:
        await check_stream(runtime, clock())
        return _EVERY_SECONDS

    await repeat(once, "The stream could not be looked at")


async def check_stream(runtime: Runtime, now: datetime) -> None:
    """Compare the stream with what the store remembers of it, and mend what can be mended.

    A stream that is gone is made again. Events that may be missing are recorded as a loss, which
    pages, digests and mails tell until it is settled. A store that was restored is given again what
    it has not seen.
    """
    jetstream = jetstream_of(runtime.broker)
    try:
        state = await stream_state(jetstream)
    except NotFoundError:
        log.warning("The stream is gone; it is made again")
        await declare_streams(
            runtime.broker, runtime.settings.nats_max_bytes, runtime.settings.nats_replicas
        )
        state = await stream_state(jetstream)
    async with runtime.database.writing() as connection:
        known = await stream_position.position(connection)
        if known is None and state.done and not await event_log.count(connection):
            log.warning("The store is empty; it is given all that the stream still has")
            await begin_after(jetstream, 0)
            state = await stream_state(jetstream)
        elif known is not None:
            if _is_another(known, state):
                log.warning("The stream lost what it held, or is another; events may be missing")
                await stream_position.record_loss(connection, known.seen_at, now)
                known = None
            elif state.done > known.high:
                log.warning("The store is older than the stream; it is given what came since")
                await begin_after(jetstream, known.low)
                if state.first > known.low + 1:
                    await stream_position.record_loss(connection, known.seen_at, now)
                state = await stream_state(jetstream)
            elif now - known.seen_at > _NOBODY_LOOKED and state.done > known.low:
                # A copy may have a later batch and lack an earlier, which was stored beside it.
                log.info("Nobody looked for a while; the store is given the last events again")
                await begin_after(jetstream, known.low)
                state = await stream_state(jetstream)
        high = state.done if known is None else max(known.high, state.done)
        await stream_position.remember(
            connection, Position(state.created, high, state.done, now), anew=known is None
        )


def _is_another(known: Position, state: StreamState) -> bool:
    """Whether the stream is not the one that the store was filled from, or lost its last part."""
    return state.created != known.created or state.last < known.high

"""How far the tracker is behind."""

from dataclasses import replace

from faststream.nats import NatsBroker

from events.broker import BROKER_ERRORS, jetstream_of
from events.stream import Lag, lag
from services.store import stream_position, underived
from services.store.database import Database


async def lag_of(broker: NatsBroker, database: Database) -> Lag | None:
    """How far the tracker is behind; None where the broker does not answer.

    Events that are stored and from which nothing is derived yet count as waiting, one for each
    young person; so do those that were acknowledged and are not in this store, which was restored.
    """
    try:
        on_broker = await lag(jetstream_of(broker))
    except BROKER_ERRORS:
        return None
    async with database.reading() as connection:
        marked = await underived.count(connection)
        stored = await stream_position.highest(connection)
    unseen = max(on_broker.done - stored, 0) if stored else 0
    return replace(on_broker, waiting=on_broker.waiting + marked + unseen)

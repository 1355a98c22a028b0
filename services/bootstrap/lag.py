"""How far the tracker is behind."""

from dataclasses import replace

from faststream.nats import NatsBroker

from events.broker import BROKER_ERRORS, jetstream_of
from events.stream import Lag, lag
from services.store import underived
from services.store.database import Database


async def lag_of(broker: NatsBroker, database: Database) -> Lag | None:
    """How far the tracker is behind; None where the broker does not answer.

    Events that are stored and from which nothing is derived yet count as waiting, one for each
    young person.
    """
    try:
        on_broker = await lag(jetstream_of(broker))
    except BROKER_ERRORS:
        return None
    async with database.reading() as connection:
        marked = await underived.count(connection)
    return replace(on_broker, waiting=on_broker.waiting + marked)

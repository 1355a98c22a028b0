"""What benchmarks are fed, and the parts that they run on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from uuid import uuid4

import orjson
from faststream.nats import NatsBroker
from sqlalchemy import text

from events.broker import connected_broker
from events.channel import BY_COMMAND
from events.embedded import EmbeddedBroker
from events.publish import publish, to_message
from services.demo.council import make_council
from services.store.database import Database


@cache
def _council(many: int) -> tuple[bytes, ...]:
    """Events of made-up councils, person by person."""
    events: list[dict[str, object]] = []
    seed = 0
    while len(events) < many:
        seed += 1
        some = make_council(date(2026, 11, 20), seed)
        for event in some:
            event["id"] = f"{seed}-{event['id']}"
            event["subject"] = f"{seed}-{event['subject']}"
        events += sorted(some, key=lambda e: (e["subject"], e["time"]))
    return tuple(orjson.dumps(event) for event in events[:many])


def backfill(many: int) -> list[bytes]:
    """A history sent person by person, as an extract has it."""
    return list(_council(many))


def shuffled(many: int) -> list[bytes]:
    """The same, of everybody in turn: hardly two events of a batch are about one person."""
    events = backfill(many)
    Random(1).shuffle(events)
    return events


@dataclass(frozen=True, slots=True)
class Bench:
    """A real broker and a real, empty database."""

    broker: NatsBroker
    database: Database
    nats_url: str
    folder: Path

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, folder: Path, name: str, socket: str, turn: int
    ) -> AsyncIterator["Bench"]:
        unique = f"b{turn}{uuid4().hex[:8]}"
        url = f"sqlite:///{folder / unique}.sqlite"
        if name == "postgresql":
            admin = Database(f"postgresql+asyncpg://postgres@/postgres?host={socket}")
            async with admin.engine.connect() as connection:
                unbound = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await unbound.execute(text(f"CREATE DATABASE {unique}"))
            await admin.close()
            url = f"postgresql+asyncpg://postgres@/{unique}?host={socket}"
        database = Database(url)
        await database.upgrade()
        async with (
            EmbeddedBroker(folder / f"nats-{unique}") as server,
            connected_broker(server.url) as broker,
        ):
            yield cls(broker, database, server.url, folder)
        await database.close()

    async def publish(self, events: list[bytes]) -> None:
        """Put events on the broker, before the clock starts."""
        async for _ in publish(self.broker, (to_message(event, BY_COMMAND) for event in events)):
            pass

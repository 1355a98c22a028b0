"""Mail: side by side, stopped soon, and never twice although the store was restored."""

import asyncio
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

from faststream.nats import NatsBroker

from events.mail_memory import BrokerMailMemory
from services.bootstrap.runtime import Runtime
from services.bootstrap.schedule import STOP_SECONDS, scheduling
from services.digests.send import SIDE_BY_SIDE, make_week, send_due
from services.digests.week import week_of
from services.settings import Settings
from services.store import mail_queue
from services.store.database import Database, sqlite_url
from tests.store.digests.council import EVERYBODY, MONDAY, Council, Outbox
from tests.store.new_store import new_store
from tests.system.faults.test_stream_lost import copy_of


class Slow(Outbox):
    """Hangs for some addresses until it is told to go on."""

    def __init__(self, *hanging: str) -> None:
        super().__init__()
        self.hanging = hanging
        self.go_on = asyncio.Event()
        self.at_once = self.most_at_once = 0

    async def send(self, message: EmailMessage, address: str) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if address in self.hanging:
                await self.go_on.wait()
            await super().send(message, address)
        finally:
            self.at_once -= 1


async def a_week(council: Council) -> None:
    week = week_of(MONDAY, council.policy.digest)
    council.now = week.due_at
    assert await make_week(council.mail_context, week)


async def test_one_recipient_that_hangs_delays_no_other(sqlite_store: Database) -> None:
    council = Council(sqlite_store)
    await a_week(council)
    slow = Slow("director@council.example")
    context = replace(council.mail_context, transport=slow)
    sending = asyncio.create_task(send_due(context))
    async with asyncio.timeout(10):
        while len(slow.sent) < len(EVERYBODY) - 1:
            await asyncio.sleep(0.01)
    assert not sending.done()
    slow.go_on.set()
    assert (await sending).sent == len(EVERYBODY)
    assert slow.most_at_once <= SIDE_BY_SIDE


async def test_a_store_that_was_restored_mails_nothing_again(
    tmp_path: Path, broker: NatsBroker
) -> None:
    store = new_store(tmp_path / "now.sqlite")
    council = Council(store)
    await a_week(council)
    await copy_of(store, tmp_path / "copy.sqlite")
    await store.close()
    first, second = Outbox(), Outbox()
    for name, outbox in (("now", first), ("copy", second)):
        database = Database(sqlite_url(tmp_path / f"{name}.sqlite"))
        again = Council(database)
        again.now = council.now
        memory = BrokerMailMemory(broker)
        counts = await send_due(replace(again.mail_context, transport=outbox, memory=memory))
        assert counts.sent == len(EVERYBODY)
        async with database.reading() as connection:
            states = {item.state for item in await mail_queue.deliveries(connection)}
        assert states == {mail_queue.SENT}
        await database.close()
    assert len(first.sent) == len(EVERYBODY)
    assert second.sent == []


async def test_a_stop_waits_no_longer_than_it_must(
    sqlite_store: Database, broker: NatsBroker
) -> None:
    council = Council(sqlite_store)
    await a_week(council)
    slow = Slow(*(item.address for item in EVERYBODY))
    context = replace(council.mail_context, transport=slow)
    runtime = Runtime(Settings(), council.tracker.rules, sqlite_store, broker)
    began = asyncio.get_running_loop().time()
    async with scheduling(runtime, context):
        async with asyncio.timeout(10):
            while not slow.at_once:
                await asyncio.sleep(0.01)
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < STOP_SECONDS + 5
    assert slow.sent == []
    async with sqlite_store.reading() as connection:
        assert {it.state for it in await mail_queue.deliveries(connection)} == {mail_queue.SENDING}

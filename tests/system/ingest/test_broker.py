"""202 is a promise: the broker has it. Where it has not, 503, and sending again is right."""

import asyncio
import json
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from faststream.nats import NatsBroker
from httpx2 import Response
from sqlalchemy import text

from events.broker import jetstream_of
from events.embedded import EmbeddedBroker
from events.stream import stream_config
from services.store.database import Database
from tests.system.ingest.publisher import (
    BATCHED,
    assert_says,
    ids,
    on_broker,
    publisher,
    taken,
    wrong,
)
from tests.system.web.running_app import RunningApp, running_app


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a moment only for a broker that does not answer; as it is shipped, 30 seconds."""
    monkeypatch.setattr("events.publish.ANSWER_SECONDS", 0.4)


@pytest.fixture
async def untracked(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> AsyncIterator[RunningApp]:
    """A council's Sightline whose tracker stands still."""
    async with running_app(sqlite_store, broker, tmp_path, tracking=False) as one:
        yield one


def assert_not_now(answer: Response) -> None:
    assert_says(answer, 503, "again")
    assert int(answer.headers["retry-after"]) > 0


@asynccontextmanager
async def full(served: RunningApp, room: int) -> AsyncIterator[None]:
    """The stream takes so many bytes more and no message besides."""
    jetstream = jetstream_of(served.broker)
    used = (await jetstream.stream_info("SIGHTLINE")).state.bytes
    await jetstream.update_stream(stream_config(used + room))
    yield
    await jetstream.update_stream(stream_config())


async def test_it_is_on_the_broker_when_it_is_answered(untracked: RunningApp) -> None:
    cms = await publisher(untracked)
    taken(await cms.one(cms.moved()))
    assert await on_broker(untracked) == 1
    taken(await cms.binary(cms.moved()))
    assert await on_broker(untracked) == 2
    taken(await cms.batch(*(cms.moved() for _ in range(3))))
    assert await on_broker(untracked) == 5
    wrong(await cms.batch(cms.moved(time="noon"), cms.moved(source="/other"), 5))
    assert await on_broker(untracked) == 6


@pytest.mark.parametrize("room", [1, 4_000])
async def test_a_stream_that_is_full_is_told_and_what_is_sent_again_counts_once(
    served: RunningApp, room: int
) -> None:
    cms = await publisher(served)
    batch = [cms.moved(f"P{number}") for number in range(20)]
    async with full(served, room):
        before = await on_broker(served)
        assert_not_now(await cms.batch(*batch))
        assert_not_now(await cms.batch(*batch, cms.moved(time="noon")))
        stored = await on_broker(served) - before
        assert 0 < stored < 20 if room > 1 else stored == 0
        if room == 1:
            assert_not_now(await cms.one(batch[0]))
            assert_not_now(await cms.binary(batch[0]))
            wrong(await cms.one(cms.moved(source="/other")), 403)
    assert len(taken(await cms.batch(*batch))) == 20
    assert [id_ for id_, _ in await cms.stored()] == ids(batch)


async def test_a_broker_that_refuses_is_told_and_a_faulty_batch_sent_again_is_the_same(
    served: RunningApp,
) -> None:
    cms = await publisher(served)
    batch = [cms.moved("P1"), cms.moved("P2", time="noon")]
    served.refuses_after = 0
    assert_not_now(await cms.batch(*batch))
    assert await cms.stored() == []
    assert await cms.refused() == []
    served.refuses_after = None
    for _ in range(2):
        assert list(wrong(await cms.batch(*batch))) == [1]
    assert await cms.stored() == [(batch[0]["id"], "P1")]
    assert len(await cms.refused()) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_broker_that_is_silent_for_a_while_stores_everything_once(
    served: RunningApp, nats_server: EmbeddedBroker
) -> None:
    cms = await publisher(served)
    one, batch = cms.moved("P0"), [cms.moved(f"P{number}") for number in range(1, 9)]
    os.kill(nats_server.pid, signal.SIGSTOP)
    try:
        answers = await asyncio.gather(cms.one(one), cms.batch(*batch))
        for answer in answers:
            assert_not_now(answer)
    finally:
        os.kill(nats_server.pid, signal.SIGCONT)
    taken(await cms.one(one))
    taken(await cms.batch(*batch))
    assert [id_ for id_, _ in await cms.stored()] == ids([one, *batch])


@pytest.mark.usefixtures("impatient")
async def test_a_broker_that_is_dead_is_told_to_every_mode(
    served: RunningApp, nats_server: EmbeddedBroker
) -> None:
    cms = await publisher(served)
    os.kill(nats_server.pid, signal.SIGKILL)
    for answer in await asyncio.gather(
        cms.one(cms.moved()), cms.binary(cms.moved()), cms.batch(cms.moved(), cms.moved()),
        cms.one(cms.moved(time="noon")), cms.batch(*(cms.moved() for _ in range(1000))),
    ):  # fmt: skip
        assert_not_now(answer)
    wrong(await cms.one(cms.moved(source="/other")), 403)
    assert_says(await cms.send(b"no json"), 400)


async def test_a_store_that_does_not_know_tokens_is_told(served: RunningApp) -> None:
    cms = await publisher(served)
    async with served.runtime.database.writing() as connection:
        await connection.execute(text("DROP TABLE tokens"))
    before = await on_broker(served)
    answer = await cms.one(cms.moved())
    assert_says(answer, 503)
    assert int(answer.headers["retry-after"]) > 0
    assert await on_broker(served) == before


@pytest.mark.parametrize(
    "url", ["postgresql://x@127.0.0.1:1/x", "postgresql://x@/x?host=/nowhere-at-all"]
)
async def test_a_database_that_is_gone_is_told(
    broker: NatsBroker, tmp_path: Path, url: str
) -> None:
    gone = Database(url)
    async with running_app(gone, broker, tmp_path, tracking=False) as one:
        browser = await one.browser()
        answer = await browser.client.post("/events", headers={"Authorization": "Bearer x"})
        assert_says(answer, 503)
        assert int(answer.headers["retry-after"]) > 0
    await gone.close()


async def test_on_either_database_a_batch_is_stored_and_its_faulty_events_are_kept(
    database: Database, broker: NatsBroker, tmp_path: Path
) -> None:
    odd = "a\x00b\ufeff💩\u202e"
    async with running_app(database, broker, tmp_path) as one:
        cms = await publisher(one)
        good = [cms.moved("Zoe"), cms.moved("P1", data={"note": odd, odd: odd, "urn": odd})]
        bad = [
            cms.moved(odd),
            cms.moved("P2", time=odd),
            cms.moved("P3", **{odd: odd, "type": odd}),
        ]
        for _ in range(2):
            assert list(wrong(await cms.batch(*good, *bad))) == [2, 3, 4]
        assert [id_ for id_, _ in await cms.stored()] == ids(good)
        assert sorted(item.event_id for item in await cms.refused()) == ids(bad)


@pytest.mark.usefixtures("impatient")
async def test_no_log_line_tells_of_a_case_or_a_token(
    served: RunningApp,
    nats_server: EmbeddedBroker,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    for name in ("services", "events", "uvicorn"):
        caplog.set_level(logging.DEBUG, name)
    cms = await publisher(served, "/test/SECRET-source")
    good = cms.moved("SECRET-person", id="SECRET-id", data={"note": "SECRET-note"})
    taken(await cms.one(good))
    taken(await cms.binary(good))
    wrong(await cms.batch(good, good | {"time": "SECRET-time"}, good | {"source": "SECRET-other"}))
    await cms.send(b'{"SECRET')
    await cms.send(b"SECRET", "SECRET/kind")
    await cms.one(good | {"data": json.loads("[" * 400 + '"SECRET"' + "]" * 400)})
    await cms.one(good | {"id": "SECRET" * 15_000})
    await cms.batch(*[good] * 1001)
    await cms.client.get("/events?SECRET")
    await cms.client.post("/events", headers={"Authorization": "Bearer SECRET"})
    await cms.stored()
    served.refuses_after = 0
    await cms.one(good)
    served.refuses_after = None
    os.kill(nats_server.pid, signal.SIGKILL)
    await cms.send(json.dumps([good]).encode(), BATCHED)
    async with served.runtime.database.writing() as connection:
        await connection.execute(text("DROP TABLE tokens"))
    await cms.one(good)
    ours = [one for one in caplog.records if one.name not in {"httpx2", "uvicorn.access"}]
    assert len(ours) > 3, "next to nothing was logged, so nothing was looked at"
    logged = "\n".join(logging.Formatter("%(name)s %(message)s").format(one) for one in ours)
    assert "SECRET" not in logged
    assert cms.secret not in logged

"""Whether the process lives and is ready, and what it tells Prometheus: never of a young person."""

import asyncio
import math
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from faststream.nats import NatsBroker
from httpx2 import Response
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from events.channel import BY_COMMAND
from events.embedded import EmbeddedBroker
from events.publish import publish, to_message
from services.bootstrap.tracking import start_tracking
from services.store.database import Database
from tests.system.web.running_app import ADVISER, NOW, RunningApp, care_leaver, running_app
from tests.system.web.sample_cases import RED_BY_ACCOMMODATION, add_sample_cases, references
from tests.waiting import drained


@pytest.fixture
async def untracked(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> AsyncIterator[RunningApp]:
    """A council whose tracker does not run."""
    async with running_app(sqlite_store, broker, tmp_path, tracking=False) as one:
        yield one


async def puts(untracked: RunningApp, *people: str) -> None:
    """Events wait on the broker."""
    messages = [
        to_message(orjson.dumps(item), BY_COMMAND)
        for person in people
        for item in care_leaver(person)
    ]
    async for _ in publish(untracked.broker, messages):
        pass


async def ready(served: RunningApp) -> tuple[int, dict[str, str]]:
    answer = await (await served.browser()).get("/readyz")
    return answer.status_code, answer.json()


def told_in(answer: Response) -> dict[tuple[str, ...], float]:
    """Every measure with its labels, as Prometheus reads it."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_it_lives_and_is_ready(served: RunningApp) -> None:
    nobody = await served.browser()
    answer = await nobody.get("/healthz", headers={"Host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert await ready(served) == (200, {"database": "ok", "tracker": "ok"})
    assert (await nobody.get("/readyz", headers={"Host": "10.1.2.3:8000"})).status_code == 200


async def test_while_the_broker_does_not_answer_it_is_not_ready_and_still_tells_its_measures(
    served: RunningApp, nats_server: EmbeddedBroker
) -> None:
    nobody = await served.browser()
    os.kill(nats_server.pid, signal.SIGKILL)
    readiness, measures = await asyncio.gather(
        nobody.get("/readyz", timeout=20), nobody.get(f"{served.probes}/metrics", timeout=20)
    )
    assert readiness.status_code == 503
    assert readiness.json() == {"database": "ok", "tracker": "the broker does not answer"}
    assert measures.status_code == 200
    assert math.isnan(told_in(measures)["sightline_lag_events",])
    assert (await nobody.get("/healthz")).status_code == 200


async def test_it_is_not_ready_while_the_database_does_not_answer(served: RunningApp) -> None:
    async with served.runtime.database.writing() as connection:
        await connection.execute(text("DROP TABLE refused"))
    assert await ready(served) == (503, {"database": "does not answer", "tracker": "ok"})
    assert (await (await served.browser()).get("/healthz")).status_code == 200


async def test_it_is_not_ready_when_nothing_is_worked_through_for_a_minute(
    untracked: RunningApp,
) -> None:
    await puts(untracked, "KN101", "KS202")
    assert (await ready(untracked))[0] == 200
    untracked.now = NOW + timedelta(seconds=59)
    assert (await ready(untracked))[0] == 200
    untracked.now = NOW + timedelta(seconds=61)
    status, checks = await ready(untracked)
    assert status == 503
    assert checks["tracker"].startswith("4 events wait")
    await puts(untracked, "KN808")
    assert (await ready(untracked))[0] == 503
    start_tracking(untracked.runtime, lambda: untracked.now)
    await untracked.broker.start()
    await drained(untracked.broker)
    assert await ready(untracked) == (200, {"database": "ok", "tracker": "ok"})


async def test_a_new_backlog_has_a_minute_of_its_own(untracked: RunningApp) -> None:
    untracked.now = NOW - timedelta(hours=2)
    assert (await ready(untracked))[0] == 200
    untracked.now = NOW
    await puts(untracked, "KN101")
    assert (await ready(untracked))[0] == 200
    untracked.now = NOW + timedelta(seconds=30)
    assert (await ready(untracked))[0] == 200


async def test_measures_are_read_by_prometheus_and_tell_of_no_young_person(
    served: RunningApp,
) -> None:
    await add_sample_cases(served)
    adviser, nobody = await served.browser(ADVISER), await served.browser()
    for path in ("/cases/KN101", "/cases/KN101/judgement", "/cases/KS202", "/api/cases/KN101",
                 "/KN101", "/static/KN101", "/digests/KN101/KS202"):  # fmt: skip
        await adviser.get(path)
    assert (await nobody.get("/metrics")).status_code == 404
    answer = await nobody.get(f"{served.probes}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert references(answer.text) == set()
    found = told_in(answer)
    assert found["sightline_red_cases", "unsuitable_accommodation"] == len(RED_BY_ACCOMMODATION)
    assert found["sightline_refused_open",] == 2
    assert found["sightline_lag_events",] == 0
    assert found["sightline_feed_accepted", "/test/cms"] > 20
    assert found["sightline_answers_total", "/cases/{person:path}", "200"] == 1
    assert found["sightline_answers_total", "/cases/{person:path}", "404"] == 1


async def test_where_the_database_does_not_answer_metrics_say_so(
    untracked: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await untracked.browser()
    before = told_in(await browser.get(f"{untracked.probes}/metrics"))
    assert before["sightline_refused_open",] == 0

    def gone() -> None:
        raise OperationalError("", None, Exception())

    monkeypatch.setattr(untracked.state.database, "reading", gone)
    answer = await browser.get(f"{untracked.probes}/metrics")
    assert answer.status_code == 200
    told = told_in(answer)
    assert told["sightline_wrong", "database"] == 1
    assert math.isnan(told["sightline_refused_open",])
    assert not any(key[0] == "sightline_red_cases" for key in told)

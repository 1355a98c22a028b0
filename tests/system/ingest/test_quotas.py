"""How much a token may ask and a source send; and that no flood keeps anybody else out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from faststream.nats import NatsBroker
from sqlalchemy import func, select

from schemas.policy import Policy, SourcePermissions
from services.store import sent_hours
from services.store.database import Database
from services.store.tables import audit
from services.web.kit.rate_limit import RateLimit
from tests.system.ingest.publisher import Publisher, on_broker, publisher
from tests.system.web.api_client import assert_problem, token_client
from tests.system.web.running_app import RunningApp, running_app

A_DAY = 5


@pytest.fixture
async def served(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> AsyncIterator[RunningApp]:
    """A council whose policy says how much one source may send."""
    policy = Policy(council="Test", sources={"/limited": SourcePermissions(events_a_day=A_DAY)})
    async with running_app(sqlite_store, broker, tmp_path, policy) as one:
        yield one


async def sends(cms: Publisher, many: int) -> int:
    """Send so many events at once; returns the status of the answer."""
    answer = await cms.batch(*(cms.moved(f"P{number}") for number in range(many)))
    if answer.status_code == 429:
        assert_problem(answer, 429)
        assert int(answer.headers["retry-after"]) > 0
    return int(answer.status_code)


async def test_a_source_sends_as_many_a_day_as_the_policy_says(served: RunningApp) -> None:
    limited, other = await publisher(served, "/limited"), await publisher(served, "/other")
    assert await sends(limited, A_DAY - 1) == 202
    before = await on_broker(served)
    assert await sends(limited, 2) == 429
    assert await on_broker(served) == before, "none of them was taken"
    assert await sends(limited, 1) == 202
    assert await sends(limited, 1) == 429
    assert await sends(other, A_DAY + 1) == 202


async def test_more_at_once_than_a_day_has_is_taken_on_a_day_without_any(
    served: RunningApp,
) -> None:
    """A batch that is larger than the quota would else never be taken at all."""
    limited = await publisher(served, "/limited")
    assert await sends(limited, A_DAY * 2) == 202
    assert await sends(limited, 1) == 429


async def test_processes_of_the_pages_share_what_a_source_may_send(served: RunningApp) -> None:
    limited = await publisher(served, "/limited")
    assert await sends(limited, A_DAY) == 202
    async with served.runtime.database.writing() as connection:
        wait = await sent_hours.take(connection, "/limited", 1, A_DAY, served.now)
    assert wait is not None
    assert wait <= timedelta(hours=24)


async def test_a_day_later_it_may_send_again(served: RunningApp) -> None:
    limited = await publisher(served, "/limited")
    assert await sends(limited, A_DAY) == 202
    served.now += timedelta(hours=23)
    assert await sends(limited, 1) == 429
    served.now += timedelta(hours=1)
    assert await sends(limited, 1) == 202


async def test_what_was_not_stored_counts_for_nothing(served: RunningApp) -> None:
    limited = await publisher(served, "/limited")
    served.refuses_after = 0
    for _ in range(3):
        assert await sends(limited, A_DAY) == 503
    served.refuses_after = None
    foreign = [limited.moved(f"P{number}", source="/other") for number in range(A_DAY)]
    assert (await limited.batch(*foreign)).status_code == 403
    assert await sends(limited, A_DAY) == 202
    assert await sends(limited, 1) == 429


async def test_a_token_that_asks_too_often_waits_and_others_do_not(served: RunningApp) -> None:
    served.state.limits.requests = RateLimit(3, 60)
    cms, other = await publisher(served, "/one"), await publisher(served, "/two")
    assert [await sends(cms, 1) for _ in range(4)] == [202, 202, 202, 429]
    assert await sends(other, 1) == 202
    reader, another = await token_client(served), await token_client(served, "another")
    answers = [await reader.get("/api/statuses") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert_problem(answers[-1], 429)
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await another.get("/api/statuses")).status_code == 200


async def test_wrong_tokens_fill_no_log_and_keep_nobody_out(served: RunningApp) -> None:
    reader = await token_client(served)
    nobody = await served.browser()
    wrong = {"Authorization": "Bearer wrong"}
    answers = await asyncio.gather(*(nobody.get("/api/statuses", headers=wrong) for _ in range(60)))
    assert {answer.status_code for answer in answers} == {401}
    async with served.runtime.database.reading() as connection:
        wanted = select(func.count()).where(audit.c.act == "sent a token that does not hold")
        recorded = int((await connection.execute(wanted)).scalar_one())
    assert 0 < recorded < 40
    assert (await reader.get("/api/statuses")).status_code == 200, "from the same address"


@pytest.mark.parametrize("cost", [1, 3])
def test_what_was_used_comes_back_with_time(cost: int) -> None:
    limit = RateLimit(burst=3, each_minute=60)
    now = 100.0
    while limit.wait("somebody", now, cost) == 0:
        pass
    wait = limit.wait("somebody", now, cost)
    assert 0 < wait <= cost
    assert limit.wait("somebody", now + wait - 0.01, cost) > 0
    assert limit.wait("somebody", now + wait + 0.01, cost) == 0

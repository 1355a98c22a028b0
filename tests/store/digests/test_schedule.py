"""When digests go: Europe/London mornings, late rather than wrong, made up when missed."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from events.stream import Lag
from schemas.policy import Policy
from services.digests import schedule
from services.digests.schedule import LIVE_SINCE, scheduler_for, tick
from services.store.database import Database
from services.store.marks import set_mark
from tests.store.digests.council import DIRECTOR, EVERYBODY, MONDAY, Council, parts
from tests.story import Story


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
async def council(sqlite_store: Database) -> Council:
    told = Council(sqlite_store)
    she = Story("p1", born="2007-05-01", eligibility="former_relevant").lives("2026-10-01", "S")
    await told.receive(she.raw)
    async with sqlite_store.writing() as connection:
        await set_mark(connection, LIVE_SINCE, told.now.isoformat())
    told.now = told.week().due_at
    return told


async def nothing_waits() -> Lag | None:
    return Lag(0, 0)


async def something_waits() -> Lag | None:
    return Lag(1200, 34)


async def no_answer() -> Lag | None:
    return None


async def test_it_waits_for_what_is_on_the_broker_until_the_deadline_and_then_says_so(
    council: Council,
) -> None:
    await tick(council.mail_context, something_waits)
    assert council.outbox.sent == []
    council.now = council.week().deadline - timedelta(seconds=1)
    await tick(council.mail_context, something_waits)
    assert council.outbox.sent == []
    council.now = council.week().deadline
    await tick(council.mail_context, something_waits)
    assert len(council.outbox.sent) == len(EVERYBODY)
    assert (
        "1,234 events were received and not yet worked through."
        in parts(council.mail_to(DIRECTOR))[1]
    )


async def test_it_goes_as_soon_as_nothing_waits_and_once(council: Council) -> None:
    await tick(council.mail_context, nothing_waits)
    await tick(council.mail_context, nothing_waits)
    assert len(council.outbox.sent) == len(EVERYBODY)


async def test_a_broker_that_does_not_answer_is_told_after_the_deadline(council: Council) -> None:
    council.now = council.week().deadline
    await tick(council.mail_context, no_answer)
    assert "The broker did not answer" in parts(council.mail_to(DIRECTOR))[1]


async def test_an_analysis_that_cannot_be_made_holds_up_no_mail(
    council: Council, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing(*_: object) -> bool:
        raise ValueError

    monkeypatch.setattr(schedule, "make_weekly_analysis", failing)
    await tick(council.mail_context, nothing_waits)
    assert len(council.outbox.sent) == len(EVERYBODY)
    assert "could not be made; it is tried again" in caplog.text


async def test_a_missed_monday_is_made_up_and_says_so(council: Council) -> None:
    council.now = council.week().due_at + timedelta(days=2, hours=3)
    await tick(council.mail_context, nothing_waits)
    text = parts(council.mail_to(DIRECTOR))[1]
    assert "was due on 16 November 2026" in text
    assert "made up on 18 November 2026" in " ".join(text.split())
    assert len(council.outbox.sent) == len(EVERYBODY)


async def test_nothing_is_due_from_before_this_store_was_put_to_work(council: Council) -> None:
    async with council.database.writing() as connection:
        await set_mark(connection, LIVE_SINCE, (council.now + timedelta(days=2)).isoformat())
    council.now += timedelta(days=3)
    await tick(council.mail_context, nothing_waits)
    assert council.outbox.sent == []


async def test_nothing_is_made_where_nobody_is_to_be_sent_it(sqlite_store: Database) -> None:
    council = Council(sqlite_store, Policy(), recipients=())
    council.now = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 9, tzinfo=UTC)
    await tick(council.mail_context, nothing_waits)
    assert await council.deliveries() == {}


async def test_a_job_that_was_late_still_runs(council: Council) -> None:
    """APScheduler's default skips, in silence, a job that is more than a second late."""
    scheduler = scheduler_for(council.mail_context, nothing_waits, asyncio.Lock())
    scheduler.start(paused=True)
    jobs = scheduler.get_jobs()
    assert [job.misfire_grace_time for job in jobs] == [None]
    assert [(job.coalesce, job.max_instances) for job in jobs] == [(True, 1)]
    scheduler.shutdown(wait=False)

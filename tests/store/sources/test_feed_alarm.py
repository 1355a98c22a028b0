"""A silence is told on the overview, in the digest, and once by mail to who runs Sightline."""

import asyncio

import pytest

from schemas.policy import Policy, SourcePermissions
from services.digests.feed_alarm import raise_alarms
from services.digests.mail import MailError
from services.store.database import Database
from tests.store.digests.council import DIRECTOR, parts
from tests.store.sources.feed_council import FeedCouncil, something_waits
from tests.story import Story
from tests.unit.sources.feed_times import CMS, london, times_received, without

NIGHTS = times_received("2026-01-20", "2026-03-03T23:00")
IT, DATA = "it@council.example", "data@council.example"


@pytest.fixture
async def council(database: Database) -> FeedCouncil:
    feed_council = FeedCouncil(database)
    await feed_council.record_received(NIGHTS)
    return feed_council


@pytest.fixture
async def small(sqlite_store: Database) -> FeedCouncil:
    feed_council = FeedCouncil(sqlite_store)
    await feed_council.record_received(NIGHTS)
    return feed_council


async def test_a_silence_is_raised_once_and_mailed_once_to_each_administrator(
    council: FeedCouncil,
) -> None:
    await council.run_scheduler("2026-03-04T02:30")
    assert council.outbox.addresses == []
    for when in ("2026-03-04T07:00", "2026-03-04T07:01", "2026-03-05T12:00", "2026-03-08T23:00"):
        await council.run_scheduler(when)
    assert sorted(council.outbox.addresses) == [DATA, IT]
    (alarm,) = await council.alarms()
    assert (alarm.source, alarm.silent_since, alarm.ended_at) == (CMS, NIGHTS[-1], None)
    assert alarm.raised_at == london("2026-03-04T07:00")


async def test_it_ends_when_the_feed_is_heard_and_the_next_silence_is_raised_anew(
    council: FeedCouncil,
) -> None:
    await council.run_scheduler("2026-03-04T07:00")
    await council.record_received([london("2026-03-04T09:00")])
    await council.run_scheduler("2026-03-04T09:01")
    (alarm,) = await council.alarms()
    assert alarm.ended_at == london("2026-03-04T09:01")
    await council.record_received(times_received("2026-03-05", "2026-03-06T23:00"))
    await council.run_scheduler("2026-03-06T23:00")
    assert len(council.outbox.sent) == 2
    await council.run_scheduler("2026-03-07T07:00")
    assert len(council.outbox.sent) == 4
    assert [item.ended_at is None for item in await council.alarms()] == [False, True]


async def test_several_schedulers_at_once_raise_it_once(postgres_url: str) -> None:
    """On PostgreSQL any number of them runs."""
    database = Database(postgres_url)
    council = FeedCouncil(database)
    await council.record_received(NIGHTS)
    council.now = london("2026-03-04T07:00")
    raised = await asyncio.gather(*(raise_alarms(council.mail_context) for _ in range(5)))
    assert sorted(raised) == [0, 0, 0, 0, 1]
    assert len(await council.deliveries()) == 2
    await database.close()


async def test_what_the_mail_says(small: FeedCouncil) -> None:
    await small.record_received(NIGHTS, "/council/housing")
    await small.run_scheduler("2026-03-04T07:00")
    assert len(small.outbox.sent) == 2
    (mail,) = small.mails_to(IT)
    assert mail["Subject"] == "Sightline: feeds are silent"
    for text in parts(mail):
        plain = " ".join(text.split())
        assert "The feed /council/cms has been silent for 29 hours" in plain
        assert "The feed /council/housing has been silent for 29 hours" in plain
        assert "https://sightline.example/feeds" in plain


async def test_a_second_feed_that_falls_silent_later_is_a_mail_of_its_own(
    small: FeedCouncil,
) -> None:
    await small.record_received(
        times_received("2026-01-20", "2026-03-04T05:00"), "/council/housing"
    )
    await small.run_scheduler("2026-03-04T07:00")
    await small.run_scheduler("2026-03-05T07:00")
    texts = [" ".join(parts(mail)[1].split()) for mail in small.mails_to(IT)]
    assert ["/council/housing" in text for text in texts] == [False, True]
    assert ["/council/cms" in text for text in texts] == [True, False]


async def test_a_mail_that_was_not_taken_goes_again(small: FeedCouncil) -> None:
    small.outbox.failing[IT] = MailError("The server is away.", permanent=False)
    await small.run_scheduler("2026-03-04T07:00")
    del small.outbox.failing[IT]
    await small.run_scheduler("2026-03-04T09:00")
    assert sorted(small.outbox.addresses) == [DATA, IT]


async def test_without_an_administrator_it_is_raised_and_shown_all_the_same(
    sqlite_store: Database,
) -> None:
    council = FeedCouncil(sqlite_store, administrators=())
    await council.record_received(NIGHTS)
    await council.run_scheduler("2026-03-04T07:00")
    assert (await council.still_silent(), council.outbox.sent) == ([CMS], [])
    assert len(await council.unknowns("2026-03-04T07:00")) == 1


async def test_the_digest_says_it(small: FeedCouncil) -> None:
    await small.go_live("2026-01-01T00:00")
    await small.run_scheduler("2026-03-09T07:30")
    (mail,) = small.mails_to(DIRECTOR.address)
    assert "The feed /council/cms has been silent for 6 days" in " ".join(parts(mail)[1].split())


@pytest.mark.parametrize("source", ["/return/ssda903", "/sightline/pages", "/council/old"])
async def test_returns_the_pages_and_retired_sources_raise_none(
    sqlite_store: Database, source: str
) -> None:
    policy = Policy(sources={"/council/old": SourcePermissions(retired=True)})
    council = FeedCouncil(sqlite_store, policy)
    await council.record_received(NIGHTS, source)
    await council.run_scheduler("2026-04-04T07:00")
    assert (await council.alarms(), await council.unknowns("2026-04-04T07:00")) == ([], [])


async def test_what_is_sent_again_is_heard_too(sqlite_store: Database) -> None:
    """A nightly extract that changes nothing still says that its source lives."""
    council = FeedCouncil(sqlite_store)
    story = Story(born="2007-05-01").add("care.started", on="2026-01-10", care_id="1")
    for moment in NIGHTS:
        council.now = moment
        await council.receive(story.raw)
    await council.run_scheduler("2026-03-04T01:00")
    assert await council.alarms() == []
    await council.run_scheduler("2026-03-04T07:00")
    assert len(await council.alarms()) == 1


async def test_what_waits_on_the_broker_is_not_silence(small: FeedCouncil) -> None:
    """Sightline itself was down for the night: the feed was not."""
    await small.run_scheduler("2026-03-04T07:00", something_waits)
    assert (await small.alarms(), small.outbox.sent) == ([], [])
    await small.record_received([london("2026-03-04T07:01")])
    await small.run_scheduler("2026-03-04T07:02")
    assert await small.alarms() == []


async def test_a_silence_that_was_thought_over_and_was_not_is_shown_again(
    sqlite_store: Database,
) -> None:
    """A feed of every fortnight, heard twice: what is usual is only learnt meanwhile."""
    council = FeedCouncil(sqlite_store)
    await council.record_received([london("2026-02-01T02:10"), london("2026-02-15T02:10")])
    for day in range(18, 29):
        await council.run_scheduler(f"2026-02-{day}T09:00")
    for day in range(1, 13):
        await council.run_scheduler(f"2026-03-{day:02}T09:00")
    assert await council.still_silent() == [CMS]


async def test_weeks_of_hearing_are_kept_by_the_hour(council: FeedCouncil) -> None:
    """Which is all that a rhythm needs, whatever the number of events."""
    await council.record_received(NIGHTS)
    await council.run_scheduler("2026-03-04T07:00")
    assert len(await council.alarms()) == 1


async def test_an_outage_that_was_is_no_reason_to_be_silent_about_the_next(
    sqlite_store: Database,
) -> None:
    council = FeedCouncil(sqlite_store)
    await council.record_received(without(NIGHTS, "2026-02-17T00:00", "2026-02-19T00:00"))
    await council.run_scheduler("2026-02-18T09:00")
    await council.run_scheduler("2026-03-04T07:00")
    assert len(await council.alarms()) == 1

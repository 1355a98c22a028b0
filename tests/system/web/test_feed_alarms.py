"""What feeds do to the overview, the page of feeds and the digest, in an application of its own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from faststream.nats import NatsBroker

from services.digests.feed_alarm import raise_alarms
from services.digests.schedule import tick
from services.store.database import Database
from services.store.feeds import ReceivedCount, count_received
from tests.store.digests.council import DIRECTOR, parts
from tests.store.sources.feed_council import FeedCouncil, nothing_waits, placements, snapshot
from tests.system.web.running_app import ADMINISTRATOR, running_app, text_of
from tests.system.web.running_app import DIRECTOR as SIGNED_IN
from tests.unit.sources.feed_times import CMS, times_received


async def test_a_quiet_feed_is_loud_on_the_overview_and_on_the_page_of_feeds(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> None:
    async with running_app(sqlite_store, broker, tmp_path) as one:
        nights = times_received("2026-10-01", "2026-11-18T23:00")
        async with sqlite_store.writing() as connection:
            for moment in nights:
                await count_received(connection, {CMS: ReceivedCount(accepted=1)}, moment)
        one.now = datetime(2026, 11, 19, 10, tzinfo=UTC)
        await raise_alarms(one.state.mail_context)
        director = await one.browser(SIGNED_IN)
        text = text_of(await director.get("/"))
        assert "What Sightline does not know" in text
        assert "The feed /council/cms has been silent for 32 hours" in text
        administrator = await one.browser(ADMINISTRATOR)
        text = text_of(await administrator.get("/feeds"))
        assert "Quiet for 32 hours" in text
        assert "Not yet" in text

        async with sqlite_store.writing() as connection:
            await count_received(connection, {CMS: ReceivedCount(accepted=1)}, one.now)
        one.now += timedelta(minutes=2)
        await raise_alarms(one.state.mail_context)
        assert "has been silent" not in text_of(await director.get("/"))
        text = text_of(await administrator.get("/feeds"))
        assert ("Quiet for" in text, "Not yet" in text) == (False, False)


async def test_a_difference_is_loud_on_the_overview_and_in_the_digest(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> None:
    async with running_app(sqlite_store, broker, tmp_path) as one:
        await one.receive(placements(1).raw, snapshot("2026-03-02T02:00:00Z", placement=2).raw)
        await tick(one.state.mail_context, nothing_waits)
        director = await one.browser(SIGNED_IN)
        text = text_of(await director.get("/"))
        sentence = f"{CMS} says that 2 placements are open there"
        assert sentence in text
    council = FeedCouncil(sqlite_store)
    await council.go_live("2026-01-01T00:00")
    await council.run_scheduler("2026-11-23T07:30")
    (mail,) = council.mails_to(DIRECTOR.address)
    assert all(sentence in " ".join(text.split()) for text in parts(mail))

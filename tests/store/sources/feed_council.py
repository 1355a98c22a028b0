"""A council whose feeds are heard night by night, and who is told when one is not."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from events.stream import Lag
from schemas.policy import Policy
from schemas.recipients import Administrator, Recipients
from services.digests.report import not_known
from services.digests.schedule import LIVE_SINCE, tick
from services.oversight.cases import view_of
from services.oversight.tracked import tracked_concerns
from services.store import feed_alarms, weekly_reports
from services.store.database import Database
from services.store.feed_alarms import Alarm
from services.store.feeds import ReceivedCount, count_received
from services.store.marks import set_mark
from services.store.scope import EVERYTHING
from tests.store.digests.council import DIRECTOR, Council
from tests.story import Story
from tests.unit.sources.feed_times import CMS, london

ADMINISTRATORS = (
    Administrator(id="it-1", address="it@council.example"),
    Administrator(id="it-2", address="data@council.example"),
)
LagNow = Callable[[], Awaitable[Lag | None]]


async def nothing_waits() -> Lag | None:
    return Lag(0, 0)


async def something_waits() -> Lag | None:
    return Lag(12, 0)


async def no_answer() -> Lag | None:
    return None


def unique(event: dict[str, Any], when: str) -> dict[str, Any]:
    """An event that no other story has the id of; snapshots name themselves."""
    named = event["id"].startswith("snapshot")
    return event if named else event | {"id": f"{when} {event['id']}"}


def snapshot(as_at: str | None, people: int | None = None, **open_: int) -> Story:
    """The end of a snapshot."""
    counts: dict[str, Any] = {"open": open_} if open_ else {}
    if people is not None:
        counts["people"] = people
    if as_at is not None:
        counts["as_at"] = as_at
    story = Story().add("snapshot.completed", time="2026-03-02T03:00:00Z", **counts)
    del story.raw[0]["subject"]
    story.raw[0]["id"] = f"snapshot {counts}"
    return story


def placements(number: int, start: str = "2026-02-01") -> Story:
    story = Story()
    for one in range(number):
        story.placed(start, "U6", id=str(one))
    return story


class FeedCouncil(Council):
    """A council with administrators, told at London time what it hears and when it looks."""

    def __init__(
        self,
        database: Database,
        policy: Policy | None = None,
        administrators: Sequence[Administrator] = ADMINISTRATORS,
    ) -> None:
        super().__init__(database, policy, (DIRECTOR,))
        everybody = Recipients(recipient=(DIRECTOR,), administrator=tuple(administrators))
        self.mail_context = replace(self.mail_context, recipients=everybody)

    async def record_received(self, moments: Sequence[datetime], source: str = CMS) -> None:
        """A feed was heard then, whatever it said."""
        async with self.database.writing() as connection:
            for moment in moments:
                await count_received(connection, {source: ReceivedCount(accepted=1)}, moment)

    async def receive_story(self, when: str, story: Story) -> None:
        """A source says something, and it is worked through at once."""
        self.now = london(when)
        await self.receive([unique(event, when) for event in story.raw])

    async def run_scheduler(self, when: str, lag: LagNow = nothing_waits) -> None:
        """The scheduler wakes."""
        self.now = london(when)
        await tick(self.mail_context, lag)

    async def go_live(self, when: str) -> None:
        async with self.database.writing() as connection:
            await set_mark(connection, LIVE_SINCE, london(when).isoformat())

    async def alarms(self) -> list[Alarm]:
        async with self.database.reading() as connection:
            return await feed_alarms.all_alarms(connection)

    async def still_silent(self) -> list[str]:
        return [item.source for item in await self.alarms() if item.ended_at is None]

    async def unknowns(self, when: str) -> list[str]:
        """What the system does not know, as the overview and every digest say it."""
        now = london(when)
        async with self.database.reading() as connection:
            tracked = await tracked_concerns(connection, self.policy)
            sentences = await not_known(
                connection, self.policy, tracked, now, view_of(EVERYTHING, now.date())
            )
        return [sentence for sentence in sentences if "not tracked" not in sentence]

    async def reported_missing(self, week: str) -> list[str] | None:
        """What a week's report went without; None where it was not made yet."""
        async with self.database.reading() as connection:
            report = await weekly_reports.report_of(connection, week)
        return report.missing if report else None

    def mails_to(self, address: str) -> list[Any]:
        return [message for message in self.outbox.sent if message["To"] == address]

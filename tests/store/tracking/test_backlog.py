"""While the tracker is behind, events are stored first and each young person derived once."""

from datetime import UTC, datetime

import orjson
import pytest

from events.wire import Message
from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.oversight.cases import cases_listed, view_of
from services.store import staff, underived
from services.store.case_filter import Filter
from services.store.database import Database
from services.store.scope import EVERYTHING
from services.store.staff import StaffMember
from services.tracking.handler import BEHIND, Tracker
from services.tracking.rebuild import rebuild
from tests.store.tracking import tracker_harness as helping
from tests.story import Story

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def messages(*stories: Story) -> list[Message]:
    return [Message(orjson.dumps(event)) for story in stories for event in story.raw]


def somebody(person: str) -> Story:
    return Story(person, born="2007-05-01", eligibility="former_relevant").lives("2026-08-01", "S")


@pytest.fixture
def tracker(database: Database) -> Tracker:
    return Tracker(database, Rules.of(Policy()), lambda: NOW)


async def marked(database: Database) -> int:
    async with database.reading() as connection:
        return await underived.count(connection)


async def derive_all(tracker: Tracker) -> None:
    while await tracker.derive_marked():
        pass


async def test_behind_events_are_stored_and_their_young_people_marked(
    tracker: Tracker, database: Database
) -> None:
    await tracker.track(messages(somebody("p1"), somebody("p2")), waiting=BEHIND)
    assert await marked(database) == 2
    assert await helping.printed(database, [NOW.date()]) == ""
    assert await tracker.derive_marked() == 2
    assert await marked(database) == 0
    assert "red" in await helping.printed(database, [NOW.date()])


async def test_not_behind_they_are_derived_at_once(tracker: Tracker, database: Database) -> None:
    await tracker.track(messages(somebody("p1")), waiting=BEHIND // 2)
    assert await marked(database) == 0
    assert "red" in await helping.printed(database, [NOW.date()])


async def test_whatever_was_put_off_gives_the_same_rows(
    tracker: Tracker, database: Database
) -> None:
    stories = [somebody("p1"), somebody("p2").add("person.merged", into="p1"), somebody("p3")]
    sent = messages(*stories)
    for message in sent:
        await tracker.track([message], waiting=BEHIND)
    await derive_all(tracker)
    put_off = await helping.rows(database)
    async for _ in rebuild(database, tracker.rules, NOW):
        pass
    assert await helping.rows(database) == put_off


async def test_an_event_that_comes_while_somebody_is_derived_leaves_them_marked(
    tracker: Tracker, database: Database
) -> None:
    await tracker.track(messages(somebody("p1")), waiting=BEHIND)
    async with database.reading() as connection:
        taken = await underived.take(connection, 10)
    await tracker.track(messages(somebody("p1").lives("2026-09-01", "B")), waiting=BEHIND)
    async with database.writing() as connection:
        await underived.unmark(connection, taken)
    assert await marked(database) == 1


async def test_a_rebuild_derives_whoever_was_marked(tracker: Tracker, database: Database) -> None:
    await tracker.track(messages(somebody("p1")), waiting=BEHIND)
    async for _ in rebuild(database, tracker.rules, NOW):
        pass
    assert await marked(database) == 0
    assert "red" in await helping.printed(database, [NOW.date()])


async def test_who_leaves_marks_their_young_people_to_be_derived(
    tracker: Tracker, database: Database
) -> None:
    """UA8, section 8: a case whose worker has left goes to the head of service at once."""
    story = Story(
        "p1", born="2007-05-01", eligibility="former_relevant", team="north", personal_adviser="w1"
    )
    await tracker.track(messages(story.lives("2026-11-19", "B", suitable=False)))
    today = NOW.date()
    member = StaffMember("w1", "/ssd", "w1@council.example", "personal_adviser", "north", None, NOW)
    view = view_of(EVERYTHING, today)
    for members, step in (([member], None), ([], "head_of_service"), ([member], None)):
        async with database.writing() as connection:
            await staff.keep(connection, "/ssd", members, today)
        await derive_all(tracker)
        async with database.reading() as connection:
            (case,) = await cases_listed(connection, view, Filter())
        assert case.step == step

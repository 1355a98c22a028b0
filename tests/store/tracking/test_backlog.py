"""While the tracker is behind, events are stored first and each young person derived once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from events.wire import Message
from schemas.policy import Policy
from schemas.status import Concern
from services.assessment.derivation import Derivation, Rules, derive
from services.assessment.resolution import Resolved
from services.oversight.cases import cases_listed, view_of
from services.oversight.derived_by import not_derived
from services.store import event_log, staff, underived
from services.store.case_filter import Filter
from services.store.database import Database
from services.store.locks import lock, person_name
from services.store.scope import EVERYTHING
from services.store.staff import StaffMember
from services.tracking import derive as derive_module
from services.tracking.derive import derive_people
from services.tracking.deriving import Deriving
from services.tracking.handler import BEHIND, Tracker
from services.tracking.rebuild import rebuild
from services.tracking.transaction import in_one_transaction
from tests.store.tracking.tracker_harness import derive_marked, printed, rows
from tests.story import Story

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
UNSUITABLE = Filter(concern=Concern.UNSUITABLE_ACCOMMODATION)


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


@pytest.fixture
def deriving(tracker: Tracker) -> Deriving:
    return Deriving(tracker.database, tracker.rules, tracker.clock)


async def test_behind_events_are_stored_and_their_young_people_marked(
    tracker: Tracker, deriving: Deriving, database: Database
) -> None:
    await tracker.track(messages(somebody("p1"), somebody("p2")), waiting=BEHIND)
    assert await marked(database) == 2
    assert await printed(database, [NOW.date()]) == ""
    assert await deriving.derive_marked() == 2
    assert await marked(database) == 0
    assert "red" in await printed(database, [NOW.date()])


async def test_not_behind_they_are_derived_at_once(tracker: Tracker, database: Database) -> None:
    await tracker.track(messages(somebody("p1")), waiting=BEHIND // 2)
    assert await marked(database) == 0
    assert "red" in await printed(database, [NOW.date()])


async def test_whatever_was_put_off_gives_the_same_rows(
    tracker: Tracker, database: Database
) -> None:
    stories = [somebody("p1"), somebody("p2").add("person.merged", into="p1"), somebody("p3")]
    sent = messages(*stories)
    for message in sent:
        await tracker.track([message], waiting=BEHIND)
    await derive_marked(tracker)
    put_off = await rows(database)
    async for _ in rebuild(database, tracker.rules, NOW):
        pass
    assert await rows(database) == put_off


async def test_an_event_that_comes_while_somebody_is_derived_leaves_them_marked(
    tracker: Tracker, database: Database
) -> None:
    await tracker.track(messages(somebody("p1")), waiting=BEHIND)
    async with database.reading() as connection:
        taken = await underived.marks_of(connection, ["p1"])
    await tracker.track(messages(somebody("p1").lives("2026-09-01", "B")), waiting=BEHIND)
    async with database.writing() as connection:
        await underived.unmark(connection, taken)
    assert await marked(database) == 1


async def test_a_rebuild_derives_whoever_was_marked(tracker: Tracker, database: Database) -> None:
    await tracker.track(messages(somebody("p1")), waiting=BEHIND)
    async for _ in rebuild(database, tracker.rules, NOW):
        pass
    assert await marked(database) == 0
    assert "red" in await printed(database, [NOW.date()])


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
        await derive_marked(tracker)
        async with database.reading() as connection:
            (case,) = await cases_listed(connection, view, UNSUITABLE)
        assert case.step == step


async def test_staff_who_leave_while_somebody_is_derived_for_the_first_time_are_seen(
    tracker: Tracker, database: Database
) -> None:
    """Whose worker has left is looked up in what is stored: it waits for what is being stored."""
    story = Story(
        "p1", born="2007-05-01", eligibility="former_relevant", team="north", personal_adviser="w1"
    )
    await tracker.track(messages(story.lives("2026-11-19", "B", suitable=False)), waiting=BEHIND)
    today = NOW.date()
    gone = StaffMember("w1", "/ssd", "", "personal_adviser", "", today, NOW)

    async def leave() -> None:
        async with database.writing() as connection:
            await staff.keep(connection, "/ssd", [gone], today)

    async with database.writing() as connection:
        await derive_people(connection, ["p1"], tracker.rules, NOW)
        leaving = asyncio.create_task(leave())
        await asyncio.wait({leaving}, timeout=0.5)
    await leaving
    await derive_marked(tracker)
    async with database.reading() as connection:
        (case,) = await cases_listed(connection, view_of(EVERYTHING, today), UNSUITABLE)
    assert case.step == "head_of_service"


@pytest.fixture
def underivable(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The people whom no rules can derive, until they are taken off the list."""
    people = ["p2"]

    def derive_others(of: Resolved, *others: Any) -> Derivation:
        if of.person in people:
            raise ValueError(of.person)
        return derive(of, *others)

    monkeypatch.setattr(derive_module, "derive", derive_others)
    return people


async def test_one_who_cannot_be_derived_is_set_aside_and_stops_nobody_else(
    tracker: Tracker, database: Database, underivable: list[str]
) -> None:
    people = [somebody(f"p{number}") for number in range(5)]
    await tracker.track(messages(*people), waiting=BEHIND)
    await derive_marked(tracker)
    shown = await printed(database, [NOW.date()])
    assert [f"p{number}" in shown for number in range(5)] == [True, True, False, True, True]
    async with database.reading() as connection:
        assert await underived.failed(connection) == [("p2", "ValueError")]
        assert await underived.count(connection) == 0
        (sentence,) = await not_derived(connection, Policy())
    assert "1 young person" in sentence
    assert "could not be worked out" in sentence
    underivable.clear()
    await tracker.track(messages(somebody("p2").lives("2026-09-01", "B")), waiting=BEHIND)
    await derive_marked(tracker)
    assert "p2" in await printed(database, [NOW.date()])
    async with database.reading() as connection:
        assert await underived.failed(connection) == []


async def test_a_rebuild_goes_on_past_one_who_cannot_be_derived(
    tracker: Tracker, database: Database, underivable: list[str]
) -> None:
    underivable.clear()
    await tracker.track(messages(*(somebody(f"p{number}") for number in range(5))))
    before = await rows(database, "cases")
    underivable.append("p2")
    async for _ in rebuild(database, tracker.rules, NOW, processes=1):
        pass
    assert await rows(database, "cases") == before, "who could not be derived keeps what they had"
    async with database.reading() as connection:
        assert await underived.failed(connection) == [("p2", "ValueError")]


async def test_two_who_wait_for_one_another_both_end(postgres_url: str) -> None:
    """PostgreSQL ends one of two such transactions: it is done again."""
    database = Database(postgres_url)
    both = asyncio.Barrier(2)
    tries: list[str] = []

    async def cross(connection: AsyncConnection, people: Sequence[str]) -> None:
        first, second = people
        await lock(connection, [person_name(first)])
        tries.append(first)
        if len(tries) <= 2:
            await both.wait()
        await lock(connection, [person_name(second)])

    async def derive_both(*people: str) -> None:
        await in_one_transaction(database, lambda connection: cross(connection, people))

    await asyncio.gather(derive_both("p1", "p2"), derive_both("p2", "p1"))
    assert len(tries) == 3
    await database.close()


async def test_an_id_that_stands_for_many_holds_up_nobody_and_is_said(
    tracker: Tracker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deriving takes longer than linear: of 200,000 events of one child it would take hours."""
    monkeypatch.setattr(event_log, "MOST_EVENTS", 10)
    many = somebody("p1")
    for number in range(10):
        many.reviewed(f"2026-09-{number + 1:02}", "accommodation_suitability")
    merged = somebody("p3").add("person.merged", into="p1")
    await tracker.track(messages(many, somebody("p2"), merged))
    async with database.reading() as connection:
        assert [person for person, _ in await underived.failed(connection)] == ["p1", "p3"]
        (said,) = await not_derived(connection, tracker.rules.policy)
        assert said.startswith("The newest events of 2 young people could not be worked out")
    assert '"p2"' in await printed(database, [NOW.date()])
    assert await marked(database) == 0

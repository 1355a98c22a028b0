"""What is asked for narrows a list, whatever else is asked for and however it is typed."""

from dataclasses import replace
from datetime import date

import pytest

from schemas.policy import Policy
from schemas.status import Concern, Rag
from services.assessment.derivation import Rules
from services.oversight.cases import cases_listed, view_of
from services.store.case_filter import Filter
from services.store.database import Database
from services.store.scope import EVERYTHING
from services.tracking.handler import Tracker
from tests.store.oversight.council import store_council
from tests.store.tracking.tracker_harness import NOW, track_with
from tests.story import Story

TODAY = NOW.date()


def lives_rough(person: str, since: str) -> Story:
    story = Story(person, born="2007-05-01", eligibility="former_relevant", team="north")
    return story.lives(since, "U", suitable=False, unsuitable_reason="homeless")


async def listed(database: Database, wanted: Filter, day: date = TODAY) -> set[str]:
    async with database.reading() as connection:
        view = view_of(EVERYTHING, TODAY, day)
        return {case.person for case in await cases_listed(connection, view, wanted)}


@pytest.fixture
async def stored(database: Database) -> Database:
    stories = [lives_rough("EA1", "2026-11-02"), lives_rough("b_2", "2026-11-02")]
    tracker = Tracker(database, Rules.of(Policy()), lambda: NOW)
    await track_with(tracker, [event for story in stories for event in story.raw])
    return database


@pytest.mark.parametrize(
    ("typed", "found"),
    [("EA", {"EA1"}), ("ea", {"EA1"}), ("B_2", {"b_2"}), ("b-2", set()), ("_", {"b_2"})],
)
async def test_a_part_of_a_reference_is_found_in_capitals_or_not(
    stored: Database, typed: str, found: set[str]
) -> None:
    assert await listed(stored, Filter(rag=Rag.RED, case=typed)) == found


@pytest.mark.parametrize("typed", ["UA1", "ua1"])
async def test_a_rule_is_found_in_capitals_or_not(stored: Database, typed: str) -> None:
    assert await listed(stored, Filter(reason=typed)) == {"EA1", "b_2"}
    assert await listed(stored, Filter(reason="UA")) == set()


async def test_who_turns_red_and_was_red_on_a_day_is_both(database: Database) -> None:
    again = lives_rough("again", "2026-06-01").lives("2026-07-01", "B", id="a2")
    tracker = Tracker(database, Rules.of(Policy()), lambda: NOW)
    await track_with(tracker, again.raw + lives_rough("new", "2026-11-02").raw)
    before = date(2026, 6, 10)
    turning = Filter(concern=Concern.UNSUITABLE_ACCOMMODATION, turning_by=date(2026, 11, 30))
    day = date(2026, 10, 30)
    assert await listed(database, turning, day) == {"new"}
    both = replace(turning, red_on=before)
    assert await listed(database, both, day) == set()
    unsuitable = Filter(concern=Concern.UNSUITABLE_ACCOMMODATION, red_on=before)
    assert await listed(database, unsuitable, before) == {"again"}


async def test_what_is_gravest_comes_first_and_then_what_has_waited_longest(
    database: Database,
) -> None:
    """Unlawful, homeless, missing; each would come last by how long it has been red."""
    unlawful = Story("d", born="2012-03-01").care("2026-11-18")
    unlawful.add("placement.started", on="2026-11-18", placement_id="p", code="Z12",
                 registration="unregistered")  # fmt: skip
    homeless = Story("c", born="2007-05-01", eligibility="former_relevant")
    homeless.lives("2026-11-10", "S")
    missing = Story("b", born="2012-03-01").care("2026-01-05")
    missing.add("missing.started", on="2026-11-05", missing_id="m")
    stories = [unlawful, homeless, missing, judged_unsuitable("a", "2026-10-01")]
    tracker = Tracker(database, Rules.of(Policy()), lambda: NOW)
    await track_with(tracker, [event for story in stories for event in story.raw])
    async with database.reading() as connection:
        view = view_of(EVERYTHING, TODAY)
        found = await cases_listed(connection, view, Filter(rag=Rag.RED))
    order = [case.person for case in found]
    assert sorted(set(order), key=order.index) == ["d", "c", "b", "a"]


def judged_unsuitable(person: str, since: str) -> Story:
    """In a place that was judged unsuitable, with a roof."""
    story = Story(person, born="2007-05-01", eligibility="former_relevant")
    return story.lives(since, "U", suitable=False, unsuitable_reason="unsafe")


async def test_sorted_by_review_what_has_none_comes_last_and_backwards_first(
    database: Database,
) -> None:
    await store_council(database)
    async with database.reading() as connection:
        view = view_of(EVERYTHING, TODAY)
        found = await cases_listed(connection, view, Filter(), "review")
        backwards = await cases_listed(connection, view, Filter(), "review", reverse=True)
    due = [case.review_due or date.max for case in found]
    assert due == sorted(due)
    assert date.max in due
    assert due[0] < date.max
    assert [case.key for case in backwards] == [case.key for case in found][::-1]

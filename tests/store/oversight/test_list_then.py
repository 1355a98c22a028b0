"""A list as it was known on a day: by what was stored by then, in the list's own words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.days import end_of_day
from schemas.status import Concern, Rag
from services.evidence.list_then import people_listed_then
from services.oversight.case_file import case_file, file_as_known
from services.store import derived
from services.store.case_filter import Filter
from services.store.database import Database
from services.store.scope import EVERYTHING
from services.tracking.handler import Tracker
from tests.share import by_turn
from tests.store.oversight.council import NOW, RULES, At, store_council
from tests.store.tracking.tracker_harness import derive_marked, track_with
from tests.unit.assessment.made_council import TODAY, event

RED = Filter(rag=Rag.RED, concern=Concern.UNSUITABLE_ACCOMMODATION)


@pytest.mark.parametrize("ago", by_turn([4, 20, 0], 0))
async def test_it_holds_those_whose_own_file_was_red_as_known_then(
    sqlite_store: Database, ago: int
) -> None:
    await store_council(sqlite_store)
    day = TODAY - timedelta(days=ago)
    async with sqlite_store.reading() as connection:
        listed = await people_listed_then(connection, RULES, day, RED)
        expected = set()
        for person in await derived.known_people(connection):
            file = await case_file(connection, person, TODAY, RULES)
            assert file is not None
            for name in file.names:  # who they were then
                named = replace(file.on(day), person=name)
                then = await file_as_known(connection, EVERYTHING, named, end_of_day(day))
                period = then.period(Concern.UNSUITABLE_ACCOMMODATION) if then else None
                if period and period.rag is Rag.RED:
                    expected.add(person)
    assert set(listed) == expected
    assert expected


async def test_what_was_stored_later_changes_the_list_of_now_and_not_that_of_then(
    database: Database,
) -> None:
    clock = At(NOW - timedelta(days=10))
    tracker = Tracker(database, RULES, clock)
    on = TODAY - timedelta(days=30)
    born = event("person.updated", "p1", 1, on, date_of_birth="2006-05-01",
                 eligibility="former_relevant", in_touch="yes", team="north",
                 personal_adviser="w1")  # fmt: skip
    home = event("accommodation.started", "p1", 2, on, accommodation_id="a", code="U",
                 suitable=True)  # fmt: skip
    await track_with(tracker, [born, home], 10)
    clock.now = NOW
    tents = event("accommodation.started", "p1", 3, TODAY - timedelta(days=8), accommodation_id="b",
                  code="S")  # fmt: skip
    await track_with(tracker, [tents], 10)
    await derive_marked(tracker)
    async with database.reading() as connection:
        then = TODAY - timedelta(days=5)
        assert await people_listed_then(connection, RULES, then, RED) == []
        assert await people_listed_then(connection, RULES, TODAY, RED) == ["p1"]

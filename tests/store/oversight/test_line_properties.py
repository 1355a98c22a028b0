"""The case line in the store: any order, any batches, a rebuild and a case file agree."""

import asyncio
import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.status import Concern
from services.assessment.stretch import Stretch
from services.oversight.case_file import case_file
from services.store import cases, derived
from services.store.database import Database
from services.tracking.handler import Tracker
from services.tracking.rebuild import rebuild
from tests.store.oversight.council import NOW, RULES, At, store_council, store_staff
from tests.store.tracking.tracker_harness import derive_marked, rows, track_with
from tests.unit.assessment.made_council import GONE, TODAY, Raw, event, events, life, whose

TABLES = ("cases", "actions", "assignments", "case_counts", "merged", "people")


async def in_days(database: Database, days: list[list[Raw]], size: int) -> None:
    """Events stored on the days before today, a list a day, in batches of a size."""
    clock = At()
    tracker = Tracker(database, RULES, clock)
    for place, raw in enumerate(days):
        clock.now = NOW - timedelta(days=(len(days) - 1 - place) * 9)
        await track_with(tracker, raw, size)
    await derive_marked(tracker)


async def test_any_order_and_any_batches_of_a_day_give_the_same_rows(database: Database) -> None:
    whole = list(events())
    days = [whole[:900], whole[900:]]
    await store_staff(database, GONE)
    await in_days(database, days, 150)
    before = await rows(database, *TABLES)
    chance = Random(3)
    with tempfile.TemporaryDirectory() as folder:
        other = Database(f"sqlite:///{folder}/s.sqlite")
        await other.upgrade()
        await store_staff(other, GONE)
        mixed = [[*day, *chance.sample(day, 100)] for day in days]
        for day in mixed:
            chance.shuffle(day)
        await in_days(other, mixed, 700)
        assert await rows(other, *TABLES) == before
        await other.close()
    assert before["merged"]
    assert len({row[0] for row in before["cases"]}) > 80


@settings(max_examples=8)
@given(data=st.data(), seed=st.integers(0, 300))
def test_any_split_of_a_few_lives_gives_the_same_rows(data: st.DataObject, seed: int) -> None:
    raw = [*life(seed), *whose(f"{seed}-anna", Random(seed), 900)]
    middle = data.draw(st.integers(0, len(raw)))
    order = [data.draw(st.permutations(part)) for part in (raw[:middle], raw[middle:])]
    again = data.draw(st.lists(st.sampled_from(order[0] or order[1]), max_size=4))
    size = data.draw(st.integers(1, len(raw)))

    async def rows_of(days: list[list[Raw]], many: int) -> dict[str, list[tuple[Any, ...]]]:
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 's.sqlite'}")
            await database.upgrade()
            await in_days(database, days, many)
            found = await rows(database, *TABLES)
            await database.close()
            return found

    plain = asyncio.run(rows_of([raw[:middle], raw[middle:]], 400))
    mixed = asyncio.run(rows_of([[*order[0], *again] if order[0] else [], order[1]], size))
    assert mixed == plain


@pytest.mark.slow
async def test_a_rebuild_gives_the_same_rows_with_two_processes_too(database: Database) -> None:
    await store_council(database)
    before = await rows(database, *TABLES)
    assert before["case_counts"]
    async for _ in rebuild(database, RULES, NOW + timedelta(days=3), 2):
        pass
    assert await rows(database, *TABLES) == before


async def test_a_case_file_derives_what_is_stored(database: Database) -> None:
    await store_council(database)
    async with database.reading() as connection:
        people = await derived.known_people(connection)
        assert len(people) > 80
        for person in people:
            file = await case_file(connection, person, TODAY, RULES)
            assert file is not None
            lines = await cases.lines_of(connection, person)
            made = {concern: list(line) for concern, line in file.derivation.cases.items() if line}
            assert made == lines, person
            for case in file.cases:
                listed = [item for item, _ in await cases.cases_of(connection, person, TODAY)]
                assert case.key in {(item.person, item.concern) for item in listed}


async def known(database: Database, person: str) -> tuple[date | None, date | None]:
    """Since when somebody's red runs, and when it was first known."""
    async with database.reading() as connection:
        found = await cases.cases_of(connection, person, TODAY)
    ((stretch, _),) = [item for item in found if item[0].concern == "unsuitable_accommodation"]
    assert stretch.rag == "red"
    return stretch.red_since, stretch.known_on


def in_unsuitable_home(person: str, on: date) -> list[Raw]:
    return [
        event("person.updated", person, 1, on, date_of_birth="2006-05-01", team="north",
              personal_adviser="w1", eligibility="former_relevant", in_touch="yes"),
        event("accommodation.started", person, 2, on, accommodation_id="a1", code="K",
              suitable=False),
    ]  # fmt: skip


async def test_what_began_50_days_ago_and_is_stored_today_is_known_today(
    database: Database,
) -> None:
    ago = TODAY - timedelta(days=50)
    await in_days(database, [in_unsuitable_home("p", ago)], 10)
    assert await known(database, "p") == (ago, TODAY)
    async for _ in rebuild(database, RULES, NOW + timedelta(days=9), 2):
        pass
    assert await known(database, "p") == (ago, TODAY)


async def test_what_is_sent_again_was_known_when_it_was_first_stored(database: Database) -> None:
    ago = TODAY - timedelta(days=50)
    sent = in_unsuitable_home("p", ago)
    later = [{**item, "time": "2026-11-20T08:00:00Z"} for item in sent]
    await in_days(database, [sent, later], 10)
    assert await known(database, "p") == (ago, TODAY - timedelta(days=9))


async def test_a_retraction_that_uncovers_a_red_makes_it_known_when_it_is_stored(
    database: Database,
) -> None:
    ago = TODAY - timedelta(days=50)
    end = event("accommodation.changed", "p", 3, ago, accommodation_id="a1", suitable=True)
    back = event("event.retracted", "p", 4, None, id="p.3")
    await in_days(database, [[*in_unsuitable_home("p", ago), end], [back]], 10)
    assert await known(database, "p") == (ago, TODAY)


async def test_a_red_of_a_merged_reference_was_known_under_that_reference(
    database: Database,
) -> None:
    ago = TODAY - timedelta(days=50)
    merge = event("person.merged", "q", 9, None, into="p")
    await in_days(database, [in_unsuitable_home("q", ago), [merge]], 10)
    assert await known(database, "p") == (ago, TODAY - timedelta(days=9))


async def unsuitable_on(database: Database, day: date) -> Stretch:
    """The case of unsuitable accommodation on a day."""
    async with database.reading() as connection:
        found = await cases.cases_of(connection, "p", day)
    return next(case for case, _ in found if case.concern is Concern.UNSUITABLE_ACCOMMODATION)


async def test_a_worker_who_leaves_leaves_the_case_to_nobody_from_that_day_on(
    database: Database,
) -> None:
    await in_days(database, [in_unsuitable_home("p", TODAY - timedelta(days=50))], 10)
    await store_staff(database, {"w1": None})
    await store_staff(database, {"w1": TODAY})
    await in_days(database, [], 10)
    before = await unsuitable_on(database, TODAY - timedelta(days=1))
    today = await unsuitable_on(database, TODAY)
    assert (before.owned, today.owned) == (True, False)
    assert (before.step, today.step) == (None, "head_of_service")
    await store_staff(database, {"w1": None})
    await in_days(database, [], 10)
    again = await unsuitable_on(database, TODAY)
    assert (again.owned, again.step) == (True, None)

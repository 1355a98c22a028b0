"""Changes of counts: a count is the same before they are folded, meanwhile and afterwards."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from schemas.status import Concern
from services.oversight.summary import trend
from services.store import case_count_changes, case_counts, recount
from services.store.database import Database
from services.store.scope import EVERYTHING, Scope
from services.store.tables import case_count_changes as changes
from services.store.view import View
from services.tracking import deriving
from services.tracking.deriving import Deriving
from services.tracking.handler import Tracker
from tests.store.oversight.council import NOW, RULES
from tests.store.tracking.tracker_harness import rows, track_with
from tests.unit.assessment.made_council import TODAY, Raw, events
from tests.waiting import until

DAYS = [TODAY + timedelta(days=days) for days in (-400, -31, -1, 0, 30, 200)]


async def figures(database: Database) -> list[object]:
    """What is counted on some days, of everybody and of one service, and the trend."""
    found: list[object] = []
    async with database.reading() as connection:
        for day in DAYS:
            view = View(EVERYTHING, day, day, tuple(Concern))
            found.append(await case_counts.counts(connection, view))
            found.append(await trend(connection, view))
            theirs = View(Scope(services=frozenset({"leaving"})), day, day, tuple(Concern))
            found.append(await case_counts.counts(connection, theirs))
    return found


async def waiting(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(changes)) or 0)


async def fold(database: Database) -> None:
    async with database.writing() as connection:
        await case_count_changes.fold(connection)


async def track_some(database: Database, raw: list[Raw]) -> None:
    await track_with(Tracker(database, RULES, lambda: NOW), raw, 60)


async def test_counts_are_the_same_before_and_after_they_are_folded(database: Database) -> None:
    whole = list(events())[:900]
    await track_some(database, whole[:500])
    await fold(database)
    assert await waiting(database) == 0
    await track_some(database, whole[500:])
    assert await waiting(database)
    half_folded = await figures(database)
    assert any(half_folded)
    await fold(database)
    assert await figures(database) == half_folded
    folded = await rows(database, "case_counts")
    async with database.writing() as connection:
        await recount.count_again(connection)
    assert await rows(database, "case_counts") == folded


async def test_counting_again_folds_some_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await track_some(database, list(events())[:500])
    before = await rows(database, "case_counts")
    monkeypatch.setattr(recount, "_AT_A_TIME", 40)
    monkeypatch.setattr(recount, "_KEYS_IN_MEMORY", 300)
    monkeypatch.setattr(recount, "_MOST_IN_A_STATEMENT", 200)
    async with database.writing() as connection:
        await recount.count_again(connection)
    assert await waiting(database) == 0
    assert await rows(database, "case_counts") == before


async def test_nothing_is_lost_or_counted_twice_while_others_derive_and_fold(
    database: Database,
) -> None:
    whole = list(events())[:600]

    async def fold_often() -> None:
        for _ in range(12):
            await fold(database)
            await asyncio.sleep(0)

    # Half of the events each: whoever has some in both is derived twice, and counted anew.
    await asyncio.gather(
        track_some(database, whole[::2]), track_some(database, whole[1::2]),
        fold_often(), fold_often(),
    )  # fmt: skip
    counted = await figures(database)
    async with database.writing() as connection:
        await recount.count_again(connection)
    assert await waiting(database) == 0
    assert await figures(database) == counted


async def test_the_tracker_folds_them_when_there_is_nothing_else_to_do(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deriving, "_FEW_CHANGES", 100)
    await track_some(database, list(events())[:300])
    counted = await figures(database)
    assert await waiting(database) > 100
    work = asyncio.create_task(Deriving(database, RULES, lambda: NOW).run())

    async def folded() -> bool:
        return await waiting(database) == 0

    await until(folded, 30)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert await figures(database) == counted

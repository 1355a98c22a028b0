"""The promises: any order, any duplicates, any split into batches; and rebuild changes nothing."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.store.database import Database
from services.tracking.rebuild import rebuild
from tests.lives_apart import life_apart
from tests.share import share_of
from tests.store.new_store import new_store
from tests.store.tracking.tracker_harness import NOW, printed, rows, track
from tests.unit.independent.lives import random_life

DAYS = [date(2019, 1, 1) + timedelta(days=91 * n) for n in range(40)]


def several_lives(seed: int, many: int) -> list[dict[str, Any]]:
    """Lives whose subjects do not meet, each with its own ids."""
    return [event for number in range(many) for event in life_apart(seed * 100 + number, number)]


@pytest.mark.parametrize("seed", range(share_of(6)))
async def test_any_order_any_duplicates_any_batches_give_the_same_statuses(
    tmp_path: Path, seed: int
) -> None:
    events = several_lives(seed, 5)
    told = []
    for turn, size in enumerate((1000, 7, 1)):
        chance = Random(seed * 10 + turn)
        shuffled = events + chance.sample(events, len(events) // (turn + 1) // 2)
        if turn:
            chance.shuffle(shuffled)
        store = new_store(tmp_path / f"{turn}.sqlite")
        await track(store, shuffled, size)
        told.append((await printed(store, DAYS), await rows(store)))
        await store.close()
    assert told[0][0], "these lives have statuses"
    assert told[0] == told[1] == told[2]


@settings(max_examples=12)
@given(data=st.data(), seed=st.integers(0, 400))
def test_any_permutation_of_one_life_gives_the_same_rows(data: st.DataObject, seed: int) -> None:
    import asyncio
    import tempfile

    events = random_life(seed)
    order = data.draw(st.permutations(events))
    size = data.draw(st.integers(1, len(events)))

    async def told(some: list[dict[str, Any]], size: int) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            store = new_store(Path(folder) / "s.sqlite")
            await track(store, some, size)
            found = await rows(store)
            await store.close()
            return found

    assert asyncio.run(told(events, 1000)) == asyncio.run(told(order, size))


async def test_rebuild_gives_the_same_rows(database: Database) -> None:
    await track(database, several_lives(77, 12), 50)
    before = await rows(database)
    progress = [told async for told in rebuild(database, Rules.of(Policy()), NOW)]
    assert progress[-1][0] == progress[-1][1] > 0
    assert await rows(database) == before
    assert before["periods"]


async def test_sqlite_and_postgresql_hold_the_same_rows(
    sqlite_store: Database, postgres_url: str
) -> None:
    other = Database(postgres_url)
    events = several_lives(5, 10)
    await track(sqlite_store, events, 40)
    await track(other, list(reversed(events)), 300)
    assert await rows(sqlite_store) == await rows(other)
    await other.close()

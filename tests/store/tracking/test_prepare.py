"""Before a tracker works everybody is derived by its version: once, and never by an earlier one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import update

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.bootstrap import prepare as prepare_module
from services.bootstrap.prepare import keep_prepared, prepare, prepared_before
from services.bootstrap.runtime import Runtime
from services.oversight.derived_by import derivation_of, is_derived, mark_underived
from services.settings import Settings
from services.store import marks
from services.store.database import Database
from services.store.tables import cases
from services.tracking import rebuild as rebuild_module
from tests.store.tracking.test_another_version import lives
from tests.store.tracking.tracker_harness import rows, track_with, tracker
from tests.waiting import until

POLICY = Policy()
_FINGERPRINT = derivation_of(POLICY).partition(" ")[2]


def runtime(database: Database) -> Runtime:
    broker: Any = None  # preparing needs none
    return Runtime(Settings(), Rules.of(POLICY), database, broker)


async def derived_by(database: Database, version: str) -> None:
    """Let the rows be of a version, and one of them as only that version derives it."""
    async with database.writing() as connection:
        await marks.set_mark(connection, "derived_by", f"{version} {_FINGERPRINT}")
        await connection.execute(update(cases).values(arrangement="of another version"))


async def is_in_force(database: Database) -> bool:
    async with database.reading() as connection:
        return await is_derived(connection, POLICY)


@pytest.fixture
async def whole(database: Database) -> Any:
    """The rows of somebody as this version derives them."""
    await track_with(tracker(database), lives("p1").raw)
    return await rows(database)


@pytest.fixture
def rebuilds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that has an entry for each time that everybody was derived again."""
    done: list[int] = []
    again = rebuild_module._rebuild

    async def counted(*given: Any) -> AsyncIterator[tuple[int, int]]:
        done.append(1)
        async for item in again(*given):
            yield item

    monkeypatch.setattr(rebuild_module, "_rebuild", counted)
    return done


@pytest.mark.parametrize("version", ["0.0.9", "0.5.10"])
async def test_what_an_earlier_version_derived_is_derived_again(
    database: Database, whole: object, version: str
) -> None:
    await derived_by(database, version)
    assert await rows(database) != whole
    await prepare(runtime(database))
    assert await rows(database) == whole
    assert await is_in_force(database)


@pytest.mark.parametrize("version", ["99.0.0", "0.100.0"])
async def test_what_a_later_version_derived_is_left_as_it_is(
    database: Database, whole: object, version: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An old one that is started anew beside the new one undoes nothing of it."""
    await derived_by(database, version)
    later = await rows(database)
    await prepare(runtime(database))
    assert await rows(database) == later != whole
    assert not await is_in_force(database)
    assert "A later version" in caplog.text


async def test_of_two_that_begin_together_one_derives_everybody(
    database: Database, whole: object, rebuilds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild_module, "_WAIT_SECONDS", 0.05)
    await derived_by(database, "0.0.9")
    await asyncio.gather(*(prepare(runtime(database)) for _ in range(2)))
    assert rebuilds == [1]
    assert await rows(database) == whole


async def test_where_another_was_ended_half_way_this_one_goes_on(
    database: Database, whole: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare_module, "_LOOKS_EVERY", 0.05)
    await prepare(runtime(database))
    keeping = asyncio.create_task(keep_prepared(runtime(database)))
    async with database.writing() as connection:
        await mark_underived(connection)
        await connection.execute(update(cases).values(arrangement="of another version"))

    async def done() -> bool:
        return await is_in_force(database)

    await until(done)
    assert await rows(database) == whole
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping


async def test_who_is_told_to_stop_leaves_it_half_done_at_once(
    database: Database, whole: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    del whole
    begun, stop = asyncio.Event(), asyncio.Event()

    async def endless(*given: Any) -> AsyncIterator[tuple[int, int]]:
        del given
        begun.set()
        await asyncio.Event().wait()
        yield 0, 0

    monkeypatch.setattr(rebuild_module, "_rebuild", endless)
    await derived_by(database, "0.0.9")
    preparing = asyncio.create_task(prepared_before(stop, runtime(database)))
    await begun.wait()
    stop.set()
    assert await preparing is False


async def test_without_a_stop_it_is_prepared(database: Database, whole: object) -> None:
    assert await prepared_before(asyncio.Event(), runtime(database)) is True
    assert await rows(database) == whole

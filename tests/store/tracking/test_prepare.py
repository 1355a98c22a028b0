"""Before a tracker works everybody is derived by its version: once, and never by an earlier one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.bootstrap import prepare as prepare_module
from services.bootstrap.prepare import keep_prepared, prepare, prepared_before
from services.bootstrap.runtime import Runtime
from services.oversight.derived_by import (
    derivation_of,
    is_derived,
    mark_derived,
    mark_underived,
    not_derived,
)
from services.settings import Settings
from services.store import marks
from services.store.database import Database
from services.store.tables import cases
from services.tracking import rebuild as rebuild_module
from services.tracking.rebuild import deriving_alone
from tests.store.tracking.test_another_version import lives
from tests.store.tracking.tracker_harness import NOW, rows, track_with, tracker
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
    again = rebuild_module.derive_everybody

    async def counted(*given: Any) -> AsyncIterator[tuple[int, int]]:
        done.append(1)
        async for item in again(*given):
            yield item

    monkeypatch.setattr(prepare_module, "derive_everybody", counted)
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


@pytest.mark.parametrize("version", ["99.0.0", "0.100.0", "0.7rc1"])
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


@asynccontextmanager
async def keeping(kept: Runtime, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A tracker that looks often whether everybody is derived."""
    monkeypatch.setattr(prepare_module, "_LOOKS_EVERY", 0.02)
    looking = asyncio.create_task(keep_prepared(kept))
    try:
        yield
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def leave_half_done(database: Database, by: str) -> None:
    """Let a version have begun to derive everybody, and somebody be as only that derives them."""
    async with database.writing() as connection:
        await mark_underived(connection, POLICY)
        await marks.set_mark(connection, "deriving", by)
        await connection.execute(update(cases).values(arrangement="of another version"))


@pytest.mark.parametrize("by", [derivation_of(POLICY), f"0.5.9 {_FINGERPRINT}"])
async def test_where_its_like_or_an_earlier_one_was_ended_half_way_this_one_goes_on(
    database: Database, whole: object, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr(prepare_module, "_LOOKS_FOR_ANOTHER", 10**9)
    await prepare(runtime(database))
    await leave_half_done(database, by)
    async with keeping(runtime(database), monkeypatch):
        await until(partial(is_in_force, database))
        assert await rows(database) == whole


OTHERS = [f"99.0.0 {_FINGERPRINT}", f"{derivation_of(POLICY)}0", ""]
"""A later version, another policy, and one that does not say what it is."""


@pytest.mark.parametrize("by", OTHERS)
async def test_what_another_has_begun_is_its_own_to_finish(
    database: Database, whole: object, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    del whole
    monkeypatch.setattr(prepare_module, "_LOOKS_FOR_ANOTHER", 10**9)
    await prepare(runtime(database))
    await leave_half_done(database, by)
    left = await rows(database)
    async with keeping(runtime(database), monkeypatch):
        await asyncio.sleep(0.3)
    assert await rows(database) == left


@pytest.mark.parametrize("by", OTHERS)
async def test_who_does_not_come_back_to_finish_is_waited_for_some_looks(
    database: Database, whole: object, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr(prepare_module, "_LOOKS_FOR_ANOTHER", 3)
    await prepare(runtime(database))
    await leave_half_done(database, by)
    async with keeping(runtime(database), monkeypatch):
        await until(partial(is_in_force, database))
        assert await rows(database) == whole


async def test_while_another_derives_everybody_nobody_else_begins_and_its_colours_stay(
    database: Database, whole: object, rebuilds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tracker of the policy before still runs while one of the new policy starts."""
    del whole
    monkeypatch.setattr(prepare_module, "_LOOKS_FOR_ANOTHER", 3)
    other = Database(database.url)
    newer = Policy(live_from=NOW.date())
    await prepare(runtime(database))
    rebuilds.clear()
    async with keeping(runtime(database), monkeypatch):
        async with deriving_alone(other):
            await leave_half_done(database, derivation_of(newer))
            await asyncio.sleep(0.3)
            assert rebuilds == []
            async with other.writing() as connection:
                await mark_derived(connection, newer, NOW)
        await asyncio.sleep(0.3)
    assert rebuilds == []
    async with database.reading() as connection:
        assert await is_derived(connection, newer)
    await other.close()


async def test_who_waited_for_a_later_version_leaves_what_that_derived(
    database: Database, whole: object, rebuilds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    del whole
    monkeypatch.setattr(rebuild_module, "_WAIT_SECONDS", 0.02)
    await prepare(runtime(database))
    rebuilds.clear()
    other = Database(database.url)
    async with deriving_alone(other):
        await leave_half_done(database, f"99.0.0 {_FINGERPRINT}")
        waiting = asyncio.create_task(prepare(runtime(database)))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await derived_by(database, "99.0.0")
    await waiting
    assert rebuilds == []
    await other.close()


async def test_pages_of_a_version_that_was_gone_back_to_say_what_has_to_be_done(
    database: Database, whole: object
) -> None:
    del whole
    for version, said in (("99.0.0", "sightline rebuild"), ("0.0.9", "being derived again")):
        await derived_by(database, version)
        async with database.reading() as connection:
            (sentence,) = await not_derived(connection, POLICY)
        assert said in sentence
    await leave_half_done(database, f"99.0.0 {_FINGERPRINT}")
    async with database.reading() as connection:
        (sentence,) = await not_derived(connection, POLICY)
    assert "cases are missing" in sentence


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

    monkeypatch.setattr(prepare_module, "derive_everybody", endless)
    await derived_by(database, "0.0.9")
    preparing = asyncio.create_task(prepared_before(stop, runtime(database)))
    await begun.wait()
    stop.set()
    assert await preparing is False


async def test_without_a_stop_it_is_prepared(database: Database, whole: object) -> None:
    assert await prepared_before(asyncio.Event(), runtime(database)) is True
    assert await rows(database) == whole

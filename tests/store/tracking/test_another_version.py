"""An upgrade without a gap: what the version before derives beside this one is derived again."""

from sqlalchemy import delete, insert, select, update

from schemas.policy import Policy
from services.oversight.derived_by import (
    derivation_of,
    derived_otherwise,
    mark_derived,
    mark_underived,
)
from services.store import underived
from services.store.database import Database
from services.store.tables import cases, people
from tests.store.tracking.tracker_harness import NOW, derive_marked, rows, track_with, tracker
from tests.story import Story

POLICY = Policy()


def lives(person: str) -> Story:
    return Story(person, born="2007-05-01", eligibility="former_relevant").lives("2026-08-01", "S")


async def derived_there(database: Database, person: str) -> None:
    """Let a version that knows no `derived_by` derive somebody, with a line of its own kind."""
    async with database.writing() as connection:
        lines = await connection.scalar(select(people.c.lines).where(people.c.person == person))
        assert lines is not None
        await connection.execute(delete(people).where(people.c.person == person))
        changed = dict.fromkeys(lines, "of another version")
        await connection.execute(insert(people), [{"person": person, "lines": changed}])
        await connection.execute(
            update(cases).where(cases.c.person == person).values(arrangement="of another version")
        )


async def looked(database: Database) -> int:
    async with database.writing() as connection:
        found = await derived_otherwise(connection, POLICY, 100)
        await underived.mark(connection, found, NOW)
    return len(found)


async def test_whom_it_derived_this_version_derives_again_and_nobody_else(
    database: Database,
) -> None:
    one = tracker(database)
    await track_with(one, lives("p1").raw + lives("p2").raw)
    async with database.writing() as connection:
        await mark_derived(connection, POLICY, NOW)
    assert await looked(database) == 0
    whole = await rows(database)
    await derived_there(database, "p1")
    assert await rows(database) != whole
    assert await looked(database) == 1
    await derive_marked(one)
    assert await rows(database) == whole
    assert await looked(database) == 0


async def test_this_version_leaves_alone_what_a_newer_one_has_in_force(database: Database) -> None:
    await track_with(tracker(database), lives("p1").raw)
    newer = Policy(live_from=NOW.date())
    assert derivation_of(newer) != derivation_of(POLICY)
    async with database.writing() as connection:
        await mark_derived(connection, newer, NOW)
    await derived_there(database, "p1")
    assert await looked(database) == 0


async def test_whoever_was_set_aside_is_not_tried_over_and_over(database: Database) -> None:
    await track_with(tracker(database), lives("p1").raw)
    async with database.writing() as connection:
        await mark_derived(connection, POLICY, NOW)
    await derived_there(database, "p1")
    async with database.writing() as connection:
        await underived.mark(connection, ["p1"], NOW)
        await underived.set_aside(connection, "p1", "ValueError", NOW)
    assert await looked(database) == 0


async def test_while_all_are_derived_again_nobody_is_marked_besides(database: Database) -> None:
    await track_with(tracker(database), lives("p1").raw)
    async with database.writing() as connection:
        await mark_underived(connection, POLICY)
    await derived_there(database, "p1")
    assert await looked(database) == 0

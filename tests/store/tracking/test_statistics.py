"""SQLite is told how its tables are filled, so that it finds somebody's lines by their key."""

from collections.abc import Sequence

from sqlalchemy import text

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.store.database import Database
from services.tracking.rebuild import rebuild
from tests.store.tracking.tracker_harness import NOW, track
from tests.story import Story

LINES_OF_ONE = (
    "SELECT 1 FROM reported WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.person = "
    "reported.person AND cases.concern = reported.concern AND cases.rag = 'red' "
    "AND cases.start <= '2026-11-20' AND cases.until > '2026-11-20')"
)


async def plan(database: Database) -> Sequence[str]:
    async with database.reading() as connection:
        found = await connection.execute(text(f"EXPLAIN QUERY PLAN {LINES_OF_ONE}"))
        return [row.detail for row in found]


async def test_after_a_rebuild_lines_are_found_by_whose_they_are(sqlite_store: Database) -> None:
    database = sqlite_store
    events = [
        event
        for number in range(60)
        for event in Story(f"p{number}", born="2007-05-01", eligibility="former_relevant")
        .lives("2026-08-01", "S")
        .raw
    ]
    await track(database, events)
    assert not any("person=? AND concern=?" in line for line in await plan(database))
    async for _ in rebuild(database, Rules.of(Policy()), NOW):
        pass
    assert any("person=? AND concern=?" in line for line in await plan(database))

"""A store of the made council: its events are stored on several days, so some were known late."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from services.assessment.derivation import Rules
from services.store import restrictions, staff
from services.store.bulk import add
from services.store.database import Database
from services.store.restrictions import Restriction
from services.store.staff import StaffMember
from services.store.tables import cases, metadata
from services.tracking.handler import Tracker
from tests.store.tracking.tracker_harness import track_with
from tests.unit.assessment.made_council import GONE, POLICY, TODAY, events

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
RULES = Rules.of(POLICY)


class At:
    """A clock that shows what it is set to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


async def store_staff(database: Database, days: Mapping[str, date | None]) -> None:
    """Store a directory: who works here, and since when some are gone."""
    members = [
        StaffMember(id_, "/ssd", "", "", "", on, NOW) for id_, on in sorted(days.items())
    ]  # fmt: skip
    async with database.writing() as connection:
        await staff.keep(connection, "/ssd", members, TODAY)


async def store_council(database: Database) -> None:
    """The council's events are stored, an eighth on each of eight days up to today.

    The first store of a process comes by its rows event by event; all others are given the same.
    """
    if _known:
        async with database.writing() as connection:
            for table in metadata.sorted_tables:
                await add(connection, table, _known[table.name])
        return
    await _track_council(database)
    async with database.reading() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.c if column is not table.autoincrement_column]
            rows = await connection.execute(select(*columns))
            _known[table.name] = [row._asdict() for row in rows]


async def restrict(database: Database, person: str, *readers: str) -> None:
    """Let only some readers see a young person, by their ids."""
    async with database.writing() as connection:
        restriction = Restriction(person, readers, NOW, "account x", "kin of staff")
        await restrictions.keep(connection, restriction)


async def restrict_some(database: Database) -> None:
    """Restrict every seventh young person of the council, in turn to one or two of its readers."""
    named = (
        ("recipient:head",), ("recipient:manager", "h2"), ("recipient:w2",), ("recipient:d1",),
        ("somebody",),
    )  # fmt: skip
    async with database.reading() as connection:
        rows = await connection.execute(select(cases.c.person).distinct().order_by(cases.c.person))
        people = list(rows.scalars())
    for place, person in enumerate(people[::7]):
        await restrict(database, person, *named[place % len(named)])


_known: dict[str, list[dict[str, Any]]] = {}
"""The rows of every table, without running numbers, which each store gives itself."""


async def _track_council(database: Database) -> None:
    await store_staff(database, GONE)
    stored = list(events())
    clock = At()
    tracker = Tracker(database, RULES, clock)
    for place in range(8):
        clock.now = NOW - timedelta(days=(7 - place) * 5)
        await track_with(tracker, stored[place::8], 120)

"""Driving the tracker without a broker: batches in, rows out."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select

from events.wire import Message
from schemas.policy import Policy
from schemas.status import Concern
from services.assessment.derivation import Rules
from services.assessment.statuses import assess_received, statuses
from services.store import case_count_changes, questions, stored_events, timelines
from services.store.database import Database
from services.store.questions import QuestionFilter
from services.store.scope import EVERYTHING
from services.store.tables import metadata
from services.store.view import View
from services.tracking.deriving import Deriving
from services.tracking.handler import Outcome, Tracker
from tests.story import UA

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


class TickingClock:
    """A clock that moves on by a second each time it is asked."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def tracker(database: Database, policy: Policy | None = None) -> Tracker:
    return Tracker(database, Rules.of(policy or Policy()), TickingClock())


async def track(database: Database, events: Sequence[dict[str, Any]], size: int = 500) -> Outcome:
    """Track events in batches; returns the outcome of the last."""
    return await track_with(tracker(database), events, size)


async def track_with(one: Tracker, events: Sequence[dict[str, Any]], size: int = 500) -> Outcome:
    outcome = Outcome()
    for start in range(0, len(events), size):
        messages = [Message(orjson.dumps(event)) for event in events[start : start + size]]
        outcome = await one.track(messages)
    return outcome


async def derive_marked(one: Tracker) -> None:
    """Derive everybody who was only stored."""
    deriving = Deriving(one.database, one.rules, one.clock)
    while await deriving.derive_marked():
        pass


async def rag(database: Database, person: str = "p1", concern: str = UA, day: date = TODAY) -> str:
    """The colour of one person for one concern on one day, or "none"."""
    async with database.reading() as connection:
        found = await timelines.periods_on(connection, day, [person])
    return next((str(period.rag) for _, period in found if period.concern == concern), "none")


async def asked(database: Database) -> list[str]:
    """Every question that is asked of somebody today."""
    async with database.reading() as connection:
        view = View(EVERYTHING, TODAY, TODAY, tuple(Concern))
        found = await questions.listed(connection, view, QuestionFilter(), limit=99, offset=0)
    return [item.text for item, _ in found]


async def printed(database: Database, days: Iterable[date]) -> str:
    """What `status --json` prints on several days."""
    out = []
    async with database.reading() as connection:
        for day in days:
            out += [
                json.dumps(period.as_status(person))
                for person, period in await timelines.periods_on(connection, day)
            ]
    return "\n".join(out)


async def printed_from_log(database: Database, day: date, known_at: datetime) -> str:
    async with database.reading() as connection:
        received = await stored_events.load(connection, None, known_at)
    found = statuses(assess_received(received, Policy()), day)
    return "\n".join(json.dumps(item) for item in found)


DERIVED = (
    "people", "periods", "questions", "cases", "assignments", "case_counts", "merged",
)  # fmt: skip
"""Every table that is derived from the log."""


async def rows(database: Database, *names: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the derived tables, in one order."""
    found = {}
    async with database.writing() as connection:
        await case_count_changes.fold(connection)
    async with database.reading() as connection:
        for name in names or DERIVED:
            table = metadata.tables[name]
            told = await connection.execute(select(table))
            found[name] = sorted((tuple(row) for row in told if row[-1] != 0), key=repr)
    return found

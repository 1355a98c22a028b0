"""What a source puts on the broker beyond what it may send a day is refused, and kept whole."""

from datetime import UTC, datetime, timedelta

import orjson

from events.channel import Channel
from events.wire import Message
from schemas.policy import Policy, SourcePermissions
from services.assessment.derivation import Rules
from services.store import event_log
from services.store.database import Database
from services.tracking.handler import Tracker
from tests.store.refused import all_refused
from tests.story import SOURCE, Story

A_DAY = 3
POLICY = Policy(sources={SOURCE: SourcePermissions(events_a_day=A_DAY)})


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def message(number: int, channel: Channel = Channel.PUBLISHERS, source: str = SOURCE) -> Message:
    event = (
        Story(f"P{number}").add("care.started", on="2026-10-01", care_id="c1", source=source).raw[0]
    )
    return Message(orjson.dumps(event), {}, f"{channel}.care.started")


async def held(database: Database) -> tuple[int, int]:
    """How many events are stored, and how many refused."""
    async with database.reading() as connection:
        return await event_log.count(connection), len(await all_refused(connection))


async def test_what_is_beyond_it_is_kept_with_the_reason_and_the_next_day_is_free(
    database: Database,
) -> None:
    clock = Clock()
    tracker = Tracker(database, Rules.of(POLICY), clock)
    outcome = await tracker.track([message(n) for n in range(A_DAY + 2)])
    assert outcome.refused == {A_DAY, A_DAY + 1}
    assert await held(database) == (A_DAY, 2)
    async with database.reading() as connection:
        reason = (await all_refused(connection))[0].reason
    assert "it may send 3 events a day, as the policy says; send this again later" in reason
    clock.now += timedelta(hours=25)
    await tracker.track([message(A_DAY)])
    assert await held(database) == (A_DAY + 1, 2)


async def test_what_is_stored_already_counts_for_nothing(database: Database) -> None:
    tracker = Tracker(database, Rules.of(POLICY), Clock())
    for _ in range(3):
        await tracker.track([message(n) for n in range(A_DAY)])
    assert await held(database) == (A_DAY, 0)


async def test_neither_other_sources_nor_commands_are_limited(database: Database) -> None:
    tracker = Tracker(database, Rules.of(POLICY), Clock())
    others = [message(n, source="/other") for n in range(A_DAY + 2)]
    imported = [message(n + 10, Channel.RECEIVED) for n in range(A_DAY + 2)]
    await tracker.track([*others, *imported])
    assert await held(database) == (2 * (A_DAY + 2), 0)

"""The handler: a batch of messages becomes records and colours in one transaction.

Each message is read by itself. What is refused is stored whole, with its reason; what counts is
stored once; everyone touched is assessed anew. Only when all of that is committed may the messages
be acknowledged.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection

from events.wire import Message, read_message
from schemas.envelope import Event, Refusal
from schemas.faults import Fault
from services.assessment.derivation import Rules
from services.assessment.resolution import person_of
from services.store import refused_events, underived
from services.store.database import Database
from services.store.feeds import count_received
from services.store.locks import prefer_indexes
from services.store.refused_events import RefusedMessage
from services.tracking.derive import derive_locked, lock_people
from services.tracking.ingest import ingest
from services.tracking.publish import publish_case_notes, publish_changes

log = logging.getLogger(__name__)

PASSING = (
    OperationalError,
    InterfaceError,
    IntegrityError,
    PoolTimeoutError,
    OSError,
    TimeoutError,
)
"""Errors that may not recur: the database does not answer, or another transaction won."""

_PASSING_STATES = ("08", "40", "53", "55", "57")
"""SQLSTATE classes of such errors: connection, rollback, resources, locks, operator."""

BEHIND = 500
"""More events than these, in hand and waiting, mean that the tracker is behind."""

_DERIVED_AT_ONCE = 250
_TRIES = 4
_FIRST_PAUSE = 0.05
"""Seconds before a transaction that lost a race is tried again; doubled each time."""


def may_pass(error: BaseException) -> bool:
    """Whether the same work may succeed later; a value that no column can hold never will."""
    if isinstance(error, PASSING):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, DBAPIError) and state.startswith(_PASSING_STATES)


@dataclass(slots=True)
class Outcome:
    """What became of a batch: which messages were refused, and what was new."""

    refused: set[int] = field(default_factory=set)
    """Positions in the batch of messages that were refused, and are stored as such."""
    accepted: int = 0
    duplicates: int = 0
    touched: int = 0


def now_utc() -> datetime:
    """The present time in UTC; whatever is called from here on is given the time."""
    return datetime.now(UTC)


class Tracker:
    """Turns batches of messages into stored events and statuses, in one database."""

    def __init__(
        self, database: Database, rules: Rules, clock: Callable[[], datetime] = now_utc
    ) -> None:
        self.database = database
        self.rules = rules
        self.clock = clock

    async def track(self, messages: Sequence[Message], waiting: int = 0) -> Outcome:
        """Store, assess and commit one batch. A transaction that lost a race is tried again.

        While many more wait, the events are stored and their young people marked: each is derived
        once for all of theirs, by `derive_marked`.

        Args:
            messages: the batch.
            waiting: how many more wait on the broker.

        Raises:
            DBAPIError: the database does not answer, kept losing, or cannot hold what it was given;
            nothing was stored.
        """
        read = [read_message(message) for message in messages]
        return await self._in_one_transaction(
            lambda connection: self._record(
                connection, messages, read, waiting + len(messages) > BEHIND
            )
        )

    async def derive_marked(self) -> int:
        """Derive some of the young people who are marked, and commit; returns how many."""
        taken: dict[str, int] = {}

        async def work(connection: AsyncConnection) -> Outcome:
            taken.clear()
            taken.update(await underived.take(connection, _DERIVED_AT_ONCE))
            if taken:
                await prefer_indexes(connection)
                await self._derive(connection, set(taken), self.clock())
                await underived.unmark(connection, taken)
            return Outcome()

        await self._in_one_transaction(work)
        return len(taken)

    async def set_aside(self, message: Message, error: Exception) -> None:
        """Keep, as refused, a message that fails again and again, though it can be read."""
        item = read_message(message)
        why = f"The event could not be worked through ({type(error).__name__}); it is kept whole."
        refusal = Refusal((Fault("event", "", why),))
        if isinstance(item, Event):
            refusal = Refusal(refusal.faults, item.id, item.source, item.name, item.subject)
        async with self.database.writing() as connection:
            await refused_events.keep(connection, [self._refused(message, refusal)], self.clock())

    async def _record(
        self,
        connection: AsyncConnection,
        messages: Sequence[Message],
        read: Sequence[Event | Refusal],
        is_behind: bool,
    ) -> Outcome:
        now = self.clock()
        outcome = Outcome()
        events = [item for item in read if isinstance(item, Event)]
        ingested = await ingest(connection, events, self.rules.policy, now)
        if is_behind:
            await underived.mark(connection, ingested.touched, now)
        elif ingested.touched:
            await self._derive(connection, ingested.touched, now)
        await publish_case_notes(connection, ingested.new, now)
        kept = []
        for position, (message, item) in enumerate(zip(messages, read, strict=True)):
            if isinstance(item, Refusal):
                outcome.refused.add(position)
                kept.append(self._refused(message, item))
        await refused_events.keep(connection, kept, now)
        for refused in kept:
            if refused.refusal.source:
                ingested.count_of(refused.refusal.source).refused += 1
        await count_received(connection, ingested.counts, now)
        outcome.accepted = sum(count.accepted for count in ingested.counts.values())
        outcome.duplicates = sum(count.duplicates for count in ingested.counts.values())
        outcome.touched = len(ingested.touched)
        return outcome

    async def _derive(self, connection: AsyncConnection, people: set[str], now: datetime) -> None:
        """Derive young people and whoever is linked with them, and publish what changed."""
        locked = await lock_people(connection, people)
        found = await derive_locked(connection, locked, self.rules)
        await publish_changes(connection, locked, [item.assessment for item in found], now)

    def _refused(self, message: Message, refusal: Refusal) -> RefusedMessage:
        person = ""
        if refusal.subject:
            person = person_of(self.rules.policy, refusal.source, refusal.subject)
        return RefusedMessage(message.body, message.headers, refusal, person)

    async def _in_one_transaction(
        self, work: Callable[[AsyncConnection], Awaitable[Outcome]]
    ) -> Outcome:
        pause = _FIRST_PAUSE
        for left in reversed(range(_TRIES)):
            try:
                async with self.database.writing() as connection:
                    return await work(connection)
            except Exception as error:
                if not left or not may_pass(error):
                    raise
                log.info("A transaction is tried again: %s", type(error).__name__)
                await asyncio.sleep(pause)
                pause *= 2
        raise AssertionError("the last try returns or raises")

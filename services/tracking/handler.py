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

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from events.wire import Message, read_message
from schemas.envelope import Event, Refusal
from services.assessment.settling import person_of
from services.records import refusals
from services.records.database import Database
from services.records.feeds import hear
from services.records.refusals import RefusedMessage
from services.tracking.deriving import Rules, derive_held, hold
from services.tracking.intake import take_in
from services.tracking.publishing import publish_changes

log = logging.getLogger(__name__)

PASSING = (DBAPIError, OSError, TimeoutError)
"""What may pass: a database that does not answer, or that lets another go first."""

_TRIES = 4
_FIRST_PAUSE = 0.05
"""Seconds before a transaction that lost a race is tried again; doubled each time."""


@dataclass(slots=True)
class Outcome:
    """What became of a batch: which messages were refused, and what was new."""

    refused: set[int] = field(default_factory=set)
    """Positions in the batch of messages that were refused, and are stored as such."""
    accepted: int = 0
    duplicates: int = 0
    touched: int = 0


def now_utc() -> datetime:
    """The clock of the edge; everything inside is told the time."""
    return datetime.now(UTC)


class Tracker:
    """Tracks batches into one database by one set of rules."""

    def __init__(
        self, database: Database, rules: Rules, clock: Callable[[], datetime] = now_utc
    ) -> None:
        self.database = database
        self.rules = rules
        self.clock = clock

    async def track(self, messages: Sequence[Message]) -> Outcome:
        """Store, assess and commit one batch. A transaction that lost a race is tried again.

        Raises:
            DBAPIError: the database does not answer, or kept losing; nothing was stored.
        """
        read = [read_message(message) for message in messages]
        return await self._in_one_transaction(
            lambda connection: self._record(connection, messages, read)
        )

    async def _record(
        self,
        connection: AsyncConnection,
        messages: Sequence[Message],
        read: Sequence[Event | Refusal],
    ) -> Outcome:
        now = self.clock()
        outcome = Outcome()
        events = [item for item in read if isinstance(item, Event)]
        intake = await take_in(connection, events, self.rules.policy, now)
        if intake.touched:
            held = await hold(connection, intake.touched)
            await derive_held(connection, held, self.rules)
            await publish_changes(connection, held, now)
        kept = []
        for position, (message, item) in enumerate(zip(messages, read, strict=True)):
            if isinstance(item, Refusal):
                outcome.refused.add(position)
                kept.append(self._refused(message, item))
        await refusals.keep(connection, kept, now)
        for refused in kept:
            if refused.refusal.source:
                intake.of(refused.refusal.source).refused += 1
        await hear(connection, intake.heard, now)
        outcome.accepted = sum(told.accepted for told in intake.heard.values())
        outcome.duplicates = sum(told.duplicates for told in intake.heard.values())
        outcome.touched = len(intake.touched)
        return outcome

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
            except DBAPIError as error:
                if not left:
                    raise
                log.info("A transaction is tried again: %s", type(error.orig).__name__)
                await asyncio.sleep(pause)
                pause *= 2
        raise AssertionError("the last try returns or raises")

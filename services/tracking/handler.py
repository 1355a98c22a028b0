"""The handler: a batch of messages becomes records and colours in one transaction.

Each message is read by itself. What is refused is stored whole, with its reason; what counts is
stored once; everyone touched is assessed anew, or, while many more events wait, marked to be
assessed once for all of theirs (`deriving`). Only when all of that is committed may the messages
be acknowledged.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from events.wire import Message, read_message
from schemas.envelope import Event, Refusal
from schemas.faults import Fault, fault
from services.assessment.derivation import Rules
from services.assessment.resolution import person_of
from services.clock import now_utc
from services.logs import EVENT_PATH
from services.store import erasures, refused_events, stream_position, underived
from services.store.database import Database
from services.store.feeds import count_received
from services.store.refused_events import RefusedMessage
from services.traces import Step, are_sent, hashed_id, trace_in
from services.tracking.admission import Admitted, admit
from services.tracking.arrivals import arrival_of
from services.tracking.derive import derive_people
from services.tracking.ingest import ingest
from services.tracking.publish import publish_case_notes
from services.tracking.transaction import in_one_transaction

BEHIND = 500
"""More events than these, in hand and waiting, mean that the tracker is behind."""


@dataclass(slots=True)
class Outcome:
    """What became of a batch: which messages were refused, and what was new."""

    refused: set[int] = field(default_factory=set)
    """Positions in the batch of messages that were refused, and are stored as such."""
    accepted: int = 0
    duplicates: int = 0
    touched: int = 0
    new: list[Event] = field(default_factory=list)


class Tracker:
    """Turns batches of messages into stored events and statuses, in one database."""

    def __init__(
        self, database: Database, rules: Rules, clock: Callable[[], datetime] = now_utc
    ) -> None:
        self.database = database
        self.rules = rules
        self.clock = clock

    async def track(
        self, messages: Sequence[Message], waiting: int = 0, *, is_part: bool = False
    ) -> Outcome:
        """Store, assess and commit one batch. A transaction that lost a race is tried again.

        While many more wait, the events are stored and their young people marked: each is derived
        once for all of theirs, by `deriving`.

        Args:
            messages: the batch.
            waiting: how many more wait on the broker.
            is_part: whether it is a part of a batch, whose other parts may be stored after it: how
                far the store got is then said by `got_to`, once all are.

        Raises:
            DBAPIError: the database does not answer, kept losing, or cannot hold what it was given;
            nothing was stored.
        """
        read = [admit(message, self.rules.policy) for message in messages]
        is_behind = waiting + len(messages) > BEHIND
        steps = self._steps(messages, read)
        traces = {person: step.trace for person, step in steps}
        outcome = await in_one_transaction(
            self.database,
            lambda connection: self._record(connection, messages, read, is_behind, traces, is_part),
        )
        for _, step in steps:
            step.end()
        for event in outcome.new:  # whoever derives from them need not read them again
            self.database.event_cache.put((event.source, event.id, event.digest), event)
        _note(outcome, is_behind=is_behind)
        return outcome

    def _steps(
        self, messages: Sequence[Message], read: Sequence[Admitted | Refusal]
    ) -> list[tuple[str, Step]]:
        """A step of the trace that came with each event, with whom it is about."""
        if not are_sent():
            return []
        said: dict[str, str | int] = {
            "messaging__system": "nats", "messaging__batch__message_count": len(messages)
        }  # fmt: skip
        return [
            (
                arrival_of(item.event, self.rules.policy).person or "",
                Step(
                    "store event", "consumer", trace_in(message.headers),
                    messaging__message__id=hashed_id(item.event.source, item.event.id),
                    sightline__source=item.event.source, sightline__event=item.event.name, **said,
                ),
            )
            for message, item in zip(messages, read, strict=True)
            if isinstance(item, Admitted)
        ]  # fmt: skip

    async def got_to(self, messages: Sequence[Message]) -> None:
        """Record that all parts of a batch are stored."""
        async with self.database.writing() as connection:
            await stream_position.got_to(connection, _last_of(messages))

    async def set_aside(self, message: Message, error: Exception) -> None:
        """Keep, as refused, a message that fails again and again, though it can be read."""
        item = read_message(message)
        why = f"The event could not be worked through ({type(error).__name__}); it is kept whole."
        refusal = Refusal((Fault("event", "", why),))
        if isinstance(item, Event):
            refusal = Refusal(refusal.faults, item.id, item.source, item.name, item.subject)
        async with self.database.writing() as connection:
            await refused_events.keep(connection, [self._refused(message, refusal)], self.clock())
            await stream_position.got_to(connection, message.sequence)

    async def _record(
        self,
        connection: AsyncConnection,
        messages: Sequence[Message],
        read: Sequence[Admitted | Refusal],
        is_behind: bool,
        traces: Mapping[str, str],
        is_part: bool,
    ) -> Outcome:
        now = self.clock()
        outcome = Outcome()
        dropped = await self._about_erased(connection, read, now)
        places = [
            place
            for place, item in enumerate(read)
            if isinstance(item, Admitted) and place not in dropped
        ]
        admitted = [item for place in places if isinstance(item := read[place], Admitted)]
        ingested = await ingest(connection, admitted, self.rules.policy, now)
        for place in dropped:
            if isinstance(item := read[place], Admitted):
                ingested.count_of(item.event.source).duplicates += 1
        if is_behind:
            await underived.mark(connection, ingested.touched, now, traces)
        elif ingested.touched:
            await derive_people(connection, ingested.touched, self.rules, now, traces=traces)
        await publish_case_notes(connection, ingested.new, now, traces)
        refusals = {
            place: item
            for place, item in enumerate(read)
            if isinstance(item, Refusal) and place not in dropped
        }
        for number in ingested.under_used_ids:
            refusals[places[number]] = _under_used_id(admitted[number].event)
        outcome.refused = set(refusals)
        kept = [self._refused(messages[place], refusals[place]) for place in sorted(refusals)]
        await refused_events.keep(connection, kept, now)
        for refused in kept:
            if refused.refusal.source:
                ingested.count_of(refused.refusal.source).refused += 1
        await count_received(connection, ingested.counts, now)
        if not is_part:
            await stream_position.got_to(connection, _last_of(messages))
        outcome.accepted = sum(count.accepted for count in ingested.counts.values())
        outcome.duplicates = sum(count.duplicates for count in ingested.counts.values())
        outcome.touched = len(ingested.touched)
        outcome.new = ingested.new
        return outcome

    async def _about_erased(
        self, connection: AsyncConnection, read: Sequence[Admitted | Refusal], now: datetime
    ) -> set[int]:
        """Positions of what came about young people who were erased.

        It is dropped and counted, and kept nowhere. A merge into one of them is dropped as well:
        whoever it is of stays a young person of their own.
        """
        await erasures.hold(connection)
        if not await erasures.are_any(connection):
            return set()
        people = {place: self._people_of(item) for place, item in enumerate(read)}
        erased = await erasures.erased_among(connection, set().union(*people.values()))
        dropped = {place for place, names in people.items() if names & erased}
        again = Counter(name for place in dropped for name in people[place] & erased)
        await erasures.count_dropped(connection, again, now)
        return dropped

    def _people_of(self, item: Admitted | Refusal) -> set[str]:
        """Whom a message is about, and into whom it merges them."""
        policy = self.rules.policy
        if isinstance(item, Refusal):
            return {person_of(policy, item.source, item.subject)} if item.subject else set()
        arrival = arrival_of(item.event, policy)
        into = arrival.reaches if item.event.name == "person.merged" else None
        return {name for name in (arrival.person, into) if name}

    def _refused(self, message: Message, refusal: Refusal) -> RefusedMessage:
        person = ""
        if refusal.subject:
            person = person_of(self.rules.policy, refusal.source, refusal.subject)
        return RefusedMessage(message.body, message.headers, refusal, person, message.subject)


def _last_of(messages: Sequence[Message]) -> int:
    """The highest number in the stream of some messages; 0 where they have none."""
    return max((message.sequence for message in messages), default=0)


def _note(outcome: Outcome, *, is_behind: bool) -> None:
    """Write into the log what became of a batch, by the ids of its events."""
    if not EVENT_PATH.isEnabledFor(logging.INFO):
        return
    what = {
        "step": "stored",
        "events": [f"{event.source} {event.id}" for event in outcome.new],
        "cases": sorted({event.subject for event in outcome.new if event.subject}),
        "duplicates": outcome.duplicates,
        "refused": len(outcome.refused),
        "derived": not is_behind,
    }
    EVENT_PATH.info("%d events were stored", outcome.accepted, extra=what)


def _under_used_id(event: Event) -> Refusal:
    """The refusal of an event of the pages whose id another content has already."""
    cure = "what was recorded on the pages is never replaced: each form has an id of its own"
    wrong = fault("id", event.id, cure)
    return Refusal((wrong,), event.id, event.source, event.name, event.subject)

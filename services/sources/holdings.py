"""What is held of one source, by subject and key, loaded from the log for comparison."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Event
from schemas.policy import Policy
from services.assessment.received import Received
from services.assessment.resolution import counted, person_of, receive
from services.sources.statements import HeldEvent, Holding, Holdings, key_of
from services.store import stored_events

Item = TypeVar("Item")

BATCH_SIZE = 250
"""How many young people's holdings are loaded together."""


def batches(people: Iterable[Item]) -> Iterator[list[Item]]:
    """Young people in lists of at most BATCH_SIZE."""
    remaining = iter(people)
    while batch := list(islice(remaining, BATCH_SIZE)):
        yield batch


async def load_holdings(
    connection: AsyncConnection,
    policy: Policy,
    source: str,
    subjects: Collection[str],
    until: datetime | None = None,
    waiting: Sequence[Event] = (),
) -> dict[str, Holdings]:
    """The holdings of each subject; with `until`, of events whose `time` is no later.

    `waiting` are events that are on the broker and may not be in the store yet.
    """
    people = {subject and person_of(policy, source, subject) for subject in subjects}
    wanted = set(subjects)
    mine = [event for event in waiting if event.subject in wanted]
    received = [
        item
        for item in [*await stored_events.load(connection, people), *receive(mine, policy)]
        if item.event.source == source and (until is None or item.earliest[0] <= until)
    ]
    return holdings_by_subject(received, policy)


def holdings_by_subject(received: Iterable[Received], policy: Policy) -> dict[str, Holdings]:
    """Holdings by subject: the events that count under each key, and how many it ever had.

    Events without a subject, such as the end of a snapshot, are under the empty one.
    """
    received = list(received)
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in received:
        event = item.event
        ids[event.subject, key_of(event.name, event.content)].add(event.id)
    holdings: dict[str, dict[str, Holding]] = defaultdict(dict)
    for (subject, key), ever in ids.items():
        if not key.startswith("event.retracted"):
            holdings[subject][key] = Holding(sent=len(ever))
    for fact in counted(received, policy):
        event = fact.event
        if event.name != "event.retracted":
            time, sequence = fact.order[0], fact.order[1]
            held = HeldEvent(event.name, event.id, event.content, time, sequence)
            holdings[event.subject][key_of(event.name, event.content)].events.append(held)
    return dict(holdings)

"""What is held of one source, as the slots that a file is set against."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Event
from schemas.policy import Policy
from services.assessment.resolution import Received, counted, person_of, receive
from services.sources.statements import Held, Said, Slot, slot_of
from services.store import event_log


async def held_of(
    connection: AsyncConnection,
    policy: Policy,
    source: str,
    subjects: Collection[str],
    until: datetime | None = None,
    waiting: Sequence[Event] = (),
) -> dict[str, Held]:
    """What a source has said of each subject; with `until`, only what it said by that time.

    `waiting` are events that are on the broker and may not be in the store yet.
    """
    people = {subject and person_of(policy, source, subject) for subject in subjects}
    wanted = set(subjects)
    mine = [event for event in waiting if event.subject in wanted]
    received = [
        item
        for item in [*await event_log.load(connection, people), *receive(mine, policy)]
        if item.event.source == source and (until is None or item.earliest[0] <= until)
    ]
    return slots_by_subject(received)


def slots_by_subject(received: Iterable[Received]) -> dict[str, Held]:
    """Slots by subject: what counts of each, and how often it was ever spoken of.

    What is about no young person, such as the end of a snapshot, is under the empty subject.
    """
    received = list(received)
    ever: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in received:
        event = item.event
        ever[event.subject, slot_of(event.name, event.content)].add(event.id)
    held: dict[str, dict[str, Slot]] = defaultdict(dict)
    for (subject, slot), ids in ever.items():
        if not slot.startswith("event.retracted"):
            held[subject][slot] = Slot(ever=len(ids))
    for fact in counted(received):
        event = fact.event
        if event.name != "event.retracted":
            time, sequence = fact.order[0], fact.order[1]
            said = Said(event.name, event.id, event.content, time, sequence)
            held[event.subject][slot_of(event.name, event.content)].said.append(said)
    return dict(held)

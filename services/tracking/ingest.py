"""Storing a batch of events: each content once, and every young person that it can touch.

Whoever stores an event holds the lock of its source and id until the transaction ends, so that of
two trackers with one event the second sees what the first did.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Event
from schemas.policy import Policy
from services.assessment.resolution import Moment
from services.store import event_log
from services.store.event_cache import Content
from services.store.event_log import Arrival, Held, Key
from services.store.feeds import Heard
from services.store.locks import event_name, lock, prefer_indexes
from services.tracking.ownership import owned


@dataclass(slots=True)
class Intake:
    """What a batch brought: whom it touches, what was new, and how much of it, by source."""

    touched: set[str] = field(default_factory=set)
    new: list[Event] = field(default_factory=list)
    heard: dict[str, Heard] = field(default_factory=dict)

    def of(self, source: str) -> Heard:
        """The counts of one source."""
        return self.heard.setdefault(source, Heard())


async def take_in(
    connection: AsyncConnection, events: Sequence[Event], policy: Policy, now: datetime
) -> Intake:
    """Store what is new of a batch, and say whom it touches."""
    await prefer_indexes(connection)
    intake = Intake()
    arrivals = [owned(event, policy) for event in events]
    targets = {(item.event.source, item.retracts) for item in arrivals if item.retracts is not None}
    keys = {(item.event.source, item.event.id) for item in arrivals} | targets
    await lock(connection, (event_name(*key) for key in keys))
    held = await event_log.held(connection, keys)
    new: dict[Content, Arrival] = {}
    resent: dict[Content, list[Arrival]] = {}
    for item in arrivals:
        event = item.event
        content = (event.source, event.id, event.digest)
        told = intake.of(event.source)
        told.last_time = max(filter(None, (told.last_time, event.time)))
        if content in held or content in new:
            told.duplicates += 1
            resent.setdefault(content, []).append(item)
        else:
            told.accepted += 1
            new[content] = item
    await event_log.append(connection, list(new.values()), now)
    intake.new = [item.event for item in new.values()]
    for content, item in new.items():
        moment = (item.event.time, item.event.sequence)
        held[content] = Held(item.person, item.retracts, moment, moment)
    intake.touched |= {item.person for item in new.values()}
    contents_of = Counter(content[:2] for content in held)
    intake.touched |= await _widen(connection, resent, held, contents_of, now)
    intake.touched |= await _reach(connection, new, held, contents_of, targets)
    intake.touched |= await _formerly_retracted(connection, new, held)
    intake.touched.discard("")
    return intake


async def _widen(
    connection: AsyncConnection,
    resent: dict[Content, list[Arrival]],
    held: dict[Content, Held],
    contents_of: Counter[Key],
    now: datetime,
) -> set[str]:
    """Keep the moments that widen the span in which a content was sent; who is touched by it."""
    touched = set()
    for content, items in resent.items():
        moments = [(item.event.time, item.event.sequence) for item in items]
        known, alone = held[content], contents_of[content[:2]] == 1
        earliest: Moment = min(moments)
        latest: Moment = max(moments)
        if earliest < known.earliest:
            await event_log.append_resending(connection, content, earliest, now, instead_of=None)
            touched.add(known.person)
        if latest > known.latest:
            replaced = known.latest if alone and known.latest != known.earliest else None
            await event_log.append_resending(connection, content, latest, now, instead_of=replaced)
            if not alone:
                touched.add(known.person)
    return touched


async def _reach(
    connection: AsyncConnection,
    new: dict[Content, Arrival],
    held: dict[Content, Held],
    contents_of: Counter[Key],
    targets: Iterable[Key],
) -> set[str]:
    """Whom new events touch besides their own: merged into, revised away from, retracted."""
    touched = set()
    pairs: set[tuple[str, str]] = set()
    wanted = set(targets)
    others: dict[Key, set[str]] = {}
    for content, known in held.items():
        others.setdefault(content[:2], set()).add(known.person)
        if content[:2] in wanted:
            touched.add(known.person)
    for content, item in new.items():
        if item.event.name == "person.merged" and item.reaches:
            pairs.add((item.person, item.reaches))
            touched.add(item.reaches)
        if contents_of[content[:2]] > 1:
            pairs |= {(item.person, other) for other in others[content[:2]] if other}
            touched |= others[content[:2]]
    await event_log.link(connection, {pair for pair in pairs if all(pair)})
    return touched


async def _formerly_retracted(
    connection: AsyncConnection, new: dict[Content, Arrival], held: dict[Content, Held]
) -> set[str]:
    """Whose events other contents of a revised event took back: they may count again."""
    keys = {content[:2] for content in new}
    targets = {
        (content[0], known.retracts)
        for content, known in held.items()
        if content[:2] in keys and known.retracts is not None
    }
    unknown = targets - {content[:2] for content in held}
    found = held | (await event_log.held(connection, unknown) if unknown else {})
    return {known.person for content, known in found.items() if content[:2] in targets}

"""Ingest: a batch of events is stored, each content once, and all whom it touches are found.

The transaction holds the lock of each event's source and id until it ends, so that of two trackers
with one event the second sees what the first stored.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Event
from schemas.permissions import PAGES_SOURCE, SourcePermission
from schemas.policy import Policy
from services.store import event_log, grants, subject_links
from services.store.event_cache import Content
from services.store.event_log import Arrival, Key, StoredContent
from services.store.feeds import ReceivedCount
from services.store.locks import event_name, lock, prefer_indexes
from services.tracking.admission import Admitted
from services.tracking.arrivals import arrival_of
from services.tracking.resendings import store_resendings


@dataclass(slots=True)
class Ingested:
    """What storing a batch came to.

    `touched` are the young people to derive anew, `new` the events that were not stored before,
    `counts` how many events each source sent. `under_used_ids` are those of the batch, by position,
    that were not stored: what people write on the pages never replaces what was written before.
    """

    touched: set[str] = field(default_factory=set)
    new: list[Event] = field(default_factory=list)
    counts: dict[str, ReceivedCount] = field(default_factory=dict)
    under_used_ids: set[int] = field(default_factory=set)

    def count_of(self, source: str) -> ReceivedCount:
        """The count of one source, to add to."""
        return self.counts.setdefault(source, ReceivedCount())


async def ingest(
    connection: AsyncConnection, admitted: Sequence[Admitted], policy: Policy, now: datetime
) -> Ingested:
    """Store what is new in a batch of events, in the transaction of `connection`.

    Args:
        connection: the transaction.
        admitted: the batch, in any order, with any duplicates.
        policy: gives the namespace of each source.
        now: the stored time (UTC).
    """
    await prefer_indexes(connection)
    ingested = Ingested()
    arrivals = [arrival_of(item.event, policy, item.granted) for item in admitted]
    targets = {(item.event.source, item.retracts) for item in arrivals if item.retracts is not None}
    keys = {(item.event.source, item.event.id) for item in arrivals} | targets
    await lock(connection, (event_name(*key) for key in keys))
    stored = await event_log.stored_contents(connection, keys)
    new: dict[Content, Arrival] = {}
    resent: dict[Content, list[Arrival]] = {}
    granted: dict[Content, frozenset[SourcePermission]] = {}
    used = {content[:2]: content for content in stored if content[0] == PAGES_SOURCE}
    for position, item in enumerate(arrivals):
        event, content = item.event, item.content
        if event.source == PAGES_SOURCE and used.setdefault(content[:2], content) != content:
            ingested.under_used_ids.add(position)
            continue
        if item.granted:
            granted[content] = granted.get(content, frozenset()) | item.granted
        count = ingested.count_of(event.source)
        count.last_time = max(filter(None, (count.last_time, event.time)))
        if content in stored or content in new:
            count.duplicates += 1
            resent.setdefault(content, []).append(item)
        else:
            count.accepted += 1
            new[content] = item
    await event_log.append(connection, list(new.values()), now)
    widened = await grants.store_new(connection, granted, resent.keys() - new.keys(), now)
    ingested.new = [item.event for item in new.values()]
    for content, item in new.items():
        moment = (item.event.time, item.event.sequence)
        stored[content] = StoredContent(item.person, item.retracts, ((moment, now),))
    ingested.touched |= {item.person for item in new.values()}
    contents_of = Counter(content[:2] for content in stored)
    ingested.touched |= await store_resendings(connection, resent, stored, contents_of, now)
    ingested.touched |= await _touched_by_new(connection, new, stored, contents_of, targets)
    ingested.touched |= await _formerly_retracted(connection, new, stored)
    ingested.touched |= await _touched_by_grants(connection, widened, stored)
    ingested.touched.discard("")
    return ingested


async def _touched_by_new(
    connection: AsyncConnection,
    new: dict[Content, Arrival],
    stored: dict[Content, StoredContent],
    contents_of: Counter[Key],
    targets: Iterable[Key],
) -> set[str]:
    """Whom new events touch besides their own young person.

    They are those merged into, those named by another content of the event, and those whose event
    is retracted. Links between them are stored.
    """
    touched = set()
    pairs: set[tuple[str, str]] = set()
    wanted = set(targets)
    others: dict[Key, set[str]] = {}
    for content, known in stored.items():
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
    await subject_links.link(connection, {pair for pair in pairs if all(pair)})
    return touched


async def _touched_by_grants(
    connection: AsyncConnection, widened: set[Content], stored: dict[Content, StoredContent]
) -> set[str]:
    """Whom events touch whose sender has leave for more than those who sent them before."""
    touched = {stored[content].person for content in widened}
    taken_back = {
        (content[0], stored[content].retracts or "")
        for content in widened
        if stored[content].retracts is not None
    }
    if taken_back:
        found = await event_log.stored_contents(connection, taken_back)
        touched |= {known.person for known in found.values()}
    return touched


async def _formerly_retracted(
    connection: AsyncConnection, new: dict[Content, Arrival], stored: dict[Content, StoredContent]
) -> set[str]:
    """Whose events an earlier content of a revised event had retracted: they may count again."""
    keys = {content[:2] for content in new}
    targets = {
        (content[0], known.retracts)
        for content, known in stored.items()
        if content[:2] in keys and known.retracts is not None
    }
    unknown = targets - {content[:2] for content in stored}
    found = stored | (await event_log.stored_contents(connection, unknown) if unknown else {})
    return {known.person for content, known in found.items() if content[:2] in targets}

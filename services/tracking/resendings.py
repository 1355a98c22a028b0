"""Contents that were sent again: which moments of sending are kept.

The order of events goes by the earliest and the latest moment at which each content was sent, of
those that can be. What lies between is not kept.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.received import Moment, Sending, can_be_told, counted_span
from services.store import event_log
from services.store.event_cache import Content
from services.store.event_log import Arrival, Key, StoredContent


async def store_resendings(
    connection: AsyncConnection,
    resent: Mapping[Content, Sequence[Arrival]],
    stored: Mapping[Content, StoredContent],
    contents_of: Counter[Key],
    now: datetime,
) -> set[str]:
    """Store when contents were sent again, where it matters.

    Args:
        connection: the transaction, which holds the locks of the events.
        resent: what was sent again.
        stored: every content of the same events, as stored.
        contents_of: how many contents each event has.
        now: the stored time (UTC).

    Returns whom that touches.
    """
    touched = set()
    for content, items in resent.items():
        known, alone = stored[content], contents_of[content[:2]] == 1
        again = {(item.event.time, item.event.sequence) for item in items}
        kept = moments_to_keep(known.sendings, again, now)
        for moment in kept:
            await event_log.append_resending(
                connection, content, moment, now,
                instead_of=_instead_of(moment, known.sendings, alone=alone),
            )  # fmt: skip
        before = counted_span(known.sendings)
        after = counted_span((*known.sendings, *((moment, now) for moment in kept)))
        if after[0] != before[0] or (after != before and not alone):
            touched.add(known.person)
    return touched


def moments_to_keep(
    known: Sequence[Sending], again: Collection[Moment], now: datetime
) -> list[Moment]:
    """Of the moments at which a content was sent again those that are earlier or later than known.

    A moment that cannot be neither is one of them nor hides one, but where there is no other.
    """
    held = [moment for moment, stored_at in known if can_be_told(moment, stored_at)]
    sent = [moment for moment in again if can_be_told(moment, now)]
    if not held and not sent:
        held, sent = [moment for moment, _ in known], list(again)
    ends = {min(sent), max(sent)} if sent else set()
    return sorted(end for end in ends if not held or not min(held) <= end <= max(held))


def _instead_of(moment: Moment, known: Sequence[Sending], *, alone: bool) -> Moment | None:
    """The moment in whose place another is kept.

    It is the same, where it could not be when it was stored; or the latest, where the event has no
    other content.
    """
    if any(moment == other for other, _ in known):
        return moment
    can_be = [other for other, stored_at in known if can_be_told(other, stored_at)]
    held = can_be or [other for other, _ in known]
    is_latest = alone and moment > max(held) != min(held)
    return max(held) if is_latest else None

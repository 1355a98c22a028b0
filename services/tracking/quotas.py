"""How many events a day a source may put on the broker, where the policy says so."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from events.channel import Channel, channel_of
from events.wire import Message
from schemas.envelope import Event, Refusal
from schemas.faults import fault
from schemas.policy import Policy
from services.store import event_log
from services.store.feeds import A_DAY, accepted_since
from services.tracking.admission import Admitted


async def beyond_quota(
    connection: AsyncConnection,
    messages: Sequence[Message],
    read: Sequence[Admitted | Refusal],
    policy: Policy,
    now: datetime,
) -> dict[int, Refusal]:
    """By position, what publishers put on the broker beyond what their source may in 24 hours.

    It is refused, and so kept; what is stored already counts for nothing.
    """
    limited = {
        place: item.event
        for place, (message, item) in enumerate(zip(messages, read, strict=True))
        if isinstance(item, Admitted)
        and channel_of(message.subject) is Channel.PUBLISHERS
        and policy.events_a_day(item.event.source) is not None
    }
    if not limited:
        return {}
    known = await event_log.stored_contents(
        connection, {(event.source, event.id) for event in limited.values()}
    )
    accepted: Counter[str] = Counter()
    for source in sorted({event.source for event in limited.values()}):
        accepted[source] = await accepted_since(connection, source, now - A_DAY)
    refused = {}
    for place, event in limited.items():
        if (event.source, event.id, event.digest) in known:
            continue
        accepted[event.source] += 1
        quota = policy.events_a_day(event.source)
        if quota is not None and accepted[event.source] > quota:
            refused[place] = _beyond(event, quota)
    return refused


def _beyond(event: Event, quota: int) -> Refusal:
    cure = f"it may send {quota:,} events a day, as the policy says; send this again later"
    return Refusal(
        (fault("source", event.source, cure),), event.id, event.source, event.name, event.subject
    )

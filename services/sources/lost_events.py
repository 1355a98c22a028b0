"""Events that the broker may have lost, in words: what is missing, and how it is sent again."""

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import LONDON, plain_day
from services.store.stream_position import Loss, losses


async def open_losses(connection: AsyncConnection) -> list[Loss]:
    """The losses that nobody has settled yet."""
    return [item for item in await losses(connection) if item.settled_at is None]


def sentence_of(loss: Loss) -> str:
    """A loss, and what to do."""
    since = loss.since.astimezone(LONDON)
    return (
        f"Events may be missing since {plain_day(since.date())}, {since:%H:%M}: the broker lost "
        "what it held. Each source sends them again from then on (sightline publish --since, or "
        "its nightly import); then sightline losses settle."
    )

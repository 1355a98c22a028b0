"""The colour that was last published of each young person and concern, and since when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.store.bulk import add
from services.store.columns import among
from services.store.tables import published


@dataclass(frozen=True, slots=True)
class Published:
    """The colour last published for a young person and concern, and when it was first known."""

    person: str
    concern: Concern
    rag: Rag
    since: date | None
    known_at: datetime


async def last_published(
    connection: AsyncConnection, names: Iterable[str] | None
) -> list[Published]:
    """What was last published about young people; about all, where none are named."""
    wanted = select(
        published.c.person,
        published.c.concern,
        published.c.rag,
        published.c.since,
        published.c.known_at,
    )
    if names is not None:
        wanted = wanted.where(among(published.c.person, names))
    rows = await connection.execute(wanted)
    return [
        Published(row.person, Concern(row.concern), Rag(row.rag), row.since, row.known_at)
        for row in rows
    ]


async def remember(
    connection: AsyncConnection,
    statuses: Sequence[Published],
    before: Collection[tuple[str, Concern]],
) -> None:
    """Remember what is now published; of those `before` something else was."""
    if not statuses:
        return
    pairs = {
        (item.person, item.concern.value)
        for item in statuses
        if (item.person, item.concern) in before
    }
    for concern in sorted({concern for _, concern in pairs}):
        await connection.execute(
            delete(published).where(
                published.c.concern == concern,
                among(published.c.person, {person for person, c in pairs if c == concern}),
            )
        )
    await add(
        connection,
        published,
        [
            {
                "person": item.person,
                "concern": item.concern.value,
                "rag": item.rag.value,
                "since": item.since,
                "known_at": item.known_at,
            }
            for item in statuses
        ],
    )

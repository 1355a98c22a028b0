"""The policies that were in force here, each from the day on which it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.tables import policies


@dataclass(frozen=True, slots=True)
class KeptPolicy:
    """A policy that gave other colours than the one before it.

    Attributes:
        since: the day on which it was adopted; where it does not say, on which it was first used.
        name: what the council calls it; empty where it does not say.
        colours: a short name for everything in it that decides a colour.
        content: the whole policy.
        kept_at: when it was first used here (UTC).
    """

    since: date
    name: str
    colours: str
    content: Mapping[str, Any]
    kept_at: datetime


async def keep(connection: AsyncConnection, policy: KeptPolicy, *, is_dated: bool) -> None:
    """Keep a policy; one that decides the same colours as the last is that one under its new name.

    Without a day of its own it keeps the last one's (`is_dated`).
    """
    await lock(connection, ["policies"])
    last = (await kept(connection))[-1:]
    if last and last[0].colours == policy.colours:
        named: dict[str, Any] = {"name": policy.name, "content": policy.content}
        if is_dated:
            named["since"] = policy.since
        same = policies.c.kept_at == last[0].kept_at
        await connection.execute(update(policies).where(same).values(named))
        return
    row = {name: getattr(policy, name) for name in KeptPolicy.__slots__}
    await connection.execute(insert(policies).values(row))


async def kept(connection: AsyncConnection) -> Sequence[KeptPolicy]:
    """Every policy that was in force, the first first."""
    c = policies.c
    rows = await connection.execute(
        select(*(c[name] for name in KeptPolicy.__slots__)).order_by(c.kept_at)
    )
    return [KeptPolicy(*row) for row in rows]

"""Locks on names, taken in one fixed order and held until the transaction ends.

PostgreSQL's advisory locks serve any number of trackers. On SQLite there is one writer, which holds
its lock from the start, so there is nothing to take.
"""

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import BigInteger, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection


def _taking(function: str) -> TextClause:
    return text(f"SELECT k, {function}(k) AS taken FROM unnest(:names) AS k").bindparams(  # noqa: S608 (names of PostgreSQL's functions)
        bindparam("names", type_=ARRAY(BigInteger))
    )


_LOCK = _taking("pg_advisory_xact_lock")
_SHARE = _taking("pg_advisory_xact_lock_shared")
_TRY = _taking("pg_try_advisory_xact_lock")

STAFF = "staff"
"""The lock of who works here: shared by whoever derives, taken by whoever changes it."""


async def prefer_indexes(connection: AsyncConnection) -> None:
    """In this transaction, look rows up by index, whatever PostgreSQL believes of a table's size.

    It believes a table that was empty when it last looked to be empty still, and reads all of it
    for every batch of a backfill.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET LOCAL enable_seqscan = off"))


async def lock(connection: AsyncConnection, names: Iterable[str]) -> None:
    """Wait until each name is this transaction's own; names are taken in one order by all."""
    if connection.dialect.name != "postgresql":
        return
    numbers = sorted({_number(name) for name in names})
    if numbers:
        await connection.execute(_LOCK, {"names": numbers})


async def share(connection: AsyncConnection, name: str) -> None:
    """Wait until nobody holds a name alone; many may share it, and none take it meanwhile."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_SHARE, {"names": [_number(name)]})


async def take_free(connection: AsyncConnection, names: Iterable[str]) -> set[str]:
    """Take those names that nobody else holds, without waiting; returns them."""
    numbers = {_number(name): name for name in names}
    if connection.dialect.name != "postgresql" or not numbers:
        return set(numbers.values())
    rows = await connection.execute(_TRY, {"names": sorted(numbers)})
    return {numbers[row.k] for row in rows if row.taken}


def event_name(source: str, id_: str) -> str:
    """The lock of one event's identity."""
    return f"event\x1f{source}\x1f{id_}"


def person_name(person: str) -> str:
    """The lock of one young person."""
    return f"person\x1f{person}"


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)

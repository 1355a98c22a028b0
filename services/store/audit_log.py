"""The audit log: who saw and who changed what. Rows are added here, and never changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

import orjson
from sqlalchemy import func, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.locks import lock
from services.store.marks import mark
from services.store.tables import audit


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of a user. `person` is the young person it was about, or empty."""

    at: datetime
    who: str
    roles: str
    act: str
    person: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; empty is any."""

    who: str = ""
    act: str = ""
    person: str = ""


ARCHIVED = "audit_archived_to"
"""The mark that says up to which entry the log is in an archive, as `number:link`."""

FIRST_LINK = "0" * 64
"""What stands in place of the link before the first."""


def link_of(before: str, number: int, entry: Entry) -> str:
    """The link of an entry: SHA-256 of the link before it and of everything in it."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    values = [number, at, entry.who, entry.roles, entry.act, entry.person, entry.detail]
    return sha256(before.encode() + orjson.dumps(values)).hexdigest()


async def append(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    """Add entries to the log, each linked to the one before it; one transaction at a time does."""
    await lock(connection, ["audit"])
    newest = select(audit.c.number, audit.c.link).order_by(audit.c.number.desc()).limit(1)
    last = (await connection.execute(newest)).first()
    number, link = (last.number, last.link) if last else (0, FIRST_LINK)
    rows = []
    for entry in entries:
        number += 1
        link = link_of(link, number, entry)
        values = {name: getattr(entry, name) for name in Entry.__slots__}
        rows.append({"number": number, "link": link, **values})
    await connection.execute(insert(audit), rows)


@dataclass(slots=True)
class Verified:
    """What became of computing every link anew: how many there are, the last, and what is wrong.

    `begins` is the number of the first, `seen` those that were expected and are there.
    """

    count: int = 0
    begins: int = 1
    last: str = f"0:{FIRST_LINK}"
    faults: list[str] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)


def check(
    found: Verified, before: int, number: int, link: str, expected: Mapping[int, str]
) -> None:
    """Check that an entry follows the one before it, and has the link that was expected of it."""
    if number != before + 1:
        found.faults.append(f"Entries {before + 1} to {number - 1} are gone.")
    if number in expected:
        found.seen.add(number)
        if expected[number] != link:
            found.faults.append(f"Entry {number} has another link than an earlier check printed.")


async def archived_to(connection: AsyncConnection) -> tuple[int, str]:
    """The number and link of the last entry that is in an archive; 0 where none is."""
    number, _, link = (await mark(connection, ARCHIVED) or f"0:{FIRST_LINK}").partition(":")
    return int(number), link


async def kept_since(connection: AsyncConnection) -> datetime | None:
    """Since when the log is here, whose earlier entries are in an archive; None where all is here.

    Whoever reads it for something that may have been earlier says so.
    """
    number, _ = await archived_to(connection)
    if not number:
        return None
    oldest: datetime | None = await connection.scalar(
        select(audit.c.at).order_by(audit.c.number).limit(1)
    )
    return oldest


async def verify(connection: AsyncConnection, expected: Mapping[int, str]) -> Verified:
    """Compute every link anew. `expected` are links by number that an earlier check printed."""
    archived, link = await archived_to(connection)
    number = archived
    found = Verified(begins=number + 1)
    wanted = select(audit.c.number, audit.c.link, *[audit.c[name] for name in Entry.__slots__])
    rows = await connection.stream(wanted.order_by(audit.c.number))
    async for row in rows:
        if link_of(link, row.number, Entry(*row[2:])) != row.link:
            wrong = f"Entry {row.number} is not as it was written, or the one before it."
            found.faults.append(wrong)
        check(found, number, row.number, row.link, expected)
        number, link = row.number, row.link
        found.count += 1
    for gone in expected.keys() - found.seen:
        found.faults.append(
            f"Entry {gone} is in an archive; name its file with --archive."
            if gone <= archived
            else f"Entry {gone} is gone: the log was cut short."
        )
    found.last = f"{number}:{link}"
    return found


async def last_link(connection: AsyncConnection) -> str:
    """The last link of the log, as `number:hash`: what the log was at a moment."""
    newest = select(audit.c.number, audit.c.link).order_by(audit.c.number.desc()).limit(1)
    row = (await connection.execute(newest)).first()
    return f"{row.number}:{row.link}" if row else f"0:{FIRST_LINK}"


async def entries(
    connection: AsyncConnection,
    wanted: Wanted,
    *,
    most: int,
    skip: int = 0,
    but_of: Collection[str] = (),
) -> tuple[list[Entry], int]:
    """Entries but those about some young people, newest first, and how many there are in all."""
    filters = {"who": wanted.who, "act": wanted.act, "person": wanted.person}
    where = [audit.c[name] == value for name, value in filters.items() if value]
    if but_of:
        where.append(~among(audit.c.person, but_of))
    rows = await connection.execute(
        select(*[audit.c[name] for name in Entry.__slots__])
        .where(*where)
        .order_by(audit.c.number.desc())
        .limit(most)
        .offset(skip)
    )
    found = [Entry(*row) for row in rows]
    total = await connection.scalar(select(func.count()).select_from(audit).where(*where))
    return found, int(total or 0)


async def about(
    connection: AsyncConnection,
    names: Sequence[str],
    acts: Sequence[str],
    most: int,
    until: datetime | None = None,
) -> list[Entry]:
    """The newest entries of some kinds about a young person, by all their names, until a moment."""
    rows = await connection.execute(
        select(*[audit.c[name] for name in Entry.__slots__])
        .where(
            among(audit.c.person, names),
            among(audit.c.act, acts),
            audit.c.at <= until if until is not None else true(),
        )
        .order_by(audit.c.number.desc())
        .limit(most)
    )
    return [Entry(*row) for row in rows]


async def opened(connection: AsyncConnection, act: str) -> dict[str, list[Entry]]:
    """Entries of one kind by their detail: who opened the link of which digest."""
    rows = await connection.execute(
        select(*[audit.c[name] for name in Entry.__slots__])
        .where(audit.c.act == act)
        .order_by(audit.c.number)
    )
    found: dict[str, list[Entry]] = {}
    for row in rows:
        entry = Entry(*row)
        found.setdefault(entry.detail, []).append(entry)
    return found

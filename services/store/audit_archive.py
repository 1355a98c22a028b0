"""Archives of the audit log: its oldest entries in a file, and no longer in the database.

A line of JSON an entry, with its number and link, so that the file is chained as the log is. Only
the owner of the tables can take entries out: the guards of the log stand in everybody else's way.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime

import orjson
from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store import marks
from services.store.audit_log import (
    ARCHIVED,
    FIRST_LINK,
    Entry,
    Verified,
    append,
    archived_to,
    check,
    link_of,
)
from services.store.locks import lock
from services.store.tables import audit

_AT_A_TIME = 20_000
"""Entries that one statement takes out: it must end in time."""

_NOT_PERMITTED = "42501"
"""PostgreSQL's SQLSTATE insufficient_privilege."""

_TRIGGER = {"postgresql": "audit_is_kept", "sqlite": "audit_keeps_delete"}


class NotTheOwnerError(Exception):
    """The database lets this role take nothing out of the audit log."""


async def last_before(connection: AsyncConnection, moment: datetime) -> tuple[int, str] | None:
    """The number and link of the last entry before every one from a moment on; None without one.

    Clocks may differ: an entry that was written later may say that it was before.
    """
    first = select(func.min(audit.c.number)).where(audit.c.at >= moment).scalar_subquery()
    newest = (
        select(audit.c.number, audit.c.link)
        .where(or_(first.is_(None), audit.c.number < first))
        .order_by(audit.c.number.desc())
        .limit(1)
    )
    row = (await connection.execute(newest)).first()
    return (row.number, row.link) if row else None


async def lines(connection: AsyncConnection, through: int) -> AsyncIterator[bytes]:
    """The entries through a number, oldest first, each as a line of an archive."""
    names = ("number", "link", *Entry.__slots__)
    rows = await connection.stream(
        select(*(audit.c[name] for name in names))
        .where(audit.c.number <= through)
        .order_by(audit.c.number)
    )
    async for row in rows:
        yield orjson.dumps(dict(zip(names, row, strict=True))) + b"\n"


def verify_lines(
    found: Iterable[bytes],
    expected: Mapping[int, str],
    after: tuple[int, str] = (0, FIRST_LINK),
) -> Verified:
    """Compute every link of an archive anew.

    Args:
        found: its lines.
        expected: links by number that an earlier check printed.
        after: the last number and link of the archive before it, if there is one.
    """
    number, link = after
    verified = Verified(begins=number + 1)
    for place, line in enumerate(found, start=1):
        try:
            raw = orjson.loads(line)
            given, own = int(raw.pop("number")), str(raw.pop("link"))
            entry = Entry(**(raw | {"at": datetime.fromisoformat(raw["at"])}))
        except (ValueError, TypeError, KeyError):
            verified.faults.append(f"Line {place} is no entry.")
            continue
        if link_of(link, given, entry) != own:
            verified.faults.append(f"Entry {given} is not as it was written, or the one before it.")
        check(verified, number, given, own, expected)
        number, link = given, own
        verified.count += 1
    verified.last = f"{number}:{link}"
    return verified


async def take_out(connection: AsyncConnection, number: int, link: str, entry: Entry) -> int:
    """Take the entries through a number out of the log, and add one that says so; how many went.

    Raises:
        NotTheOwnerError: nothing was taken out.
        ValueError: the entry of that number has another link.
    """
    await lock(connection, ["audit"])
    held = await connection.scalar(select(audit.c.link).where(audit.c.number == number))
    if held != link:
        raise ValueError(f"Entry {number} has another link.")
    await append(connection, [entry])
    trigger = _TRIGGER[connection.dialect.name]
    try:
        if connection.dialect.name == "postgresql":
            await connection.execute(text(f"ALTER TABLE audit DISABLE TRIGGER {trigger}"))
            again = f"ALTER TABLE audit ENABLE TRIGGER {trigger}"
        else:
            kept = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
            again = str(await connection.scalar(kept, {"name": trigger}))
            await connection.execute(text(f"DROP TRIGGER {trigger}"))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", _NOT_PERMITTED) != _NOT_PERMITTED:
            raise
        raise NotTheOwnerError from error
    gone = 0
    first, _ = await archived_to(connection)
    for last in (*range(first, number, _AT_A_TIME), number):
        gone += (await connection.execute(delete(audit).where(audit.c.number <= last))).rowcount
    await connection.exec_driver_sql(again)
    await marks.set_mark(connection, ARCHIVED, f"{number}:{link}")
    return gone

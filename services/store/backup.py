"""Copies of an embedded store: made while it is used, verified, put back into an empty folder."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from services.store.database import Database


class BackupError(Exception):
    """A copy cannot be made or put back; the message says why."""


async def back_up(database: Database, path: Path) -> int:
    """Copy a store as it is at one moment, while it is used; verify it, and count its events.

    Raises:
        BackupError: the file is there already, or the copy is damaged.
    """
    unfinished = await asyncio.to_thread(_beside, path)
    async with database.glancing() as connection:  # no transaction may be open
        await connection.exec_driver_sql("VACUUM INTO ?", (str(unfinished),))
    events = await asyncio.to_thread(check, unfinished)
    await asyncio.to_thread(unfinished.replace, path)
    return events


def _beside(path: Path) -> Path:
    """Where a copy is made before it has its name."""
    if path.exists():
        raise BackupError(f"{path} is there already; a copy gets a name of its own.")
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.unlink(missing_ok=True)
    return unfinished


def put_back(copy: Path, path: Path) -> int:
    """Put a copy back where no store is; returns how many events it holds.

    Raises:
        BackupError: there is a store already, or the copy is damaged or none of ours.
    """
    if path.exists():
        raise BackupError(f"{path} is there already; a copy is put back into an empty folder.")
    check(copy)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(sqlite3.connect(copy)) as from_, closing(sqlite3.connect(path)) as to:
        from_.backup(to)
    return check(path)


def check(path: Path) -> int:
    """Verify a copy; returns how many events it holds.

    Raises:
        BackupError: it is damaged, or none of ours.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            (found,) = copy.execute("PRAGMA integrity_check").fetchone()
            (events,) = copy.execute("SELECT count(*) FROM events").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{path} is no copy of a Sightline store: {error}.") from error
    if found != "ok":
        raise BackupError(f"{path} is damaged: {found}.")
    return int(events)

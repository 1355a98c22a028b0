"""What one process at a time does in a store, however long it takes.

PostgreSQL's advisory lock goes with the connection that holds it, SQLite's file with the process:
whatever ends the process lets the next begin.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import Timeout
from sqlalchemy import make_url

from services.file_lock import file_lock
from services.store.database import Database
from services.store.locks import take_free


@asynccontextmanager
async def held_alone(database: Database, name: str) -> AsyncIterator[bool]:
    """Hold a name until the block ends, where nobody else does; yields whether that is so.

    Raises:
        DBAPIError: the database does not answer, or cannot be opened.
    """
    async with database.reading() as connection:
        if not database.is_sqlite:
            yield bool(await take_free(connection, [name]))
            return
    lock = file_lock(Path(f"{make_url(database.url).database}.{name}.lock"))
    try:
        lock.acquire(blocking=False)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()

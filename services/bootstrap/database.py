"""The database that the settings name; an embedded one is of this version."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.file_lock import file_lock
from services.settings import Settings
from services.store.database import Database


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """Open the database; an embedded one is migrated to this version first."""
    if settings.embedded_database:
        settings.make_data_dir()
    database = Database(settings.effective_database_url)
    try:
        if settings.embedded_database:
            await _upgrade_alone(settings, database)
        yield database
    finally:
        await database.close()


async def _upgrade_alone(settings: Settings, database: Database) -> None:
    """Upgrade an embedded database; of several processes that start at once, one at a time."""
    lock = file_lock(settings.data_dir / "upgrade.lock")
    await asyncio.to_thread(lock.acquire)
    try:
        await database.upgrade()
    finally:
        lock.release()

"""Empty stores of this version: each a copy of one that was migrated once in this process."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from services.store.database import Database, alembic_config, sqlite_url


def migrate(url: str) -> None:
    """Bring a database to this version, also where an event loop runs in this thread."""
    with ThreadPoolExecutor(1) as other:
        other.submit(command.upgrade, alembic_config(Database(url).url), "head").result()


@cache
def _folder() -> TemporaryDirectory[str]:
    """Where the file is that is copied; it goes with this process."""
    return TemporaryDirectory(prefix="migrated-")


@cache
def _migrated_file() -> Path:
    path = Path(_folder().name) / "store.sqlite"
    migrate(sqlite_url(path))
    assert [item.name for item in path.parent.iterdir()] == [path.name], "a log was left behind"
    return path


def new_store(path: Path) -> Database:
    """An empty store in one file, which is not there yet."""
    assert not path.exists(), path
    shutil.copyfile(_migrated_file(), path)
    return Database(sqlite_url(path))

"""`sightline backup` and `restore`: a copy of the embedded store, and the store out of a copy."""

from pathlib import Path
from typing import Annotated

import typer

from services.access.audit import Act
from services.bootstrap.database import open_database
from services.cli.console import MISUSED, NOTHING_DONE, fail, print_plain, run
from services.cli.store import record
from services.clock import now_utc
from services.settings import Settings, load_settings
from services.store import backup as copies
from services.store import marks
from services.store.backup import BackupError

_To = Annotated[Path, typer.Argument(help="The file to copy the store to.")]
_From = Annotated[Path, typer.Argument(help="The file of a copy.")]


def backup(to: _To) -> None:
    """Copy the embedded store into a file, while it is used, and verify the copy."""
    settings = _embedded("copied with pg_dump")

    async def work() -> int:
        async with open_database(settings) as database:
            async with database.writing() as connection:
                await record(connection, Act.READ_BY_COMMAND, detail="a copy of the store")
            events = await copies.back_up(database, to)
            async with database.writing() as connection:
                await marks.set_mark(connection, marks.BACKED_UP, now_utc().isoformat())
            return events

    try:
        events = run(work())
    except BackupError as error:
        fail(str(error), NOTHING_DONE)
    print_plain(f"{to} holds {events:,} events, and is whole.")


def restore(from_: _From) -> None:
    """Put a copy back as the embedded store, where there is none; serve then catches up."""
    settings = _embedded("put back with pg_restore")
    try:
        events = copies.put_back(from_, settings.data_dir / "sightline.sqlite")
    except BackupError as error:
        fail(str(error), NOTHING_DONE)
    print_plain(
        f"{events:,} events are back. sightline serve fetches what came since from the broker, as "
        "far as it still has it."
    )


def _embedded(otherwise: str) -> Settings:
    """The settings, where the store is embedded."""
    settings = load_settings()
    if not settings.embedded_database:
        fail(
            "SIGHTLINE_DATABASE_URL names a database of its own, which is "
            f"{otherwise}: docs/operations.md says how.",
            MISUSED,
        )
    return settings

"""`sightline export`: every reporting view as a file, and what each of its columns means."""

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from services.access.audit import Act
from services.bootstrap.database import open_database
from services.cli.console import AsOf, day_option, fail, print_plain, progress, run
from services.cli.private_files import write_privately
from services.cli.store import record
from services.settings import Settings, load_settings
from services.spreadsheets import csv_of
from services.store import reporting
from services.store.reporting import VIEWS, ReportingView

_Folder = Annotated[Path, typer.Argument(help="A folder for the files; it is made if it is not.")]


def export(folder: _Folder, as_of: AsOf = "") -> None:
    """Write the reporting views as they are on a day as CSV, and what their columns mean."""
    day = day_option(as_of)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        fail(f"{folder} cannot be made: {error.strerror}.")
    taken = [name for view in VIEWS if (folder / (name := f"{view.name}.csv")).exists()]
    if taken:
        fail(f"{folder} has {taken[0]} already; name an empty folder.")
    written = run(_write(load_settings(), folder, day))
    _save(folder / "dictionary.csv", ("View", "Row", "Column", "Meaning"), [
        (view.name, view.row, name, meaning)
        for view in VIEWS
        for name, meaning in view.columns.items()
    ])  # fmt: skip
    for view, rows in written.items():
        print_plain(f"{view}.csv: {rows:,} rows")
    print_plain(f"As at {day}, in {folder}; dictionary.csv says what each column means.")


async def _write(settings: Settings, folder: Path, day: date) -> dict[str, int]:
    """How many rows of each view were written."""
    written = {}
    async with open_database(settings) as database:
        async with database.writing() as connection:
            await record(connection, Act.READ_BY_COMMAND, detail=f"reporting views, {day}")
        with progress() as bar:
            task = bar.add_task("Views", total=len(VIEWS))
            async with database.reading() as connection:
                for view in VIEWS:
                    rows = await _rows(connection, view, day)
                    _save(folder / f"{view.name}.csv", tuple(view.columns), rows)
                    written[view.name] = len(rows)
                    bar.advance(task)
    return written


async def _rows(
    connection: AsyncConnection, view: ReportingView, day: date
) -> list[tuple[Any, ...]]:
    async with aclosing(reporting.read(connection, view, day)) as found:
        return [row async for row in found]


def _save(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    plain = (map(_plain, row) for row in rows)
    write_privately(path, csv_of(columns, plain).encode("utf-8-sig"))


def _plain(value: Any) -> Any:
    """A value; yes and no are 1 and 0, whatever the database makes of them."""
    return int(value) if isinstance(value, bool) else value

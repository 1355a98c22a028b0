"""`sightline export`: the reporting views as files, what their columns mean, and the analysis."""

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from services.access.audit import Act
from services.access.directory import Directory
from services.access.staff_directory import recipients_now
from services.analysis.document import document_of
from services.analysis.gather import Analysis, AnalysisInputs, analyse_all
from services.analysis.sheets import workbook_of
from services.assessment.derivation import Rules
from services.bootstrap.database import open_database
from services.bootstrap.measures import load_comparators, load_measures
from services.cli.console import AsOf, day_option, print_plain, progress, run
from services.cli.private_files import make_folder, write_privately
from services.cli.store import record
from services.clock import now_utc
from services.parquet import parquet_of
from services.settings import Settings, load_policy, load_recipients, load_settings
from services.spreadsheets import csv_of
from services.store import reporting
from services.store.reporting import VIEWS, ReportingView


class Format(StrEnum):
    """How the views are written: as text that anything reads, or with their types."""

    CSV = "csv"
    PARQUET = "parquet"


_Folder = Annotated[Path, typer.Argument(help="A folder for the files; it is made if it is not.")]
_Format = Annotated[Format, typer.Option("--format", help="How the views are written.")]
_ANALYSIS = ("analysis.xlsx", "analysis.pdf")


def export(folder: _Folder, as_of: AsOf = "", format_: _Format = Format.CSV) -> None:
    """Write the reporting views as they are on a day, what their columns mean, and the analysis."""
    day = day_option(as_of)
    names = (*(f"{view.name}.{format_}" for view in VIEWS), "dictionary.csv", *_ANALYSIS)
    make_folder(folder, names)
    settings = load_settings()
    of_analysis = _inputs(settings)
    meanings = [
        (view.name, view.row, name, meaning)
        for view in VIEWS
        for name, meaning in view.columns.items()
    ]
    _save_csv(folder / "dictionary.csv", ("View", "Row", "Column", "Meaning"), meanings)
    written = run(_write(settings, of_analysis, folder, day, format_))
    for view, rows in written.items():
        print_plain(f"{view}.{format_}: {rows:,} rows")
    print_plain(
        f"As at {day}, in {folder}; dictionary.csv says what each column means, {_ANALYSIS[0]} and "
        f"{_ANALYSIS[1]} have the tables and charts of the day."
    )


async def _write(
    settings: Settings, of_analysis: AnalysisInputs, folder: Path, day: date, format_: Format
) -> dict[str, int]:
    """How many rows of each view were written."""
    written = {}
    async with open_database(settings) as database:
        async with database.writing() as connection:
            detail = f"reporting views and analysis, {day}"
            await record(connection, Act.READ_BY_COMMAND, detail=detail)
        with progress() as bar:
            task = bar.add_task("Views", total=len(VIEWS) + 1)
            async with database.reading() as connection:
                for view in VIEWS:
                    rows = await _rows(connection, view, day)
                    path = folder / f"{view.name}.{format_}"
                    if format_ is Format.CSV:
                        _save_csv(path, tuple(view.columns), rows)
                    else:
                        write_privately(path, parquet_of(view.columns, view.kinds(), rows))
                    written[view.name] = len(rows)
                    bar.advance(task)
                found, names = await _analysis(connection, settings, of_analysis, day)
            called = names.team_name, names.display_name
            write_privately(folder / _ANALYSIS[0], workbook_of(found, *called))
            write_privately(folder / _ANALYSIS[1], document_of(found, *called))
            bar.advance(task)
    return written


def _inputs(settings: Settings) -> AnalysisInputs:
    """What the analysis needs of the settings; what is wrong there is said before all else."""
    policy = load_policy(settings.policy)
    return AnalysisInputs(
        Rules.of(policy),
        load_measures(settings.measures),
        load_comparators(settings.measures, policy.published_as),
    )


async def _analysis(
    connection: AsyncConnection, settings: Settings, inputs: AnalysisInputs, day: date
) -> tuple[Analysis, Directory]:
    """The analysis of the whole council on a day, and what its people are called."""
    policy = inputs.policy
    everybody = await recipients_now(connection, load_recipients(settings.recipients), policy)
    found = await analyse_all(connection, day, inputs, now_utc())
    return found, Directory(everybody, policy)


async def _rows(
    connection: AsyncConnection, view: ReportingView, day: date
) -> list[tuple[Any, ...]]:
    async with aclosing(reporting.read(connection, view, day)) as found:
        return [tuple(_typed(view, row)) async for row in found]


def _typed(view: ReportingView, row: Sequence[Any]) -> Iterable[Any]:
    """The values of a row in their types: SQLite gives days as text, and yes and no as numbers."""
    kinds = view.kinds()
    for name, value in zip(view.columns, row, strict=True):
        kind = kinds.get(name)
        if value is None or kind is None:
            yield value
        elif kind is date:
            yield value if isinstance(value, date) else date.fromisoformat(value)
        else:
            yield kind(value)


def _save_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    plain = (map(_plain, row) for row in rows)
    write_privately(path, csv_of(columns, plain).encode("utf-8-sig"))


def _plain(value: Any) -> Any:
    """A value; yes and no are 1 and 0, whatever the database makes of them."""
    return int(value) if isinstance(value, bool) else value

"""`sightline return`: the annual return as it would be sent on a day, and what would fail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.collection_year import CollectionYear, read_year, year_of
from services.access.audit import Act
from services.bootstrap.database import open_database
from services.cli.console import (
    WRONG,
    AsOf,
    Json,
    day_option,
    fail,
    print_json,
    print_plain,
    print_table,
    run,
)
from services.cli.private_files import make_folder, write_privately
from services.cli.store import record
from services.oversight.annual_return import (
    CARE_LEAVER_COLUMNS,
    EPISODE_COLUMNS,
    FLAW_COLUMNS,
    SUITABILITIES,
    CareLeaverPreview,
    care_leaver_rows,
    episode_rows,
    flaw_rows,
    preview_care_leavers,
)
from services.oversight.cases import view_of
from services.settings import Settings, load_settings
from services.spreadsheets import csv_of
from services.store import annual_return as stored
from services.store.annual_return import FlawCount, Wanted
from services.store.scope import EVERYTHING
from services.store.view import View

_Folder = Annotated[Path | None, typer.Argument(help="A folder for the files; without it none.")]
_Year = Annotated[str, typer.Option("--year", help="The collection year, such as 2026/27.")]

_Files = dict[str, tuple[Sequence[str], list[Sequence[str]]]]


@dataclass(frozen=True, slots=True)
class _Preview:
    """What is printed, and what is written."""

    leavers: CareLeaverPreview
    of_episodes: Sequence[FlawCount]
    files: _Files


def annual_return(
    folder: _Folder = None, as_of: AsOf = "", year: _Year = "", as_json: Json = False
) -> None:
    """Print the care leavers of the annual return and what would fail; write its files."""
    day = day_option(as_of)
    try:
        wanted = read_year(year) if year else year_of(day)
    except ValueError as error:
        fail(error, WRONG)
    names = ("oc3.csv", "episodes.csv", "faults.csv")
    if folder is not None:
        make_folder(folder, names)
    found = run(_read(load_settings(), day, wanted, with_files=folder is not None))
    if folder is not None:
        for name, (columns, rows) in found.files.items():
            write_privately(folder / name, csv_of(columns, rows).encode("utf-8-sig"))
    if as_json:
        print_json(_documents(found))
        return
    print_table(
        f"Care leavers of {wanted}, as they would be sent on {day}",
        ("Age", *SUITABILITIES, "all"),
        [
            (band.name, *(f"{band.counts[name]:,}" for name in SUITABILITIES), f"{band.total:,}")
            for band in found.leavers.bands
        ],
    )
    print_table(
        "Missing, or would fail",
        ("Block", "Rule", "Column", "For example", "Rows"),
        [
            (block, item.rule, item.field, item.text, f"{item.number:,}")
            for block, items in _by_block(found)
            for item in items
        ],
    )
    if folder is not None:
        print_plain(f"{', '.join(names)} are in {folder}.")


async def _read(
    settings: Settings, day: date, year: CollectionYear, *, with_files: bool
) -> _Preview:
    async with open_database(settings) as database:
        async with database.writing() as connection:
            detail = f"annual return {year}, {day}"
            await record(connection, Act.READ_BY_COMMAND, detail=detail)
        async with database.reading() as connection:
            view = view_of(EVERYTHING, day)
            return _Preview(
                await preview_care_leavers(connection, view, year),
                await stored.flaw_counts(connection, view, "episodes", year),
                await _files(connection, view, Wanted(year)) if with_files else {},
            )


async def _files(connection: AsyncConnection, view: View, wanted: Wanted) -> _Files:
    """The files as they would be sent, each with its columns and rows."""
    leavers = await stored.care_leavers(connection, view, wanted)
    episodes = await stored.episodes(connection, view, wanted)
    return {
        "oc3.csv": (CARE_LEAVER_COLUMNS, list(care_leaver_rows(leavers))),
        "episodes.csv": (EPISODE_COLUMNS, list(episode_rows(episodes))),
        "faults.csv": (FLAW_COLUMNS, list(flaw_rows([*leavers, *episodes]))),
    }


def _by_block(found: _Preview) -> Iterator[tuple[str, Sequence[FlawCount]]]:
    yield "care leavers", found.leavers.flaws
    yield "episodes", found.of_episodes


def _documents(found: _Preview) -> Iterator[dict[str, Any]]:
    for band in found.leavers.bands:
        counts = {name.replace(" ", "_"): band.counts[name] for name in SUITABILITIES}
        yield {"kind": "ages", "ages": band.name, **counts}
    for block, items in _by_block(found):
        for item in items:
            yield {"kind": "fault", "block": block, **item._asdict()}

"""`sightline import`: files that councils already make, as events."""

from pathlib import Path
from typing import Annotated

import typer

from events.publish import NotStoredError
from services.commands.annual_return import import_return, tell_return
from services.commands.console import MISUSED, WRONG, Json, fail, run
from services.commands.ways import AsAt, DryRun, Report, Way, made_at
from services.imports.faults import FaultReport
from services.imports.sayings import Voice
from services.imports.ssda903.reading import Return, files_in
from services.imports.ssda903.years import read_year
from services.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Bring in files that councils already make.")

RETURN_SOURCE = "/return/ssda903"

_Paths = Annotated[list[Path], typer.Argument(help="Files, or a folder that holds them.")]
_Year = Annotated[str, typer.Option("--year", help="The collection year, such as 2025/26.")]
_Publish = Annotated[bool, typer.Option("--publish", help="Put what is new on the broker.")]
_Source = Annotated[str, typer.Option("--source", help="The CloudEvents source to speak for.")]


@app.callback()
def imports() -> None:
    """Bring in files that councils already make."""


@app.command("ssda903")
def ssda903(
    paths: _Paths,
    year: _Year = "",
    dry_run: DryRun = False,
    to_broker: _Publish = False,
    report: Report = None,
    source: _Source = RETURN_SOURCE,
    as_at: AsAt = "",
    as_json: Json = False,
) -> None:
    """Import the annual return of looked-after children: its CSV files or its XML.

    Without --dry-run and --publish the events are written to standard output, one a line.
    """
    told = Return()
    try:
        told.year = read_year(year) if year else None
    except ValueError as error:
        fail(f"--year is {year!r}; {error}.", MISUSED)
    try:
        files = files_in(paths)
    except FileNotFoundError as error:
        fail(error, MISUSED)
    voice = Voice(source, made_at(files, as_at))
    way = Way(load_settings(), dry_run=dry_run, to_broker=to_broker and not dry_run)
    faults = FaultReport(keeps_all=report is not None)
    try:
        summary = run(import_return(way, files, told, voice, faults))
    except (NotStoredError, OSError) as error:
        fail(error)
    if report:
        faults.save(report)
    tell_return(summary, way, faults, report, as_json=as_json)
    if faults.total:
        raise typer.Exit(WRONG)

"""`sightline import`: files that councils already make, imported as events."""

from pathlib import Path
from typing import Annotated

import typer

from schemas.collection_year import read_year
from services.cli.console import MISUSED, Json, fail, run, time_option
from services.cli.import_ssd import Directory, SsdDatabase, import_ssd
from services.cli.import_ssda903 import import_return, print_return
from services.cli.import_target import (
    AsAt,
    DryRun,
    Report,
    Target,
    end_with_faults,
    file_time,
    this_second,
)
from services.cli.snapshots import (
    USUAL_LIMIT,
    ChangedOption,
    IdsOption,
    LimitOption,
    NewsOption,
    People,
    VanishedOption,
    import_snapshot,
    in_folders,
    snapshot_from_options,
)
from services.imports.annex_a.read import SUFFIXES as LIST_SUFFIXES
from services.imports.annex_a.read import read_lists
from services.imports.snapshots.read import Files
from services.imports.ssd.read import reconcile_dwellings
from services.imports.ssd.tables import SUFFIXES as CSV_SUFFIXES
from services.imports.ssda903.read import AnnualReturn, files_in
from services.imports.tabular.faults import FaultReport
from services.imports.tabular.ids import Ids
from services.settings import load_settings
from services.sources.statements import Provenance

app = typer.Typer(no_args_is_help=True, help="Bring in files that councils already make.")

RETURN_SOURCE = "/return/ssda903"

_Paths = Annotated[list[Path], typer.Argument(help="Files, or a folder that holds them.")]
_Year = Annotated[str, typer.Option("--year", help="The collection year, such as 2025/26.")]
_Publish = Annotated[bool, typer.Option("--publish", help="Put what is new on the broker.")]
_Source = Annotated[str, typer.Option("--source", help="The CloudEvents source to speak for.")]

_OptionalPaths = Annotated[
    list[Path] | None, typer.Argument(help="CSV files of the dataset, or a folder that holds them.")
]
_Database = Annotated[str, typer.Option("--database", help="The SQLAlchemy URL of its database.")]
_Schema = Annotated[str, typer.Option("--schema", help="The schema of its tables there.")]
_Staff = Annotated[
    bool, typer.Option("--staff", help="Take the staff directory from Professionals.")
]
_Email = Annotated[
    str,
    typer.Option(
        "--email",
        help="An address where Professionals have none, such as {staff_id}@council.example.",
    ),
]


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
    ids: IdsOption = None,
    as_json: Json = False,
) -> None:
    """Import the annual return of looked-after children: its CSV files or its XML.

    Without --dry-run and --publish the events are written to standard output, one a line.
    """
    annual_return = AnnualReturn(ids=Ids(ids or ()))
    try:
        annual_return.year = read_year(year) if year else None
    except ValueError as error:
        fail(f"--year is {year!r}; {error}.", MISUSED)
    try:
        files = files_in(paths)
    except FileNotFoundError as error:
        fail(error, MISUSED)
    provenance = Provenance(source, file_time(files, as_at))
    target = Target(load_settings(), dry_run=dry_run, to_broker=to_broker and not dry_run)
    faults = FaultReport(keeps_all=report is not None)
    summary = run(import_return(target, files, annual_return, provenance, faults))
    if report:
        faults.save(report)
    print_return(summary, target, faults, report, as_json=as_json)
    end_with_faults(faults, summary.result.people)


@app.command("ssd")
def ssd(
    paths: _OptionalPaths = None,
    database: _Database = "",
    schema: _Schema = "",
    dry_run: DryRun = False,
    to_broker: _Publish = False,
    report: Report = None,
    source: _Source = "/ssd",
    as_at: AsAt = "",
    staff: _Staff = False,
    email: _Email = "",
    vanished: VanishedOption = None,
    changed: ChangedOption = None,
    vanished_limit: LimitOption = USUAL_LIMIT,
    news: NewsOption = None,
    ids: IdsOption = None,
    as_json: Json = False,
) -> None:
    """Import the Standard Safeguarding Dataset, from CSV files or its database, as a snapshot."""
    if bool(paths) == bool(database):
        fail("Name the CSV files of the dataset, or its --database.", MISUSED)
    files = in_folders(paths or (), CSV_SUFFIXES)
    if paths and not files:
        fail("There is no .csv file there.", MISUSED)
    at = file_time(files, as_at) if files else (time_option(as_at, "--as-at") or this_second())
    snapshot = snapshot_from_options(
        Provenance(source, at),
        vanished,
        changed,
        vanished_limit,
        news,
        report,
        ids,
        reconcile_dwellings,
    )
    target = Target(load_settings(), dry_run=dry_run, to_broker=to_broker and not dry_run)
    import_ssd(
        snapshot, target, files, SsdDatabase(database, schema or None), report,
        directory=Directory(email) if staff else None, as_json=as_json,
    )  # fmt: skip


@app.command("annex-a")
def annex_a(
    paths: _Paths,
    dry_run: DryRun = False,
    to_broker: _Publish = False,
    report: Report = None,
    source: _Source = "/annex-a",
    as_at: AsAt = "",
    vanished: VanishedOption = None,
    changed: ChangedOption = None,
    vanished_limit: LimitOption = USUAL_LIMIT,
    news: NewsOption = None,
    ids: IdsOption = None,
    as_json: Json = False,
) -> None:
    """Import Annex A's lists of children in care (8) and care leavers (9), as a snapshot."""
    files = in_folders(paths, LIST_SUFFIXES)
    if not files:
        fail("There is no .csv and no .xlsx file there.", MISUSED)
    provenance = Provenance(source, file_time(files, as_at))
    snapshot = snapshot_from_options(
        provenance, vanished, changed, vanished_limit, news, report, ids, reconcile_dwellings
    )
    target = Target(load_settings(), dry_run=dry_run, to_broker=to_broker and not dry_run)

    async def read(found: Files, faults: FaultReport) -> People:
        return read_lists(files, found, faults)

    import_snapshot(snapshot, read, target, report, as_json=as_json)

"""`sightline publish`: events on the broker, from files of events or of current rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import typer

from events.channel import BY_COMMAND
from events.publish import publish, to_message
from schemas.envelope import Event
from services.bootstrap.runtime import open_broker
from services.cli.console import (
    MISUSED,
    fail,
    print_json,
    print_plain,
    progress,
    read_input,
    run,
    time_option,
)
from services.cli.console import Json as JsonOption
from services.cli.event_files import read_json, split_events
from services.cli.import_target import AsAt, DryRun, Report, Target, file_time
from services.cli.publish_check import check_files
from services.cli.snapshots import (
    USUAL_LIMIT,
    ChangedOption,
    IdsOption,
    LimitOption,
    NewsOption,
    VanishedOption,
    from_files,
    import_snapshot,
    snapshot_files,
    snapshot_from_options,
)
from services.settings import Settings, load_settings
from services.sources.statements import Provenance

_FilesArgument = Annotated[
    list[str],
    typer.Argument(
        help="JSON Lines or JSON arrays of events, - for stdin; with --snapshot files of rows."
    ),
]
_SnapshotOption = Annotated[
    bool, typer.Option("--snapshot", help="The files hold current rows, one file a kind.")
]
_CheckOption = Annotated[
    bool,
    typer.Option("--check", help="Say all that is wrong in the files, of rows too; send nothing."),
]
_SourceOption = Annotated[
    str, typer.Option("--source", help="The CloudEvents source that a snapshot speaks for.")
]


SinceOption = Annotated[
    str,
    typer.Option(
        "--since",
        help="Of files of events only those recorded since then, such as 2026-11-20T09:00Z.",
    ),
]


def publish_files(
    files: _FilesArgument,
    check: _CheckOption = False,
    snapshot: _SnapshotOption = False,
    source: _SourceOption = "",
    vanished: VanishedOption = None,
    changed: ChangedOption = None,
    vanished_limit: LimitOption = USUAL_LIMIT,
    as_at: AsAt = "",
    since: SinceOption = "",
    dry_run: DryRun = False,
    report: Report = None,
    news: NewsOption = None,
    ids: IdsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put events from files on the broker; or, of current rows, the events for what changed."""
    if check and not snapshot:
        check_files(files, as_json=as_json)
        return
    settings = load_settings()
    if snapshot:
        dry_run, source = dry_run or check, source or ("/check" if check else "")
        if not source:
            fail("--snapshot needs --source, such as --source /devon/extract.", MISUSED)
        found = snapshot_files(files)
        provenance = Provenance(source, file_time(found, as_at))
        options = snapshot_from_options(
            provenance, vanished, changed, vanished_limit, news, report, ids
        )
        target = Target(settings, dry_run=dry_run, to_broker=not dry_run)
        import_snapshot(options, from_files(found), target, report, as_json=as_json)
        return
    if dry_run or source or report or as_at or vanished or changed or ids:
        fail("--source, --as-at, --dry-run, --report and the like go with --snapshot.", MISUSED)
    events = [item for file in files for item in split_events(read_input(file))]
    first = time_option(since, "--since")
    if first is not None:
        events = [item for item in events if _is_since(item, first)]
    stored = run(_publish(settings, events))
    if as_json:
        print_json([{"published": stored}])
    else:
        print_plain(f"{stored:,} events are on the broker.")


def _is_since(raw: bytes, first: datetime) -> bool:
    """Whether an event was recorded since a moment; one that cannot be read is not left out."""
    item = read_json(raw)
    return not isinstance(item, Event) or item.time >= first


async def _publish(settings: Settings, raw: Iterable[bytes]) -> int:
    events = list(raw)
    stored = 0
    async with open_broker(settings) as (broker, _):
        with progress() as bar:
            task = bar.add_task("Publishing", total=len(events))
            async for stored in publish(broker, (to_message(item, BY_COMMAND) for item in events)):
                bar.update(task, completed=stored)
    return stored

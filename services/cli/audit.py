"""`sightline audit`: whether the log is as it was written, and its oldest entries in a file."""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from schemas.days import end_of_day
from services.access.audit import Act, command_entry
from services.bootstrap.database import open_database
from services.cli.console import MISUSED, WRONG, day_option, fail, print_plain, read_input, run
from services.cli.private_files import new_private_file
from services.clock import now_utc
from services.settings import Settings, load_settings
from services.store import audit_archive, audit_log, event_log
from services.store.audit_archive import NotTheOwnerError, verify_lines
from services.store.audit_log import Verified

app = typer.Typer(no_args_is_help=True, help="The audit log: is it as it was written?")

_Expect = Annotated[
    str,
    typer.Option(
        "--expect",
        help="NUMBER:LINK, as an earlier check printed it, so that a log cut short is noticed.",
    ),
]
_Archives = Annotated[
    list[Path] | None,
    typer.Option("--archive", help="A file of archived entries, oldest first; may be repeated."),
]
_After = Annotated[
    str,
    typer.Option(
        "--after",
        help="NUMBER:LINK, the last of the archive before the first that is named, as it was told.",
    ),
]


@app.callback()
def audit() -> None:
    """The audit log: is it as it was written?"""


@app.command()
def verify(expect: _Expect = "", archive: _Archives = None, after: _After = "") -> None:
    """Compute each link of the audit log, and the hash of each event, anew.

    It ends with 1 where something was changed, taken out, or put in.
    """
    if after and not archive:
        fail("--after is of the archive before one that is named with --archive.", MISUSED)
    archives = [read_input(str(path)).splitlines() for path in archive or ()]
    expected = dict([_numbered(expect, "--expect")]) if expect else {}
    before = _numbered(after, "--after") if after else (0, audit_log.FIRST_LINK)
    in_files, last = _verify_archives(archives, expected, before)

    async def work(settings: Settings) -> tuple[Verified, list[str]]:
        async with open_database(settings) as database, database.reading() as connection:
            archived = await audit_log.archived_to(connection)
            left = {n: own for n, own in expected.items() if n not in in_files.seen}
            kept = await audit_log.verify(connection, left)
            wrong = [item async for item in event_log.altered(connection)]
        if archives and last != archived:
            wrong.insert(
                0, f"The archives end with {last[0]}, and the log begins after {archived[0]}."
            )
        return kept, wrong

    kept, altered = run(work(load_settings()))
    faults = [*in_files.faults, *kept.faults, *altered]
    print_plain(*faults)
    if archives:
        print_plain(
            f"{in_files.count:,} entries from {before[0] + 1:,} on in {len(archives)} archives."
        )
    elif kept.begins > 1:
        print_plain(f"Entries up to {kept.begins - 1:,} are in an archive: name it with --archive.")
    print_plain(
        f"{kept.count:,} entries; the last is {kept.last}. "
        + ("Nothing was changed." if not faults else f"{len(faults):,} faults.")
    )
    if faults:
        raise typer.Exit(WRONG)


def _numbered(said: str, option: str) -> tuple[int, str]:
    """A number and its link, as an option gives them."""
    number, _, link = said.partition(":")
    if not (number.isdecimal() and link):
        fail(f"{option} is {said!r}; it must be NUMBER:LINK, as audit verify prints it.", MISUSED)
    return int(number), link


def _verify_archives(
    archives: Sequence[Sequence[bytes]], expected: dict[int, str], after: tuple[int, str]
) -> tuple[Verified, tuple[int, str]]:
    """What became of verifying some archives, one after another, and the last entry in them."""
    together = Verified()
    for lines in archives:
        found = verify_lines(lines, expected, after)
        number, _, link = found.last.partition(":")
        after = int(number), link
        together.count += found.count
        together.faults += found.faults
        together.seen |= found.seen
    return together, after


_Before = Annotated[str, typer.Option("--before", help="Entries before this day are archived.")]
_Out = Annotated[Path, typer.Option("--out", help="A new file for them.")]


@app.command()
def archive(before: _Before, out: _Out) -> None:
    """Move the oldest entries of the audit log into a file, which is chained as the log is.

    Run it as the owner of the tables, as `db upgrade` is: the application may take nothing out.
    """
    moment = end_of_day(day_option(before, "--before") - timedelta(days=1))
    if moment > now_utc():
        fail(f"--before is {before}; it must be a day that has come.", MISUSED)
    number, last = run(_archive(load_settings(), moment, out))
    if not number:
        print_plain(f"No entry is older than {before}; nothing was archived.")
        return
    print_plain(
        f"{number:,} entries are in {out}, up to {last}, and no longer in the database. Keep the "
        "file where nobody can change it."
    )


def _sync_folder_of(path: Path) -> None:
    """Have the name of a file on the disk too, where the system can do that."""
    if os.name != "posix":
        return
    opened = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


async def _archive(settings: Settings, moment: datetime, out: Path) -> tuple[int, str]:
    """Write the entries before a moment into a file, and take them out; how many, and the last."""
    async with open_database(settings) as database:
        async with database.reading() as connection:
            faults = (await audit_log.verify(connection, {})).faults
            if faults:
                fail(f"The log is not as it was written: {faults[0]} Nothing was archived.", WRONG)
            last = await audit_archive.last_before(connection, moment)
            if last is None:
                return 0, ""
            with new_private_file(out) as file:
                async for line in audit_archive.lines(connection, last[0]):
                    file.write(line)
                # It is on the disk before anything is taken out of the database.
                file.flush()
                os.fsync(file.fileno())
            await asyncio.to_thread(_sync_folder_of, out)
        entry = command_entry(Act.ARCHIVED_AUDIT, now_utc(), detail=f"up to {last[0]}:{last[1]}")
        try:
            async with database.writing() as connection:
                number = await audit_archive.take_out(connection, *last, entry)
        except NotTheOwnerError:
            await asyncio.to_thread(out.unlink)
            fail(
                "This role may take nothing out of the audit log; set SIGHTLINE_DATABASE_URL to "
                "that of the owner of the tables. Nothing was archived."
            )
        return number, f"{last[0]}:{last[1]}"

"""`sightline audit verify`: whether the audit log and the events are as they were written."""

from typing import Annotated

import typer

from services.bootstrap.database import open_database
from services.cli.console import MISUSED, WRONG, fail, print_plain, run
from services.settings import Settings, load_settings
from services.store import audit_log, event_log
from services.store.audit_log import Verified

app = typer.Typer(no_args_is_help=True, help="The audit log: is it as it was written?")

_Expect = Annotated[
    str,
    typer.Option(
        "--expect",
        help="NUMBER:LINK, as an earlier check printed it, so that a log cut short is noticed.",
    ),
]


@app.callback()
def audit() -> None:
    """The audit log: is it as it was written?"""


@app.command()
def verify(expect: _Expect = "") -> None:
    """Compute each link of the audit log, and the hash of each event, anew.

    It ends with 1 where something was changed, taken out, or put in.
    """
    number, _, link = expect.partition(":")
    if expect and not (number.isdigit() and link):
        fail(f"--expect is {expect!r}; it must be NUMBER:LINK, as audit verify prints it.", MISUSED)

    async def work(settings: Settings) -> tuple[Verified, list[str]]:
        async with open_database(settings) as database, database.reading() as connection:
            kept = await audit_log.verify(connection, {int(number): link} if expect else {})
            return kept, [wrong async for wrong in event_log.altered(connection)]

    kept, altered = run(work(load_settings()))
    faults = [*kept.faults, *altered]
    print_plain(*faults)
    print_plain(
        f"{kept.count:,} entries; the last is {kept.last}. "
        + ("Nothing was changed." if not faults else f"{len(faults):,} faults.")
    )
    if faults:
        raise typer.Exit(WRONG)

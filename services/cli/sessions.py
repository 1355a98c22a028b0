"""`sightline sessions list` and `end`: who is signed in to the pages."""

from collections import Counter
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from services.access.audit import Act
from services.cli.console import Json, fail, print_json, print_plain, print_table
from services.cli.store import ask, change, record
from services.clock import now_utc
from services.store import sessions

app = typer.Typer(no_args_is_help=True, help="Who is signed in to the pages.")

_Person = Annotated[str, typer.Argument(help="A staff id, as the list shows it.")]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the sessions that hold, newest first; the cookies themselves are not kept."""
    now = now_utc()
    found = [item for item in ask(sessions.all_sessions) if item.ends_at > now]
    if as_json:
        print_json(
            {
                "person": item.person,
                "roles": item.roles,
                "begun_at": item.begun_at.isoformat(),
                "seen_at": item.seen_at.isoformat(),
                "ends_at": item.ends_at.isoformat(),
            }
            for item in found
        )
        return
    counts = Counter(item.person for item in found)
    print_table(
        "Sessions",
        ("Person", "Roles", "Begun", "Last used", "Of how many"),
        (
            (
                item.person,
                ", ".join(item.roles),
                f"{item.begun_at:%Y-%m-%d %H:%M} UTC",
                f"{item.seen_at:%Y-%m-%d %H:%M} UTC",
                str(counts[item.person]),
            )
            for item in found
        ),
    )


@app.command()
def end(person: _Person) -> None:
    """End every session of somebody, at once."""

    async def work(connection: AsyncConnection) -> int:
        ended = await sessions.end_sessions_of(connection, person)
        await record(connection, Act.ENDED_SESSIONS, detail=f"{person}: {ended}")
        return ended

    ended = change(work)
    if not ended:
        fail(f"{person} is not signed in; sightline sessions list shows who is.")
    print_plain(f"{ended:,} ended.")

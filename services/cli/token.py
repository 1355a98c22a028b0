"""`sightline token make`, `list` and `revoke`: tokens with which machines read or publish."""

from secrets import token_urlsafe
from typing import Annotated

import typer
from sqlalchemy.exc import IntegrityError

from schemas.events.catalogue import PAGES_SOURCE
from services.bootstrap.database import open_database
from services.cli.console import Json, fail, print_json, print_plain, print_table, run
from services.settings import Settings, load_settings
from services.store import sessions
from services.store.sessions import Token
from services.tracking.handler import now_utc

app = typer.Typer(no_args_is_help=True, help="Tokens that machines read or publish with.")

_LONGEST = 400
_Source = Annotated[
    str | None, typer.Option("--source", help="The CloudEvents source that it publishes for.")
]
_Name = Annotated[str, typer.Argument(help="What the token is for, such as power-bi.")]


@app.command()
def make(name: _Name, source: _Source = None) -> None:
    """Make a token that reads every status; with --source, one that publishes for that source.

    It is shown this once.
    """
    if source is not None and not _is_source(source):
        fail(
            f"--source is {source!r}; it must be a URI reference of 1 to 400 characters that names "
            "the system, such as /devon/eclipse. Without --source the token reads every status."
        )
    if source == PAGES_SOURCE:
        fail(f"{PAGES_SOURCE} is Sightline's own; a system that publishes has its own source.")
    secret = f"sightline_{token_urlsafe(32)}"

    async def work(settings: Settings) -> None:
        async with open_database(settings) as database, database.writing() as connection:
            await sessions.add_token(connection, name, source, secret, now_utc())

    try:
        run(work(load_settings()))
    except IntegrityError:
        fail(f"There is, or was, a token named {name}; choose another name.")
    print_plain(secret)


def _is_source(source: str) -> bool:
    return 0 < len(source) <= _LONGEST and source.isprintable() and source == source.strip()


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List tokens by name; the tokens themselves are not kept."""

    async def work(settings: Settings) -> list[Token]:
        async with open_database(settings) as database, database.reading() as connection:
            return await sessions.all_tokens(connection)

    found = run(work(load_settings()))
    if as_json:
        print_json(
            {
                "name": item.name,
                "source": item.source,
                "made_at": item.made_at.isoformat(),
                "revoked_at": item.revoked_at and item.revoked_at.isoformat(),
            }
            for item in found
        )
        return
    print_table(
        "Tokens",
        ("Name", "May", "Made", "Revoked"),
        (
            (
                item.name,
                f"publish for {item.source}" if item.source else "read statuses",
                f"{item.made_at:%Y-%m-%d %H:%M} UTC",
                f"{item.revoked_at:%Y-%m-%d %H:%M} UTC" if item.revoked_at else "",
            )
            for item in found
        ),
    )


@app.command()
def revoke(name: _Name) -> None:
    """Revoke a token for good."""

    async def work(settings: Settings) -> bool:
        async with open_database(settings) as database, database.writing() as connection:
            return await sessions.revoke_token(connection, name, now_utc())

    if not run(work(load_settings())):
        fail(f"There is no token named {name} that holds; sightline token list shows them.")
    print_plain(f"The token {name} is worth nothing from now on.")

"""`sightline council`: many councils in one place."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.console import err, out, print_plain, print_table, run
from services.councils.accounts import accounts_text
from services.councils.folder import COUNCILS, Council, council_in, councils_in, shared
from services.councils.made import make_council
from services.settings import SettingsError
from services.store.council_databases import roles_sql, upgrade_as_owner

app = typer.Typer(
    no_args_is_help=True,
    help="Many councils in one place: their folder, and what keeps them apart.",
)

_Folder = Annotated[
    Path, typer.Option("--councils", envvar=COUNCILS, help="The folder of councils.")
]
_Name = Annotated[str, typer.Argument(help="A council's name; every council without it.")]


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Such as north-devon.")],
    base_url: Annotated[str, typer.Option("--base-url", help="The address of its pages.")],
    postgres: Annotated[str, typer.Option("--postgres", help="Database servers, by commas.")],
    nats: Annotated[str, typer.Option("--nats", help="The broker's servers, by commas.")],
    folder: _Folder = Path("councils"),
) -> None:
    """Make the files of a new council, with passwords that nobody has seen."""
    made = make_council(folder, name, base_url=base_url, postgres=postgres, nats=nats)
    print_plain(
        f"{made.folder} is made. Next:",
        f"  sightline council sql {name} | psql -v ON_ERROR_STOP=1 ...     as a superuser",
        "  sightline council accounts > accounts.conf     which nats-server includes; reload it",
        f"  sightline council upgrade {name}",
        "Then sightline serve --councils begins it within some seconds.",
    )


@app.command("list")
def list_councils(folder: _Folder = Path("councils")) -> None:
    """Print every council, its address, and why one is not served."""
    councils = councils_in(folder)
    wrong = {council.name: why for council, why in shared(councils)}
    rows = []
    for council in councils:
        address = "" if council.name in wrong else council.settings.get("SIGHTLINE_BASE_URL", "")
        rows.append((council.name, address, wrong.get(council.name, "served")))
    print_table("Councils", ("Council", "Address", ""), rows)
    if wrong:
        raise typer.Exit(1)


@app.command("sql")
def sql(name: _Name = "", folder: _Folder = Path("councils")) -> None:
    """Print the statements that make each council's roles and database, for psql."""
    for council in _chosen(folder, name):
        out.file.write(roles_sql(council.owner_url, council.application_url))


@app.command("accounts")
def accounts(folder: _Folder = Path("councils")) -> None:
    """Print the accounts of every council, for nats-server."""
    out.file.write(accounts_text(_chosen(folder, "")))


@app.command("upgrade")
def upgrade(name: _Name = "", folder: _Folder = Path("councils")) -> None:
    """Bring each council's tables to this version, as their owner, with the grants."""
    for council in _chosen(folder, name):
        run(upgrade_as_owner(council.owner_url, council.application_url))
        err.print(f"{council.name} is of this version.", markup=False)


def _chosen(folder: Path, name: str) -> list[Council]:
    """One council, or all that keep apart.

    Raises:
        SettingsError: one of them does not.
    """
    councils = councils_in(folder)
    if faults := [why for _, why in shared(councils)]:
        raise SettingsError(" ".join(faults))
    return [council_in(folder, name)] if name else councils

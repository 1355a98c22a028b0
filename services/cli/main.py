"""The command `sightline`."""

from typing import NoReturn

import typer

from events.broker import BROKER_ERRORS
from events.embedded import BrokerError
from services.cli import digests, imports, policy, refused, serve, statuses, token
from services.cli.console import fail
from services.cli.data_quality import quality
from services.cli.demo import demo
from services.settings import SettingsError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Weekly oversight of young people in care and leaving care.",
)
db = typer.Typer(no_args_is_help=True, help="The database.")

app.command()(demo)
app.command()(serve.serve)
app.command("publish")(serve.publish_files)
app.command()(statuses.status)
app.command()(statuses.assess)
app.add_typer(digests.app, name="digest")
app.add_typer(imports.app, name="import")
app.add_typer(refused.app, name="refused")
app.add_typer(refused.app, name="rejected", hidden=True)  # its name until 0.4
app.add_typer(token.app, name="token")
app.command()(quality)
app.command()(serve.rebuild)
app.add_typer(policy.app, name="policy")
app.add_typer(db, name="db")


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to this version."""
    serve.upgrade()


@db.callback()
def database() -> None:
    """The database."""


def main() -> None:
    """Run the command; a wrong setting or a lost broker ends it with one sentence, exit code 1."""
    try:
        app()
    except (SettingsError, BrokerError) as error:
        _end(str(error))
    except BROKER_ERRORS as error:
        _end(
            f"The broker does not answer ({type(error).__name__}). Try again: what is sent twice "
            "counts once."
        )


def _end(why: str) -> NoReturn:
    try:
        fail(why)
    except typer.Exit as stop:
        raise SystemExit(stop.exit_code) from None

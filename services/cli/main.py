"""The command `sightline`."""

import typer

from events.publish import NotStoredError
from services.cli import digests, imports, policy, refused, serve, statuses, token
from services.cli.console import NOTHING_DONE, WRONG, print_error
from services.cli.data_quality import quality
from services.cli.demo import demo
from services.cli.failures import failure_of

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
    """Run the command; where a part fails it ends with one sentence that names it."""
    try:
        app()
    except Exception as error:
        sentence = failure_of(error)
        if sentence is None:
            raise
        print_error(sentence)
        # What comes before an event that is not stored is on the broker.
        raise SystemExit(WRONG if isinstance(error, NotStoredError) else NOTHING_DONE) from None

"""`sightline rebuild` and `db upgrade`: bringing the store to these rules and this version."""

import typer

from services.assessment.derivation import Rules
from services.bootstrap.database import open_database
from services.cli.console import Json as JsonOption
from services.cli.console import print_json, print_plain, progress, run
from services.clock import now_utc
from services.settings import Settings, load_policy, load_settings
from services.store.application_rights import give_again
from services.tracking.rebuild import rebuild as rebuild_all

app = typer.Typer(no_args_is_help=True, help="The database.")


def rebuild(as_json: JsonOption = False) -> None:
    """Derive every status again from the log of events; the same events give the same rows."""
    done = run(_rebuild(load_settings()))
    if as_json:
        print_json([{"people": done}])
    else:
        print_plain(f"{done:,} young people were assessed again.")


@app.command()
def upgrade() -> None:
    """Bring the database to this version.

    Run as the owner of the tables, it gives the application's role its rights on new ones.
    """
    roles = run(_upgrade(load_settings()))
    print_plain("The database is up to date.")
    if roles == []:
        print_plain(
            "No role but this one has the application's rights. Where the application signs in by "
            "another, give it them once, with deploy/postgres-grants.sql."
        )
    for role in roles or ():
        print_plain(f"{role} was given its rights on each table again.")


@app.callback()
def database() -> None:
    """The database."""


async def _rebuild(settings: Settings) -> int:
    rules = Rules.of(load_policy(settings.policy))
    total = 0
    async with open_database(settings) as database:
        with progress() as bar:
            task = bar.add_task("Assessing", total=None)
            async for done, total in rebuild_all(database, rules, now_utc()):
                bar.update(task, completed=done, total=total)
    return total


async def _upgrade(settings: Settings) -> list[str] | None:
    settings.make_data_dir()
    async with open_database(settings) as database:
        await database.upgrade()
        return await give_again(database)

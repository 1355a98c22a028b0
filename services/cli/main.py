"""The command `sightline`."""

import logging
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from services.cli.console import print_error
from services.logs import write_log

COMMANDS: Mapping[str, str] = {
    "demo": "services.cli.demo:demo",
    "serve": "services.cli.serve:serve",
    "publish": "services.cli.publish:publish_files",
    "status": "services.cli.statuses:status",
    "assess": "services.cli.statuses:assess",
    "digest": "services.cli.digests:app",
    "import": "services.cli.imports:app",
    "refused": "services.cli.refused:app",
    "sessions": "services.cli.sessions:app",
    "backup": "services.cli.backup:backup",
    "restore": "services.cli.backup:restore",
    "doctor": "services.cli.doctor:doctor",
    "audit": "services.cli.audit:app",
    "losses": "services.cli.losses:app",
    "token": "services.cli.token:app",
    "person": "services.cli.person:app",
    "export": "services.cli.export:export",
    "evidence": "services.cli.evidence:app",
    "return": "services.cli.annual_return:annual_return",
    "measures": "services.cli.measures:measures",
    "quality": "services.cli.data_quality:quality",
    "rebuild": "services.cli.rebuild:rebuild",
    "policy": "services.cli.policy:app",
    "council": "services.cli.council:app",
    "db": "services.cli.rebuild:app",
}
"""Each command, and where it is written."""

_FORMER_NAMES = {"rejected": "refused"}  # until 0.4


class Commands(TyperGroup):
    """The commands, each read in when it is asked for: most need no pages and no broker."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by its name; where there is none, this ends here, and says what is alike."""
        place = COMMANDS.get(_FORMER_NAMES.get(cmd_name, cmd_name))
        if place is None:
            alike = get_close_matches(cmd_name, COMMANDS, n=1)
            meant = f" Did you mean '{alike[0]}'?" if alike else ""
            return ctx.fail(f"No such command '{cmd_name}'.{meant}")
        module, _, name = place.partition(":")
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            command: Any = typer.main.get_group(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command()(found)
            command = typer.main.get_command(alone)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Weekly oversight of young people in care and leaving care.",
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(version("sightline"))
        raise typer.Exit


@app.callback()
def sightline(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    council: Annotated[
        str, typer.Option("--council", help="Of many councils in one place, which one.")
    ] = "",
    councils: Annotated[
        Path,
        typer.Option(
            "--councils", envvar="SIGHTLINE_COUNCILS", help="The folder of those councils."
        ),
    ] = Path("councils"),
) -> None:
    """Weekly oversight of young people in care and leaving care."""
    write_log(logging.WARNING)
    if council:
        folder = import_module("services.councils.folder")
        folder.become(folder.council_in(councils, council))


def main() -> None:
    """Run the command; where a part fails it ends with one sentence that names it."""
    try:
        app()
    except Exception as error:
        # Only what failed needs to know every part that can.
        failures = import_module("services.cli.failures")
        sentence = failures.failure_of(error)
        if sentence is None:
            raise
        print_error(sentence)
        raise SystemExit(failures.exit_code_of(error)) from None


if __name__ == "__main__":
    main()

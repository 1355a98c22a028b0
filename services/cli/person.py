"""`sightline person`: what is held of one young person, given to them, removed, or restricted."""

import typer

from services.cli.erasing import erase_person, erased, readmit
from services.cli.person_export import export
from services.cli.restricting import restrict, restricted, unrestrict

app = typer.Typer(no_args_is_help=True, help="What is held of one young person.")
app.command()(export)
app.command("erase")(erase_person)
app.command()(erased)
app.command()(readmit)
app.command()(restrict)
app.command()(restricted)
app.command()(unrestrict)

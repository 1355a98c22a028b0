"""`sightline policy check`: whether a policy is valid, and every parameter under it."""

from pathlib import Path
from typing import Annotated

import typer

from services.assessment.rulebook import shipped
from services.bootstrap.mail import check_named
from services.bootstrap.measures import load_comparators
from services.cli.console import WRONG, Json, fail, print_json, print_table
from services.cli.policy_comparison import compare_policies
from services.settings import SettingsError, load_policy, load_recipients, load_settings

app = typer.Typer(no_args_is_help=True, help="The council's policy.")

_File = Annotated[Path | None, typer.Argument(help="A policy file; else SIGHTLINE_POLICY.")]


@app.command()
def check(file: _File = None, as_json: Json = False) -> None:
    """Check a policy, and print every parameter as it stands under it."""
    try:
        settings = load_settings()
        policy = load_policy(file or settings.policy)
        load_comparators(settings.measures, policy.published_as)
        if settings.recipients is not None:
            check_named(policy, load_recipients(settings.recipients))
    except SettingsError as error:
        fail(error, WRONG)
    rows = []
    for name, parameter in shipped()[0].items():
        own = [f"{c.value} from {c.since}" for c in policy.parameters.get(name, ())]
        ships = parameter.values[-1]
        value = str(ships[0]) if parameter.unit == "day" else f"{ships[1]} {parameter.unit}"
        rows.append((name, value, "; ".join(own), parameter.basis, parameter.what))
    if as_json:
        keys = ("parameter", "shipped", "policy", "basis", "what")
        print_json(dict(zip(keys, row, strict=True)) for row in rows)
    else:
        print_table("Parameters", ("Parameter", "Shipped", "Policy", "Basis", "What"), rows)


app.command("compare")(compare_policies)


@app.callback()
def policy() -> None:
    """The council's policy."""

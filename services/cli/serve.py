"""`sightline serve`: a role of the program, until it is stopped."""

import logging
from typing import Annotated

import typer

from services.cli.console import quiet_logs, run, stop_event
from services.serve import Role
from services.serve import serve as serve_role
from services.settings import Settings, load_settings

_RoleOption = Annotated[Role, typer.Option("--role", help="What this process does.")]


def serve(role: _RoleOption = Role.ALL) -> None:
    """Track events, send digests and serve the pages until stopped."""
    quiet_logs(logging.INFO)
    run(_serve(load_settings(), role))


async def _serve(settings: Settings, role: Role) -> None:
    await serve_role(settings, role, stop_event())

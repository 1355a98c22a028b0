"""`sightline serve`: a role of the program, until it is stopped."""

import logging
from typing import Annotated

import typer

from services.cli.console import run, stop_event
from services.logs import write_log
from services.serve import Role
from services.serve import serve as serve_role
from services.settings import Settings, load_settings
from services.traces import start_traces

_RoleOption = Annotated[Role, typer.Option("--role", help="What this process does.")]


def serve(role: _RoleOption = Role.ALL) -> None:
    """Track events, send digests and serve the pages until stopped."""
    settings = load_settings()
    write_log(logging.INFO, settings.log_format)
    start_traces(settings.traces_url)
    run(_serve(settings, role))


async def _serve(settings: Settings, role: Role) -> None:
    await serve_role(settings, role, stop_event())

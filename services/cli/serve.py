"""`sightline serve`: a role of the program, until it is stopped."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from services.bootstrap.councils import ending_with_its_supervisor, serve_councils
from services.cli.console import run, stop_event
from services.logs import write_log
from services.serve import Role
from services.serve import serve as serve_role
from services.settings import Settings, load_settings
from services.traces import start_traces

_RoleOption = Annotated[Role, typer.Option("--role", help="What this process does.")]


_CouncilsOption = Annotated[
    Path | None,
    typer.Option("--councils", help="Serve every council of this folder, by processes of its own."),
]


def serve(role: _RoleOption = Role.ALL, councils: _CouncilsOption = None) -> None:
    """Track events, send digests and serve the pages until stopped."""
    if councils is not None:
        write_log(logging.INFO)
        run(_serve_councils(councils.resolve(), role))
        return
    settings = load_settings()
    write_log(logging.INFO, settings.log_format)
    start_traces(settings.traces_url)
    run(_serve(settings, role))


async def _serve(settings: Settings, role: Role) -> None:
    stop = stop_event()
    async with ending_with_its_supervisor(stop):
        await serve_role(settings, role, stop)


async def _serve_councils(folder: Path, role: Role) -> None:
    await serve_councils(folder, role, stop_event())

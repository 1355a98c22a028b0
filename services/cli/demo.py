"""`sightline demo`: the main job, visibly, on embedded parts."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.console import progress, quiet_logs, run, say, until_stopped
from services.demo.run import Told, run_demo

_Folder = Annotated[Path, typer.Option("--folder", help="Where the demo keeps its parts.")]


_NoPages = Annotated[
    bool, typer.Option("--no-pages", help="End when the digests are sent; serve no pages.")
]


def demo(folder: _Folder = Path(".sightline-demo"), no_pages: _NoPages = False) -> None:
    """Run a made-up council of 1,500 young people through the broker, and send its digests.

    Then its pages are served, on this machine alone, until you stop it.
    """
    quiet_logs()
    began = time.monotonic()
    with progress() as bar:
        tasks = {
            name: bar.add_task(name, total=None) for name in ("Publishing events", "Tracking them")
        }

        def show(name: str, done: int, total: int) -> None:
            bar.update(tasks[name], completed=done, total=total)

        async def serve(told: Told, address: str) -> None:
            bar.stop()
            _say(told, folder, time.monotonic() - began)
            say("", f"The pages are at {address} (sign in as anybody made up; Ctrl-C ends them)")
            sys.stdout.flush()
            await until_stopped()

        told = run(run_demo(folder, datetime.now(UTC), show, serve=None if no_pages else serve))
    if no_pages:
        _say(told, folder, time.monotonic() - began)


def _say(told: Told, folder: Path, seconds: float) -> None:
    red = ", ".join(f"{many} {name.lower()}" for name, many in told.red.items())
    say(
        f"{told.people:,} invented young people, {told.events:,} events from two source systems, "
        f"in {seconds:.0f} seconds.",
        f"Red today: {red}.",
        f"{told.refused} events were refused and are kept with their reason; "
        f"quiet feeds: {', '.join(told.quiet) or 'none'}.",
        f"{told.digests} digests of five weeks are in {told.mailbox}; the last is {told.week}.",
        "",
        f"Open {told.index.resolve().as_uri()}",
        "",
        "Look further:",
        f"  SIGHTLINE_DATA_DIR={folder} .venv/bin/sightline status C0001",
        f"  SIGHTLINE_DATA_DIR={folder} .venv/bin/sightline rejected list",
        f"  SIGHTLINE_DATA_DIR={folder} .venv/bin/sightline digest list",
    )

"""`sightline demo`: the main job, visibly, on embedded parts."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.commands.console import progress, quiet_logs, run, say
from services.demo.run import run_demo

_Folder = Annotated[Path, typer.Option("--folder", help="Where the demo keeps its parts.")]


def demo(folder: _Folder = Path(".sightline-demo")) -> None:
    """Run a made-up council of 1,500 young people through the broker, and send its digests."""
    quiet_logs()
    began = time.monotonic()
    with progress() as bar:
        tasks = {
            name: bar.add_task(name, total=None) for name in ("Publishing events", "Tracking them")
        }

        def show(name: str, done: int, total: int) -> None:
            bar.update(tasks[name], completed=done, total=total)

        told = run(run_demo(folder, datetime.now(UTC), show))
    red = ", ".join(f"{many} {name.lower()}" for name, many in told.red.items())
    say(
        f"{told.people:,} invented young people, {told.events:,} events from two source systems, "
        f"in {time.monotonic() - began:.0f} seconds.",
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

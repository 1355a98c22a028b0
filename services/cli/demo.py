"""`sightline demo`: a made-up council, on the embedded broker and database."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.console import print_plain, progress, run, until_stopped
from services.demo.run import DemoSummary, run_demo

_Folder = Annotated[Path, typer.Option("--folder", help="Where the demo keeps its parts.")]


_NoPages = Annotated[
    bool, typer.Option("--no-pages", help="End when the digests are sent; serve no pages.")
]


_OneIn = Annotated[
    int,
    typer.Option("--one-in", min=1, help="Only one young person in so many."),
]


def demo(
    folder: _Folder = Path(".sightline-demo"), no_pages: _NoPages = False, one_in: _OneIn = 1
) -> None:
    """Run a made-up council of 1,500 young people through the broker, and send its digests.

    Then its pages are served, on this machine alone, until you stop it.
    """
    began = time.monotonic()
    with progress() as bar:
        tasks = {
            name: bar.add_task(name, total=None) for name in ("Publishing events", "Tracking them")
        }

        def show(name: str, done: int, total: int) -> None:
            bar.update(tasks[name], completed=done, total=total)

        async def serve(summary: DemoSummary, address: str) -> None:
            bar.stop()
            _print_summary(summary, folder, time.monotonic() - began)
            print_plain(
                "", f"The pages are at {address} (sign in as anybody made up; Ctrl-C ends them)"
            )
            sys.stdout.flush()
            await until_stopped()

        serves = None if no_pages else serve
        summary = run(run_demo(folder, datetime.now(UTC), show, serve=serves, one_in=one_in))
    if no_pages:
        _print_summary(summary, folder, time.monotonic() - began)


def _print_summary(summary: DemoSummary, folder: Path, seconds: float) -> None:
    red = ", ".join(f"{count} {name.lower()}" for name, count in summary.red.items())
    print_plain(
        f"{summary.people:,} invented young people, {summary.events:,} events from two "
        f"source systems, in {seconds:.0f} seconds.",
        f"Red today: {red}.",
        f"{summary.refused} events were refused and are kept with their reason; "
        f"silent feeds: {', '.join(summary.quiet) or 'none'}.",
        f"{summary.digests} digests of five weeks are in {summary.mailbox}; "
        f"the last is {summary.week}.",
        "",
        f"Open {summary.index.resolve().as_uri()}",
        "",
        "Look further:",
        f"  SIGHTLINE_DATA_DIR={folder} .venv/bin/sightline status C0001",
        f"  SIGHTLINE_DATA_DIR={folder} .venv/bin/sightline refused list",
        f"  SIGHTLINE_DATA_DIR={folder} .venv/bin/sightline digest list",
    )

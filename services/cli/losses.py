"""`sightline losses list` and `settle`: events that the broker may have lost."""

import typer

from services.cli.console import Json, print_json, print_plain
from services.cli.store import ask, change
from services.clock import now_utc
from services.sources.lost_events import sentence_of
from services.store import stream_position

app = typer.Typer(no_args_is_help=True, help="Events that the broker may have lost.")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the losses that were found, oldest first."""
    found = ask(stream_position.losses)
    if as_json:
        print_json(
            {
                "since": item.since.isoformat(),
                "found_at": item.found_at.isoformat(),
                "settled_at": item.settled_at and item.settled_at.isoformat(),
            }
            for item in found
        )
        return
    print_plain(*(sentence_of(item) for item in found if item.settled_at is None))
    settled = sum(item.settled_at is not None for item in found)
    print_plain(f"{settled:,} settled before." if settled else "No other loss was ever found.")


@app.command()
def settle() -> None:
    """Say that every source has sent again what was missing: nobody is told of it any more."""
    settled = change(lambda connection: stream_position.settle_losses(connection, now_utc()))
    print_plain(f"{settled:,} settled.")

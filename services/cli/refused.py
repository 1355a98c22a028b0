"""`sightline refused list`, `show`, `retry` and `dismiss`: refused events, kept whole."""

import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from events.publish import OutgoingMessage, publish, sent_as_before
from events.wire import Message
from services.access.audit import Act
from services.bootstrap.database import open_database
from services.bootstrap.runtime import open_broker
from services.cli.console import Json, fail, print_json, print_plain, print_table, read_input, run
from services.cli.store import read_recorded, record
from services.clock import now_utc
from services.settings import Settings, load_settings
from services.store import refused_events
from services.store.refused_events import RefusedEvent, RefusedSummary

app = typer.Typer(no_args_is_help=True, help="Refused events: list, show, send again, dismiss.")

_Number = Annotated[int, typer.Argument(help="The number of a refused event.")]
_All = Annotated[bool, typer.Option("--all", help="Also those that are settled.")]
_File = Annotated[
    Path | None, typer.Option("--file", help="The mended event, as JSON; else as it came.")
]
_Why = Annotated[str, typer.Option("--why", help="Why it needs no sending again.")]


@app.command("list")
def list_(everything: _All = False, as_json: Json = False) -> None:
    """List refused events, newest first."""
    state = None if everything else refused_events.OPEN
    listed = partial(refused_events.listed_refused, state=state)
    found = read_recorded(listed, "refused events")
    if as_json:
        print_json(_as_json(item) for item in found)
    elif not found:
        print_plain("No refused event is open.")
    else:
        print_table(
            "Refused events",
            ("Number", "First came", "Times", "Source", "Person", "Type", "Why"),
            (
                (
                    str(item.number),
                    f"{item.first_at:%Y-%m-%d %H:%M} UTC",
                    str(item.times),
                    item.source,
                    item.person,
                    item.type,
                    item.reason,
                )
                for item in found
            ),
        )


@app.command()
def show(number: _Number, as_json: Json = False) -> None:
    """Show one refused event whole: as it came, and what is wrong with it."""
    item = run(_get(load_settings(), number))
    if as_json:
        print_json([_as_json(item) | {"raw": item.raw.decode("utf-8", "replace")}])
        return
    print_plain(
        f"Refused event {item.number}, {item.state}. First came {item.first_at:%Y-%m-%d %H:%M} UTC."
    )
    for fault in item.faults:
        print_plain(f"- {fault['sentence']}")
    sys.stdout.write(item.raw.decode("utf-8", "replace") + "\n")


@app.command()
def retry(number: _Number, file: _File = None) -> None:
    """Send a refused event again, mended or as it came."""
    settings = load_settings()
    item = run(_get(settings, number))
    raw = item.raw if file is None else read_input(str(file))
    sent = sent_as_before(raw, Message(item.raw, dict(item.headers), item.broker_subject))
    run(_send_again(settings, item, [sent]))
    print_plain(f"Refused event {number} was sent again; if it is refused again it is listed anew.")


@app.command()
def dismiss(number: _Number, why: _Why) -> None:
    """Settle a refused event that need not be sent again. It is kept, with the reason."""
    settings = load_settings()
    item = run(_get(settings, number))

    async def work() -> None:
        async with open_database(settings) as database, database.writing() as connection:
            await record(connection, Act.DISMISSED, item.person, _name(item))
            await refused_events.settle_refused(
                connection, item, refused_events.DISMISSED, why, now_utc()
            )

    run(work())
    print_plain(f"Refused event {number} is dismissed.")


async def _get(settings: Settings, number: int) -> RefusedEvent:
    async with open_database(settings) as database, database.writing() as connection:
        item = await refused_events.refused_event(connection, number)
        if item is not None:
            await record(connection, Act.SAW_REFUSED, item.person, _name(item))
    if item is None:
        fail(f"There is no refused event {number}; sightline refused list shows which there are.")
    return item


async def _send_again(
    settings: Settings, item: RefusedEvent, messages: Iterable[OutgoingMessage]
) -> None:
    """Publish the messages, then settle the event: a failure in between loses nothing."""
    async with open_database(settings) as database:
        async with open_broker(settings) as (broker, _):
            async for _ in publish(broker, messages):
                pass
        async with database.writing() as connection:
            await record(connection, Act.SENT_AGAIN, item.person, _name(item))
            await refused_events.settle_refused(
                connection, item, refused_events.SENT_AGAIN, "sent again", now_utc()
            )


def _name(item: RefusedEvent) -> str:
    return f"refused event {item.number}"


def _as_json(item: RefusedSummary) -> dict[str, Any]:
    return {
        "number": item.number,
        "state": item.state,
        "source": item.source,
        "id": item.event_id,
        "type": item.type,
        "person": item.person,
        "reason": item.reason,
        "faults": item.faults,
        "first_at": item.first_at.isoformat(),
        "last_at": item.last_at.isoformat(),
        "times": item.times,
    }

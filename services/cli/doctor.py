"""`sightline doctor`: what is wrong, in plain words, and what to do about it."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import typer
from sqlalchemy.exc import SQLAlchemyError

from events.broker import BROKER_ERRORS, jetstream_of
from events.embedded import BrokerError
from events.stream import STREAM, stream_state
from services.access.staff_directory import recipients_now
from services.bootstrap.database import open_database
from services.bootstrap.lag import lag_of
from services.bootstrap.runtime import open_broker
from services.cli.console import WRONG, Json, print_json, print_plain, run
from services.settings import Settings, load_policy, load_recipients, load_settings
from services.sources.feed_status import completeness_warnings
from services.sources.lost_events import open_losses
from services.store import mail_queue, marks, refused_events
from services.store.database import Database, ReadOnlyError
from services.store.underived import count as underived_count

_LITTLE = 1 << 30
"""Bytes of free disk below which something will soon stop."""

_OLD_BACKUP = timedelta(days=2)


class Ailment(NamedTuple):
    """Something that is wrong, and what to do."""

    what: str
    cure: str


def doctor(as_json: Json = False) -> None:
    """Say what is wrong and what to do; it ends with 1 where anything is."""
    found = run(_examine(load_settings()))
    if as_json:
        print_json({"what": item.what, "cure": item.cure} for item in found)
    else:
        for item in found:
            print_plain(f"{item.what}", f"  {item.cure}")
        print_plain("Nothing is wrong." if not found else f"{len(found)} things are wrong.")
    if found:
        raise typer.Exit(WRONG)


async def _examine(settings: Settings) -> list[Ailment]:
    """Everything that is wrong, the gravest first."""
    found = [item async for item in _disk(settings)]
    try:
        async with open_database(settings) as database:
            checks: tuple[Callable[[Settings, Database], Awaitable[list[Ailment]]], ...] = (
                _database, _broker, _feeds, _mail, _backups,
            )  # fmt: skip
            for check in checks:
                found += await check(settings, database)
    except (SQLAlchemyError, OSError) as error:
        found.append(
            Ailment(f"The database cannot be used: {error}.", "Start it, or mend its URL.")
        )
    return found


async def _disk(settings: Settings) -> AsyncIterator[Ailment]:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder).free
    if free < _LITTLE:
        yield Ailment(
            f"{free // (1 << 20):,} MB are free on the disk of {folder}.",
            "Free some: the store and the broker stop where there is none.",
        )


async def _database(settings: Settings, database: Database) -> list[Ailment]:
    del settings
    found = []
    try:
        await database.check_writable()
    except ReadOnlyError:
        found.append(
            Ailment(
                "The database can only be read.", "Events wait on the broker until it is written."
            )
        )
    async with database.reading() as connection:
        waiting = await underived_count(connection)
        refused = await refused_events.count_refused(connection, refused_events.OPEN)
    if waiting:
        found.append(
            Ailment(
                f"{waiting:,} young people are not derived yet.",
                "Is a tracker running (sightline serve)? If it is, wait; else start it.",
            )
        )
    if refused:
        found.append(
            Ailment(
                f"{refused:,} refused events are open.",
                "sightline refused list says why; mend and send again, or dismiss.",
            )
        )
    return found


async def _broker(settings: Settings, database: Database) -> list[Ailment]:
    try:
        async with open_broker(settings) as (broker, _):
            lag = await lag_of(broker, database)
            state = await stream_state(jetstream_of(broker))
    except (*BROKER_ERRORS, BrokerError) as error:
        return [Ailment(f"The broker cannot be used: {error}", "Start it, or mend its URL.")]
    if lag is not None and lag.total:
        return [
            Ailment(
                f"{lag.total:,} events of {STREAM} wait (of {state.last:,}).",
                "Is a tracker running (sightline serve)? If it is, wait; else start it.",
            )
        ]
    return []


async def _feeds(settings: Settings, database: Database) -> list[Ailment]:
    policy = load_policy(settings.policy)
    async with database.reading() as connection:
        warnings = await completeness_warnings(connection, policy, datetime.now(UTC))
        lost = await open_losses(connection)
    cure = "Ask whoever runs the source to send again; a source that has ended is retired = true."
    first = "Send again, then sightline losses settle."
    return [
        Ailment(warning, first if place < len(lost) else cure)
        for place, warning in enumerate(warnings)
    ]


async def _mail(settings: Settings, database: Database) -> list[Ailment]:
    policy, recipients = load_policy(settings.policy), load_recipients(settings.recipients)
    async with database.reading() as connection:
        everybody = await recipients_now(connection, recipients, policy)
        queue = await mail_queue.deliveries(connection, states=[mail_queue.FAILED, mail_queue.DUE])
    found = [
        Ailment(
            f"The mail {item.week} to {item.recipient} is not sent: {item.error}.",
            "Mend the address or the mail server; sightline digest send sends it again.",
        )
        for item in queue
        if item.error
    ]
    if not everybody.recipient:
        found.append(
            Ailment("Nobody is sent a digest.", "Name them in the file of SIGHTLINE_RECIPIENTS.")
        )
    return found


async def _backups(settings: Settings, database: Database) -> list[Ailment]:
    if not settings.embedded_database:
        return []
    async with database.reading() as connection:
        last = await marks.mark(connection, marks.BACKED_UP)
    when = None
    with suppress(TypeError, ValueError):
        when = datetime.fromisoformat(last or "")
    if when is not None and datetime.now(UTC) - when < _OLD_BACKUP:
        return []
    said = f"was last copied on {when:%-d %B %Y}" if when else "was never copied"
    return [Ailment(f"The store {said}.", "Let sightline backup FILE run every night.")]

"""What is wrong with a Sightline that runs, and what to do: for `doctor`, and for metrics."""

import asyncio
import os
import shutil
import stat
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from faststream.nats import NatsBroker
from nats.js.errors import NotFoundError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from events.broker import BROKER_ERRORS, jetstream_of
from events.stream import STREAM, TRACKER, tracker_info
from schemas.policy import Policy
from schemas.recipients import Recipients
from services.access.staff_directory import recipients_now
from services.bootstrap.lag import lag_of
from services.settings import Settings
from services.sources.feed_status import completeness_warnings
from services.sources.lost_events import open_losses
from services.store import erasures, feeds, mail_queue, marks, refused_events, underived
from services.store.database import Database, ReadOnlyError

LITTLE_DISK = 1 << 30
"""Bytes of free disk below which something will soon stop."""

_REMEMBERED = timedelta(seconds=15)
_EXAMINED_SECONDS = 4.0
_OLD_BACKUP = timedelta(days=2)
_CLOCKS_APART = timedelta(minutes=2)
_ANYBODY = stat.S_IRWXG | stat.S_IRWXO


class Part(StrEnum):
    """What can be wrong: the label of the metric `sightline_wrong`, and of an alert."""

    DISK = "disk"
    PERMISSIONS = "permissions"
    DATABASE = "database"
    CLOCK = "clock"
    DERIVING = "deriving"
    SET_ASIDE = "set_aside"
    REFUSED = "refused"
    ERASED = "erased"
    BROKER = "broker"
    CONSUMER = "consumer"
    LAG = "lag"
    LOSSES = "losses"
    FEEDS = "feeds"
    MAIL = "mail"
    RECIPIENTS = "recipients"
    BACKUPS = "backups"


class Ailment(NamedTuple):
    """Something that is wrong, and what to do."""

    part: Part
    what: str
    cure: str


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined: the parts, and the settings that they run by.

    `broker` is None where none could be reached, which whoever tried says.
    """

    settings: Settings
    policy: Policy
    recipients: Recipients
    database: Database
    broker: NatsBroker | None


def of_machine(settings: Settings) -> list[Ailment]:
    """What is wrong with the disk and the data folder."""
    return [*_disk(settings), *_permissions(settings)]


class Examined:
    """Of each part whether anything is wrong with it, examined now and then.

    Whoever asks is answered in time: a database that has not answered by then is what is wrong.
    """

    def __init__(self, patient: Patient, clock: Callable[[], datetime]) -> None:
        self.patient = patient
        self.clock = clock
        self._at: datetime | None = None
        self._found: dict[str, bool] = {}

    async def __call__(self) -> Mapping[str, bool]:
        """What was found last, at most `_REMEMBERED` ago."""
        now = self.clock()
        if self._at is None or now - self._at >= _REMEMBERED or now < self._at:
            self._found = await self._examine(now)
            self._at = now
        return self._found

    async def _examine(self, now: datetime) -> dict[str, bool]:
        try:
            async with asyncio.timeout(_EXAMINED_SECONDS):
                found = {item.part for item in await ailments(self.patient, now)}
        except (TimeoutError, OSError):
            found = {Part.DATABASE}
        return {part.value: part in found for part in Part}


async def ailments(patient: Patient, now: datetime) -> list[Ailment]:
    """Everything that is wrong, the gravest first."""
    found = of_machine(patient.settings)
    try:
        found += [item async for item in _database(patient, now)]
        found += [item async for item in _broker(patient)]
        async with patient.database.reading() as connection:
            for check in (_feeds, _mail, _backups):
                found += [item async for item in check(connection, patient, now)]
    except (SQLAlchemyError, OSError) as error:
        found.append(database_unusable(error))
    return found


def database_unusable(error: Exception) -> Ailment:
    """The database cannot be used at all."""
    what = f"The database cannot be used: {error}"
    return Ailment(Part.DATABASE, what, "Start it, or mend its URL.")


def broker_unusable(error: Exception) -> Ailment:
    """The broker cannot be used at all."""
    what = f"The broker cannot be used: {error}"
    return Ailment(Part.BROKER, what, "Start it, or mend its URL.")


def _disk(settings: Settings) -> list[Ailment]:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder).free
    if free >= LITTLE_DISK:
        return []
    what = f"{free // (1 << 20):,} MB are free on the disk of {folder}."
    cure = "Free some: the store and the broker stop where there is none."
    return [Ailment(Part.DISK, what, cure)]


def _permissions(settings: Settings) -> list[Ailment]:
    """Who else on this machine may read the data folder; Windows has no such modes."""
    folder = settings.data_dir
    if os.name != "posix" or not folder.exists():
        return []
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & _ANYBODY:
        what = f"Others on this machine may look into {folder}, which holds the store."
        return [Ailment(Part.PERMISSIONS, what, f"chmod 700 {folder}")]
    if not os.access(folder, os.W_OK | os.X_OK):
        what = f"{folder} cannot be written by whoever runs this."
        return [Ailment(Part.PERMISSIONS, what, "Run it as the account that owns the folder.")]
    return []


async def _database(patient: Patient, now: datetime) -> AsyncIterator[Ailment]:
    try:
        await patient.database.check_writable()
    except ReadOnlyError:
        cure = "Events wait on the broker until it can be written."
        yield Ailment(Part.DATABASE, "The database can only be read.", cure)
    async with patient.database.reading() as connection:
        heard = [feed.last_heard for feed in await feeds.all_feeds(connection)]
        waiting = await underived.count(connection)
        failed = len(await underived.failed(connection))
        refused = await refused_events.count_refused(connection, refused_events.OPEN)
        erased = await erasures.count_come_again(connection)
    newest = max(heard, default=now)
    if newest - now > _CLOCKS_APART:
        what = (
            f"The clock here is behind: it shows {now:%Y-%m-%d %H:%M} UTC, and events were stored "
            f"at {newest:%Y-%m-%d %H:%M}."
        )
        yield Ailment(Part.CLOCK, what, "Set the clock, and let it be kept right (NTP).")
    if waiting:
        what = f"{waiting:,} young people are not derived yet."
        yield Ailment(Part.DERIVING, what, _IS_A_TRACKER_RUNNING)
    if failed:
        what = f"The newest events of {failed:,} young people could not be worked out."
        cure = "They are listed under Data quality; the log says why. Their statuses may be old."
        yield Ailment(Part.SET_ASIDE, what, cure)
    if refused:
        cure = "sightline refused list says why; mend and send again, or dismiss."
        yield Ailment(Part.REFUSED, f"{refused:,} refused events are open.", cure)
    if erased:
        yield _erased(erased)


def _erased(number: int) -> Ailment:
    what = f"Events come about {number:,} case references that were erased: they are dropped."
    cure = (
        "sightline person erased lists them. Where somebody is in care again, sightline person "
        "readmit; else let the source stop."
    )
    return Ailment(Part.ERASED, what, cure)


_IS_A_TRACKER_RUNNING = "Is a tracker running (sightline serve)? If it is, wait; else start it."


async def _broker(patient: Patient) -> AsyncIterator[Ailment]:
    if patient.broker is None:
        return
    try:
        await tracker_info(jetstream_of(patient.broker))
    except NotFoundError:
        what = f"The consumer {TRACKER} of the stream {STREAM} is gone: no event is delivered."
        yield Ailment(Part.CONSUMER, what, "A tracker makes it again: start sightline serve.")
        return
    except BROKER_ERRORS as error:
        yield broker_unusable(error)
        return
    lag = await lag_of(patient.broker, patient.database)
    if lag is not None and lag.total:
        what = f"{lag.total:,} events of {STREAM} wait."
        yield Ailment(Part.LAG, what, _IS_A_TRACKER_RUNNING)


async def _feeds(
    connection: AsyncConnection, patient: Patient, now: datetime
) -> AsyncIterator[Ailment]:
    warnings = await completeness_warnings(connection, patient.policy, now)
    lost = len(await open_losses(connection))
    cure = "Ask whoever runs the source to send again; a source that has ended is retired = true."
    for place, warning in enumerate(warnings):
        if place < lost:
            yield Ailment(Part.LOSSES, warning, "Send again, then sightline losses settle.")
        else:
            yield Ailment(Part.FEEDS, warning, cure)


async def _mail(
    connection: AsyncConnection, patient: Patient, now: datetime
) -> AsyncIterator[Ailment]:
    del now
    everybody = await recipients_now(connection, patient.recipients, patient.policy)
    queue = await mail_queue.deliveries(connection, states=[mail_queue.FAILED, mail_queue.DUE])
    for item in queue:
        if item.error:
            what = f"The mail {item.week} to {item.recipient} is not sent: {item.error}."
            cure = "Mend the address or the mail server; sightline digest send sends it again."
            yield Ailment(Part.MAIL, what, cure)
    if not everybody.recipient:
        cure = "Name them in the file of SIGHTLINE_RECIPIENTS."
        yield Ailment(Part.RECIPIENTS, "Nobody is sent a digest.", cure)


async def _backups(
    connection: AsyncConnection, patient: Patient, now: datetime
) -> AsyncIterator[Ailment]:
    if not patient.settings.embedded_database:
        return
    last = await marks.mark(connection, marks.BACKED_UP)
    when = None
    with suppress(TypeError, ValueError):
        when = datetime.fromisoformat(last or "")
    if when is not None and now - when < _OLD_BACKUP:
        return
    said = f"was last copied on {when:%-d %B %Y}" if when else "was never copied"
    cure = "Let sightline backup FILE run every night."
    yield Ailment(Part.BACKUPS, f"The store {said}.", cure)

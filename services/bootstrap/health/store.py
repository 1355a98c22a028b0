"""What is wrong with the store: what waits, what was refused, feeds, mail, restrictions, copies."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from services.access.scope import is_told_of_cases, scope_of
from services.access.staff_directory import recipients_now
from services.bootstrap.health.ailment import IS_A_TRACKER_RUNNING, Ailment, Part, Patient
from services.oversight.cases import view_of
from services.sources.feed_status import completeness_warnings
from services.sources.lost_events import open_losses
from services.store import (
    derived,
    erasures,
    event_log,
    feeds,
    mail_queue,
    marks,
    refused_events,
    restrictions,
    underived,
)
from services.store.cases import visible_without_file
from services.store.database import ReadOnlyError
from services.store.scope import EVERYTHING

_OLD_BACKUP = timedelta(days=2)
_CLOCKS_APART = timedelta(minutes=2)


def database_unusable(error: Exception) -> Ailment:
    """The database cannot be used at all."""
    what = f"The database cannot be used: {error}"
    return Ailment(Part.DATABASE, what, "Start it, or mend its URL.")


async def of_store(patient: Patient, now: datetime) -> AsyncIterator[Ailment]:
    """The database itself, its clock, and what of the events is not settled."""
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
        yield Ailment(Part.DERIVING, what, IS_A_TRACKER_RUNNING)
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


async def of_feeds(
    connection: AsyncConnection, patient: Patient, now: datetime
) -> AsyncIterator[Ailment]:
    """Feeds that are silent or never came, and events that may be lost."""
    warnings = await completeness_warnings(connection, patient.policy, now)
    lost = len(await open_losses(connection))
    cure = "Ask whoever runs the source to send again; a source that has ended is retired = true."
    for place, warning in enumerate(warnings):
        if place < lost:
            yield Ailment(Part.LOSSES, warning, "Send again, then sightline losses settle.")
        else:
            yield Ailment(Part.FEEDS, warning, cure)


async def of_mail(
    connection: AsyncConnection, patient: Patient, now: datetime
) -> AsyncIterator[Ailment]:
    """Mails that could not be sent, and whether anybody is sent any."""
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


async def of_restrictions(
    connection: AsyncConnection, patient: Patient, now: datetime
) -> AsyncIterator[Ailment]:
    """Whoever is restricted to people none of whom is sent a digest with them."""
    view = view_of(EVERYTHING, london_day(now))
    references = [item.person for item in await restrictions.listed(connection)]
    unseen = {await derived.survivor_of(connection, it) or it for it in references}
    unseen = {person for person in unseen if await event_log.count_of(connection, [person])}
    everybody = await recipients_now(connection, patient.recipients, patient.policy)
    for recipient in filter(is_told_of_cases, everybody.recipient if unseen else ()):
        theirs = replace(view, scope=scope_of(recipient))
        unseen -= await visible_without_file(connection, theirs, unseen)
    if unseen:
        what = f"{len(unseen):,} restricted cases are in nobody's digest."
        cure = "sightline person restricted lists them; restrict them to somebody whose they are."
        yield Ailment(Part.RESTRICTED, what, cure)


async def of_backups(
    connection: AsyncConnection, patient: Patient, now: datetime
) -> AsyncIterator[Ailment]:
    """How old the newest copy of an embedded store is."""
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

"""Messages that the tracker publishes through the outbox: changed colours, and case notes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import LONDON, london_day
from schemas.envelope import Event
from schemas.outgoing import (
    CASE_NOTE_SUBJECT,
    STATUS_CHANGED,
    STATUS_SUBJECT,
    CaseNote,
    CaseNoteEvent,
    SightlineEvent,
    StatusChanged,
)
from schemas.permissions import PAGES_SOURCE
from schemas.status import Concern, Rag
from services.assessment.statuses import on_day
from services.assessment.timeline import Assessment
from services.oversight.case_note import case_note
from services.store import marks, outbox, published, timelines
from services.store.locks import lock, person_name
from services.store.outbox import Outgoing
from services.store.published import Published

_NOTICED = "noticed_through"


class Now(NamedTuple):
    """The colour of today, and the first day of its run."""

    rag: Rag
    since: date


async def publish_changes(
    connection: AsyncConnection,
    names: Iterable[str],
    assessments: Iterable[Assessment],
    now: datetime,
    traces: Mapping[str, str],
) -> int:
    """Put into the outbox every colour of today that is not the one published last.

    `names` are all who are touched, `assessments` those of them who are still young people of their
    own, `traces` what each follows from. Whoever calls this holds the locks of all of them.
    """
    today = london_day(now)
    current = {
        (assessment.person, concern): Now(period.rag, period.since)
        for assessment in assessments
        for concern in Concern
        if (period := on_day(assessment, concern, today))
    }
    return await _publish(connection, names, current, now, traces)


async def publish_case_notes(
    connection: AsyncConnection, new: Iterable[Event], now: datetime, traces: Mapping[str, str]
) -> None:
    """Put a case note into the outbox for each new event that was entered on our own pages."""
    messages = []
    for event in new:
        if event.source != PAGES_SOURCE:
            continue
        note = CaseNoteEvent(
            id=str(uuid5(NAMESPACE_URL, f"{event.source}\x1f{event.id}\x1f{event.digest}")),
            subject=event.subject,
            time=now,
            data=CaseNote(
                event=event.id,
                kind=event.name,
                date=getattr(event.data, "date", london_day(event.time)),
                text=case_note(event),
            ),
        )
        content = orjson.dumps(note.as_json()).decode()
        trace = traces.get(event.subject, "")
        messages.append(Outgoing(CASE_NOTE_SUBJECT, content, note.id, trace))
    await outbox.put(connection, messages, now)


async def _publish(
    connection: AsyncConnection,
    names: Iterable[str],
    current: Mapping[tuple[str, Concern], Now],
    now: datetime,
    traces: Mapping[str, str],
) -> int:
    before = {
        (item.person, item.concern): item
        for item in await published.last_published(connection, names)
    }
    changed, messages = [], []
    for key in sorted(current.keys() | before.keys()):
        here, last = current.get(key), before.get(key)
        rag = here.rag if here else Rag.NONE
        previous = last.rag if last else Rag.NONE
        if rag is previous:
            continue
        since = here.since if here else None
        changed.append(Published(*key, rag, since, now))
        event = _event(*key, rag, previous, since, now)
        content = orjson.dumps(event.as_json()).decode()
        trace = traces.get(event.subject, "")
        messages.append(Outgoing(STATUS_SUBJECT, content, event.id, trace))
    await published.remember(connection, changed, before.keys())
    await outbox.put(connection, messages, now)
    return len(messages)


async def notice_today(connection: AsyncConnection, now: datetime) -> int:
    """Publish the colours that begin today although no event came; returns how many.

    Days on which it did not run are made up.
    """
    today = london_day(now)
    noticed = await marks.mark(connection, _NOTICED)
    after = date.fromisoformat(noticed) if noticed else today
    people: set[str] = set()
    if after < today:
        people = await timelines.beginning(connection, after, today)
        await lock(connection, (person_name(person) for person in people))
    if noticed != today.isoformat():
        await marks.set_mark(connection, _NOTICED, today.isoformat())
    if not people:
        return 0
    current = {
        (person, period.concern): Now(period.rag, period.since)
        for person, period in await timelines.periods_on(connection, today, people)
    }
    return await _publish(connection, people, current, now, {})


def _event(
    person: str,
    concern: Concern,
    rag: Rag,
    previous: Rag,
    since: date | None,
    now: datetime,
) -> SightlineEvent:
    data = StatusChanged(
        concern=concern, rag=rag, previous=previous, since=since, as_of=london_day(now)
    )
    moment = now.astimezone(LONDON).isoformat()
    name = f"{person}\x1f{concern}\x1f{previous}\x1f{rag}\x1f{moment}"
    return SightlineEvent(
        id=str(uuid5(NAMESPACE_URL, name)),
        type=STATUS_CHANGED,
        subject=person,
        time=now,
        data=data,
    )

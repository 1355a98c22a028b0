"""Colours that changed, said to whoever listens: `sightline.status.changed.v1`, by the outbox."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import LONDON, london_day
from schemas.outgoing import STATUS_CHANGED, STATUS_SUBJECT, SightlineEvent, StatusChanged
from schemas.status import Concern, Period, Rag
from services.records import lines, outgoing
from services.records.locks import lock, person_name
from services.records.outgoing import Told

_NOTICED = "noticed_through"


async def publish_changes(connection: AsyncConnection, names: Iterable[str], now: datetime) -> int:
    """Put into the outbox every colour of today that is not the one published last.

    Whoever calls this holds the locks of these young people.
    """
    people = sorted(set(names))
    if not people:
        return 0
    today = london_day(now)
    current: dict[tuple[str, Concern], Period] = {
        (person, period.concern): period
        for person, period in await lines.periods_on(connection, today, people)
    }
    before = {
        (item.person, item.concern): item for item in await outgoing.last_told(connection, people)
    }
    changed, messages = [], []
    for key in sorted(current.keys() | before.keys()):
        period, last = current.get(key), before.get(key)
        rag = period.rag if period else Rag.NONE
        if rag is (last.rag if last else Rag.NONE):
            continue
        since = period.since if period else None
        changed.append(Told(*key, rag, since, now))
        event = _event(*key, rag, last.rag if last else Rag.NONE, since, today, now)
        content = orjson.dumps(event.model_dump(mode="json")).decode()
        messages.append((STATUS_SUBJECT, content, event.id))
    await outgoing.remember_told(connection, changed)
    await outgoing.put(connection, messages, now)
    return len(messages)


async def notice_today(connection: AsyncConnection, now: datetime) -> int:
    """What midnight has to do: publish the colours that begin today by themselves."""
    today = london_day(now)
    noticed = await outgoing.mark(connection, _NOTICED)
    after = date.fromisoformat(noticed) if noticed else today
    people: set[str] = set()
    if after < today:
        people = await lines.beginning(connection, after, today)
        await lock(connection, (person_name(person) for person in people))
    if noticed != today.isoformat():
        await outgoing.set_mark(connection, _NOTICED, today.isoformat())
    return await publish_changes(connection, people, now)


def _event(
    person: str,
    concern: Concern,
    rag: Rag,
    previous: Rag,
    since: date | None,
    today: date,
    now: datetime,
) -> SightlineEvent:
    told = StatusChanged(concern=concern, rag=rag, previous=previous, since=since, as_of=today)
    moment = now.astimezone(LONDON).isoformat()
    name = f"{person}\x1f{concern}\x1f{previous}\x1f{rag}\x1f{moment}"
    return SightlineEvent(
        id=str(uuid5(NAMESPACE_URL, name)),
        type=STATUS_CHANGED,
        subject=person,
        time=now,
        data=told,
    )

"""The history of a case as one timeline: what happened, what colour it made, who was told and saw.

The page and the evidence for an inspection read it here.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal, get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import end_of_day, london_day, plain_day
from schemas.envelope import Event
from schemas.events.catalogue import title_of
from schemas.status import Concern, Rag
from services.access.audit import Act
from services.access.scope import OF_RECIPIENT
from services.oversight.case_file import CaseFile
from services.store import audit_log, notified, reported_cases
from services.store.notified import NoticeOf

Kind = Literal["event", "colour", "told", "seen"]
"""What was recorded; what colour it made; what leaders were told; who looked and who did."""

KINDS: tuple[Kind, ...] = get_args(Kind)

_MOST_VIEWS = 2000
_ACTS = (Act.SAW_CASE, Act.RECORDED, Act.WAS_DENIED, Act.OPENED_DIGEST)
_ORDER = {kind: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry of the history of a case.

    Attributes:
        on: the London day on which it was so.
        kind: what kind of entry it is.
        title: what it is, in a few words.
        text: more of it, in a sentence; empty where there is no more.
        by: whose it is: a source, a staff id, or a recipient; empty where nobody's.
        at: the moment (UTC), where it has one.
        known_on: the day on which an event came to be known here, where that is later.
        facts: what an event says.
        counts: whether an event counts: it was not taken back, or sent again otherwise.
    """

    on: date
    kind: Kind
    title: str
    text: str = ""
    by: str = ""
    at: datetime | None = None
    known_on: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    counts: bool = True


async def case_history(
    connection: AsyncConnection, file: CaseFile, kinds: Collection[Kind] = KINDS
) -> list[HistoryEntry]:
    """The history of a case up to the day of its file, the newest first.

    Args:
        connection: reads the store.
        file: the case, which the reader may open.
        kinds: which kinds of entries are asked for.
    """
    found: list[HistoryEntry] = []
    if "event" in kinds:
        found += _events(file)
    if "colour" in kinds:
        found += _colours(file)
    if "told" in kinds:
        found += await _told(connection, file)
    if "seen" in kinds:
        found += await _seen(connection, file)
    shown = [entry for entry in found if entry.on <= file.day]
    return sorted(shown, key=_newest_first, reverse=True)


def _newest_first(entry: HistoryEntry) -> tuple[date, int, float, str]:
    """By day; of one day what was seen last, and within a kind by the moment."""
    moment = entry.at.timestamp() if entry.at else 0.0
    return entry.on, _ORDER[entry.kind], moment, entry.title


def _events(file: CaseFile) -> Iterator[HistoryEntry]:
    for event in file.events:
        stored = file.stored.get((event.source, event.id))
        known_on = london_day(stored) if stored else None
        on = _day_of(event) or known_on or london_day(event.time)
        yield HistoryEntry(
            on=on,
            kind="event",
            title=title_of(event.name),
            by=event.source,
            at=stored,
            known_on=known_on if known_on and known_on > on else None,
            facts={name: value for name, value in event.content.items() if name != "date"},
            counts=(event.source, event.id, event.digest) in file.counted,
        )


def _day_of(event: Event) -> date | None:
    day = getattr(event.data, "date", None)
    return day if isinstance(day, date) else None


def _colours(file: CaseFile) -> Iterator[HistoryEntry]:
    """Each day on which a colour changed, with the first reason for the new one."""
    for concern in Concern:
        line = file.line(concern)
        for before, after in pairwise((None, *line)):
            if after is None or (before is None and after.rag is Rag.NONE):
                continue
            if before is not None and before.rag is after.rag:
                continue
            was = f" (was {before.rag})" if before and before.rag is not Rag.NONE else ""
            now = "does not apply" if after.rag is Rag.NONE else str(after.rag)
            yield HistoryEntry(
                on=after.start,
                kind="colour",
                title=f"{concern.heading}: {now}{was}",
                text=after.reasons[0].text if after.reasons else "",
            )


async def _told(connection: AsyncConnection, file: CaseFile) -> list[HistoryEntry]:
    """What each weekly report said, and who was sent a notice on the same day."""
    told = [
        HistoryEntry(
            on=on,
            kind="told",
            title=f"Weekly report: {item.concern.heading.lower()} {item.rag}",
            text=item.reasons[0].text if item.reasons else "",
        )
        for on, item in await reported_cases.reported_of_person(connection, file.names)
    ]
    own = {(event.source, event.id) for event in file.events}
    notices = await notified.notices_of(connection, {id_ for _, id_ in own})
    sent = [_notice(item, file) for item in notices if (item.source, item.event_id) in own]
    return [*told, *sent]


def _notice(item: NoticeOf, file: CaseFile) -> HistoryEntry:
    return HistoryEntry(
        on=london_day(item.sent_at or file.stored[item.source, item.event_id]),
        kind="told",
        title=f"Notice on the same day: {Concern(item.concern).heading.lower()}",
        text="" if item.sent_at else "It was not sent.",
        by=f"{OF_RECIPIENT}{item.recipient}",
        at=item.sent_at,
    )


async def _seen(connection: AsyncConnection, file: CaseFile) -> list[HistoryEntry]:
    """Who opened the case, and who recorded something."""
    end = end_of_day(file.day)
    entries = await audit_log.about(connection, file.names, _ACTS, _MOST_VIEWS, end)
    since = await audit_log.kept_since(connection)
    archived = [] if since is None or since > end else [_archived(since)]
    return archived + [
        HistoryEntry(
            on=london_day(entry.at),
            kind="seen",
            title=entry.act.capitalize(),
            text=f"As {entry.roles.replace('_', ' ')}" if entry.roles else "",
            by=entry.who,
            at=entry.at,
        )
        for entry in entries
    ]


def _archived(since: datetime) -> HistoryEntry:
    return HistoryEntry(
        on=london_day(since),
        kind="seen",
        title="Who opened the case before is in an archive of the audit log",
    )


def in_words(entry: HistoryEntry) -> str:
    """The day of an entry, and when it came to be known where that was later."""
    late = f", known here on {plain_day(entry.known_on)}" if entry.known_on else ""
    return f"{plain_day(entry.on)}{late}"

"""What there is to show of one case between two days.

Colours are shown as they were known then: on each day by what had been stored by the end of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import LONDON, london_day
from schemas.status import Concern, Period, Rag
from services.assessment.action_line import ActionStretch
from services.oversight.case_file import CaseFile, file_as_known
from services.oversight.case_history import HistoryEntry, case_history
from services.store.held import digests_naming
from services.store.scope import Scope

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ColourAsKnown:
    """A colour of a concern from a day on, as it was known on each of its days."""

    concern: Concern
    start: date
    rag: Rag
    reason: str


@dataclass(frozen=True, slots=True)
class Red:
    """A run of red as it is known now: when it was first known here, and how long it took.

    `ended_on` is the first day on which it was not red; `green_on` the first on which it was green,
    or no longer applied. None while it has not come to that.
    """

    concern: Concern
    since: date
    known_on: date | None
    ended_on: date | None
    green_on: date | None

    @property
    def days_to_green(self) -> int | None:
        """Days from the first of red to the first of green."""
        return (self.green_on - self.since).days if self.green_on else None


@dataclass(frozen=True, slots=True)
class MailNaming:
    """A digest that names the case: of which week, to whom, and when it was sent (UTC)."""

    week: str
    recipient: str
    state: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """All that is shown of one case between `first` and `last`."""

    person: str
    first: date
    last: date
    history: Sequence[HistoryEntry]
    colours: Sequence[ColourAsKnown]
    reds: Sequence[Red]
    actions: Sequence[ActionStretch]
    mails: Sequence[MailNaming]


async def evidence_of(
    connection: AsyncConnection, scope: Scope, file: CaseFile, first: date, last: date
) -> CaseEvidence:
    """The evidence of a case that a reader may open.

    Args:
        connection: reads the store.
        scope: what the reader may see.
        file: the case, as it is known now.
        first: the first day.
        last: the last day.
    """
    then = file.on(last)
    history = [entry for entry in await case_history(connection, then) if _lies(entry, first, last)]
    weeks = {f"{day:%G}-W{day:%V}" for day in _days(first, last)}
    mails = [MailNaming(**row) for row in await digests_naming(connection, file.names, weeks)]
    return CaseEvidence(
        person=file.person,
        first=first,
        last=last,
        history=history[::-1],
        colours=await _as_known(connection, scope, file, first, last),
        reds=[red for concern in Concern for red in _reds(then, concern, first)],
        actions=_actions(file, first, last),
        mails=sorted(mails, key=lambda item: (item.week, item.recipient)),
    )


def _lies(entry: HistoryEntry, first: date, last: date) -> bool:
    """Whether an entry was so, or came to be known, between two days."""
    days = [entry.on, *([london_day(entry.at)] if entry.at else [])]
    return any(first <= day <= last for day in days)


async def _as_known(
    connection: AsyncConnection, scope: Scope, file: CaseFile, first: date, last: date
) -> list[ColourAsKnown]:
    """Colours on each day by what was stored by the end of it."""
    stored = {london_day(moment) for moment in file.stored.values()}
    turns = sorted({first, *(day for day in stored if first < day <= last)})
    found: list[ColourAsKnown] = []
    for day, until in pairwise((*turns, last + _A_DAY)):
        known = await file_as_known(connection, scope, file.on(day), _end_of(day))
        for concern in Concern:
            line = known.line(concern) if known else []
            found += _between(concern, line, day, until)
    found.sort(key=lambda item: (list(Concern).index(item.concern), item.start))
    return list(_joined(found))


def _between(
    concern: Concern, line: Sequence[Period], day: date, until: date
) -> Iterator[ColourAsKnown]:
    for period in line:
        start = max(period.start, day)
        if start < until and (period.end is None or period.end > day):
            reason = period.reasons[0].text if period.reasons else ""
            yield ColourAsKnown(concern, start, period.rag, reason)


def _joined(colours: Sequence[ColourAsKnown]) -> Iterator[ColourAsKnown]:
    """The same without those that go on as they were."""
    before: ColourAsKnown | None = None
    for item in colours:
        same = before and (before.concern, before.rag, before.reason) == (
            item.concern, item.rag, item.reason,
        )  # fmt: skip
        begins = before is None or before.concern is not item.concern
        if not same and not (begins and item.rag is Rag.NONE):
            yield item
        before = item


def _reds(file: CaseFile, concern: Concern, first: date) -> Iterator[Red]:
    line = [period for period in file.line(concern) if period.start <= file.day]
    since: date | None = None
    ended: date | None = None
    for period in line:
        if period.rag is Rag.RED:
            if since is not None and ended is not None:
                yield from _red(file, concern, since, ended, None, first)
                since = None
            since, ended = since or period.start, None
        elif since is not None:
            ended = ended or period.start
            if period.rag is not Rag.AMBER:
                yield from _red(file, concern, since, ended, period.start, first)
                since = ended = None
    if since is not None:
        yield from _red(file, concern, since, ended, None, first)


def _red(
    file: CaseFile,
    concern: Concern,
    since: date,
    ended: date | None,
    green: date | None,
    first: date,
) -> Iterator[Red]:
    """A run of red, where it lasted to the first day or beyond."""
    if ended is None or ended >= first or (green is not None and green >= first):
        line = file.lines.get(concern, ())
        known = next((item.known_on for item in line if item.red_since == since), None)
        yield Red(concern, since, known, ended, green)


def _actions(file: CaseFile, first: date, last: date) -> list[ActionStretch]:
    """Actions as they stood on the last day, but those that were closed before the first."""
    return [
        item
        for item in file.derivation.actions
        if item.start <= last
        and (item.end is None or item.end > last)
        and (item.closed_on is None or item.closed_on >= first)
    ]


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, LONDON).astimezone(UTC)

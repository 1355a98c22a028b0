"""What there is to show of one case between two days.

Colours are shown as they were known then: on each day by what had been stored by the end of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import end_of_day, london_day
from schemas.status import Concern, Period, Rag
from schemas.weeks import week_name
from services.assessment.action_line import ActionStretch
from services.assessment.lasting import holds_on
from services.oversight.case_file import CaseFile, file_as_known
from services.oversight.case_history import HistoryEntry, case_history
from services.store import stored_events
from services.store.held import digests_naming
from services.store.scope import Scope

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ColourAsKnown:
    """A colour of a concern from a day on, as it was known on each of its days.

    `reference` is that by which the young person was known then; `rag` is None from the day on
    which nothing was known of them by it any more.
    """

    reference: str
    concern: Concern
    start: date
    rag: Rag | None
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
    """All that is shown of one case between `first` and `last`.

    `names` are the references that the young person has or had.
    """

    person: str
    names: Sequence[str]
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
    weeks = {week_name(day) for day in _days(first, last)}
    mails = [MailNaming(**row) for row in await digests_naming(connection, file.names, weeks)]
    return CaseEvidence(
        person=file.person,
        names=file.names,
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
    """Colours on each day by what was stored by the end of it, under each reference of then."""
    stored = {london_day(it) for it in await stored_events.moments_of(connection, file.names)}
    turns = sorted({first, *(day for day in stored if first < day <= last)})
    found: list[ColourAsKnown] = []
    for day, until in pairwise((*turns, last + _A_DAY)):
        for name in file.names:
            then = replace(file.on(day), person=name)
            known = await file_as_known(connection, scope, then, end_of_day(day))
            for concern in Concern:
                line = known.line(concern) if known else []
                here = list(_between(name, concern, line, day, until))
                found += here or [ColourAsKnown(name, concern, day, None, "")]
    concerns = list(Concern)
    found.sort(key=lambda it: (it.reference, concerns.index(it.concern), it.start))
    return list(_joined(found))


def _between(
    name: str, concern: Concern, line: Sequence[Period], day: date, until: date
) -> Iterator[ColourAsKnown]:
    for period in line:
        start = max(period.start, day)
        if start < until and (period.end is None or period.end > day):
            reason = period.reasons[0].text if period.reasons else ""
            yield ColourAsKnown(name, concern, start, period.rag, reason)


def _joined(colours: Sequence[ColourAsKnown]) -> Iterator[ColourAsKnown]:
    """The same without those that go on as they were, or begin with nothing to show."""
    nothing = (None, Rag.NONE)
    before: ColourAsKnown | None = None
    for item in colours:
        begins = before is None or (before.reference, before.concern) != (
            item.reference, item.concern,
        )  # fmt: skip
        if begins:
            is_news = item.rag not in nothing
        else:
            is_news = before is not None and (before.rag, before.reason) != (item.rag, item.reason)
            is_news = is_news and not (before and {before.rag, item.rag} <= set(nothing))
        if is_news:
            yield item
        before = item


def _reds(file: CaseFile, concern: Concern, first: date) -> Iterator[Red]:
    """The runs of red that lasted to the first day or beyond, or were not green by then."""
    line = [period for period in file.line(concern) if period.start <= file.day]
    for place, period in enumerate(line):
        if period.rag is not Rag.RED or (place and line[place - 1].rag is Rag.RED):
            continue
        after = line[place:]
        ended = next((it.start for it in after if it.rag is not Rag.RED), None)
        green = next((it.start for it in after if it.rag in (Rag.GREEN, Rag.NONE)), None)
        if ended is not None and ended < first and green is not None and green < first:
            continue
        stretches = file.lines.get(concern, ())
        known = next((it.known_on for it in stretches if it.red_since == period.start), None)
        yield Red(concern, period.start, known, ended, green)


def _actions(file: CaseFile, first: date, last: date) -> list[ActionStretch]:
    """Actions as they stood on the last day, but those that were closed before the first."""
    return [
        item
        for item in file.derivation.actions
        if holds_on(item, last) and (item.closed_on is None or item.closed_on >= first)
    ]


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)

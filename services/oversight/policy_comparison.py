"""What another policy would change: who turns which colour, on which days, and which teams bear it.

Everybody is assessed under both from the same events; nothing is stored.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Period, Rag
from services.assessment.derivation import Rules
from services.assessment.facts import Facts
from services.assessment.fold import fold
from services.assessment.received import Received
from services.assessment.resolution import Resolved, resolve
from services.assessment.temporal import AsOf
from services.assessment.timeline import assess
from services.store import derived, stored_events, subject_links
from services.store.policy_comparisons import PolicyChange

BACK, AHEAD = timedelta(days=365), timedelta(days=91)
"""The days that are compared: the past year, and the next quarter."""

_AT_A_TIME = 200
_WEEK = timedelta(days=7)


@dataclass(slots=True)
class Comparison:
    """What differs between two policies for everybody.

    Attributes:
        first: the first day that is compared.
        last: the last.
        people: how many young people were assessed.
        changes: what differs, by person, concern and day.
        reds: how many reds there are on one day of each week, under the first and the second.
    """

    first: date
    last: date
    people: int = 0
    changes: list[PolicyChange] = field(default_factory=list)
    reds: dict[date, list[int]] = field(default_factory=dict)

    def on(self, day: date) -> list[PolicyChange]:
        """What differs on a day."""
        return [change for change in self.changes if change.covers(day)]

    def by_team(self, day: date) -> Mapping[str, int]:
        """How many reds each team has more, or fewer, on a day, the most first."""
        found: Counter[str] = Counter()
        for change in self.on(day):
            found[change.team or ""] += (change.becomes is Rag.RED) - (change.was is Rag.RED)
        return {team: number for team, number in found.most_common() if number}


def weekly(today: date) -> list[date]:
    """A day of each week that is compared, today among them, the first first."""
    weeks = range(-(BACK // _WEEK), AHEAD // _WEEK + 1)
    return [today + number * _WEEK for number in weeks]


async def compare(
    connection: AsyncConnection,
    before: Rules,
    after: Rules,
    today: date,
    advance: Callable[[int, int], Awaitable[None]] | None = None,
) -> Comparison:
    """Assess everybody under two policies.

    Args:
        connection: reads the events, some hundred young people at a time.
        before: the policy that is in force.
        after: the one that it is held against.
        today: the day around which it is compared.
        advance: is told how many are done, and of how many.

    What is worked out is worked out in a thread, so that whoever calls this can go on meanwhile.
    """
    found = Comparison(today - BACK, today + AHEAD)
    found.reds = {day: [0, 0] for day in weekly(today)}
    people = await derived.known_people(connection)
    for place in range(0, len(people), _AT_A_TIME):
        some = people[place : place + _AT_A_TIME]
        reached = await subject_links.connected(connection, some)
        received = await stored_events.load(connection, reached)
        await asyncio.to_thread(_compare_some, found, some, received, before, after)
        found.people += len(some)
        if advance is not None:
            await advance(found.people, len(people))
    return found


def _compare_some(
    found: Comparison,
    some: Sequence[str],
    received: Sequence[Received],
    before: Rules,
    after: Rules,
) -> None:
    """Add what differs of some young people, out of all that bears on them."""
    one, other = resolve(received, before.policy), resolve(received, after.policy)
    for person in some:
        _compare_one(found, one.get(person), other.get(person), before, after)


def _compare_one(
    found: Comparison,
    one: Resolved | None,
    other: Resolved | None,
    before: Rules,
    after: Rules,
) -> None:
    """Add what differs of one young person."""
    if one is None or other is None:
        return
    facts = fold(other)
    was, becomes = assess(fold(one), before.rulebook), assess(facts, after.rulebook)
    for assessment, place in ((was, 0), (becomes, 1)):
        for day, reds in found.reds.items():
            reds[place] += sum(
                _rag(_on(line, day)) is Rag.RED for line in assessment.periods.values()
            )
    for concern in Concern:
        lines = was.periods.get(concern, ()), becomes.periods.get(concern, ())
        for change in _changes(found, facts, concern, *lines):
            found.changes.append(change)


def _changes(
    found: Comparison,
    facts: Facts,
    concern: Concern,
    was: Sequence[Period],
    becomes: Sequence[Period],
) -> Iterator[PolicyChange]:
    """The runs of days on which two lines of one concern have different colours."""
    after = found.last + timedelta(days=1)
    turns = {found.first, after}
    for period in (*was, *becomes):
        turns |= {day for day in (period.start, period.end) if day and found.first < day < after}
    last: PolicyChange | None = None
    for start, end in pairwise(sorted(turns)):
        one, other = _on(was, start), _on(becomes, start)
        rags = _rag(one), _rag(other)
        if rags[0] is rags[1]:
            continue
        if last is not None and last.until == start and (last.was, last.becomes) == rags:
            last = replace(last, until=end)
        else:
            if last is not None:
                yield last
            last = _change(facts, concern, start, end, one, other)
    if last is not None:
        yield last


def _change(
    facts: Facts, concern: Concern, start: date, end: date, one: Period | None, other: Period | None
) -> PolicyChange:
    worse = max((one, other), key=lambda period: _rag(period).severity)
    reason = worse.reasons[0] if worse and worse.reasons else None
    return PolicyChange(
        person=facts.person,
        concern=concern,
        start=start,
        until=end,
        was=_rag(one),
        becomes=_rag(other),
        rule=reason.rule if reason else "",
        why=reason.text if reason else "",
        team=facts.staff["team"].on(AsOf(start.toordinal())),
    )


def _on(line: Sequence[Period], day: date) -> Period | None:
    return next((period for period in line if period.covers(day)), None)


def _rag(period: Period | None) -> Rag:
    return period.rag if period else Rag.NONE

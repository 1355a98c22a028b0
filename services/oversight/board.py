"""The board: every case of today, held in memory and brought up to date when something changed.

It is read from the store once; after that only young people whose lines changed are read again, and
midnight reads all. Whether something changed is asked four times a second at most: what a page
shows is never older than that.
"""

import asyncio
import gc
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from schemas.policy import Policy
from schemas.status import Concern, Period, Rag
from services.assessment.case_facts import (
    AcknowledgedOn,
    ActionOn,
    acknowledgements,
    open_actions,
    reviews_due,
)
from services.oversight.assignment import Owner, owner_on
from services.oversight.escalation import LADDER, Climbed, climbed, red_of
from services.oversight.statuses import reported_of, tracked_concerns
from services.oversight.wording import category
from services.store import (
    event_log,
    feeds,
    marks,
    published,
    refused_events,
    staff,
    timelines,
    weekly_reports,
)
from services.store.database import Database
from services.store.feeds import Feed
from services.store.published import Told
from services.store.timelines import Document
from services.store.weekly_reports import Reported

Key = tuple[str, Concern]

_ASK_SECONDS = 0.25
_SOON = timedelta(days=7)
_NUMBERS = count(1)
"""Each watch has a number of its own, for whatever is kept of what it showed."""


@dataclass(frozen=True, slots=True)
class Case:
    """One concern of one young person today, with whatever people do about it.

    `known_on` is the day on which a red was first known here. `climbed` is how far a red has
    climbed the ladder, `acknowledged` who acknowledged it since it began, `review_due` when the
    next review was promised.
    """

    status: Reported
    reason: str
    known_on: date
    next_change: date | None
    actions: tuple[ActionOn, ...]
    climbed: Climbed | None
    acknowledged: tuple[AcknowledgedOn, ...]
    review_due: date | None
    day: date

    @property
    def key(self) -> Key:
        """Who and what."""
        return self.status.person, self.status.concern

    @property
    def weeks(self) -> int:
        """Whole weeks of the present colour."""
        return (self.day - self.status.since).days // 7

    @property
    def late(self) -> bool:
        """Whether an action is late."""
        return any(action.late for action in self.actions)

    @property
    def review_is_due(self) -> bool:
        """Whether a promised review is overdue, or due within a week."""
        return self.review_due is not None and self.review_due <= self.day + _SOON

    def awaits(self, role: str) -> bool:
        """Whether it has climbed to a role that has not acknowledged it since it began."""
        if self.climbed is None or role not in LADDER:
            return False
        reached = LADDER.index(self.climbed.to) >= LADDER.index(role)
        return reached and all(item.role != role for item in self.acknowledged)


@dataclass(slots=True)
class Board:
    """Everything known of today. `version` counts how often it changed.

    `told` is what was last published, `linked` whose events bear on somebody else's, `refused` whom
    open refused events name, `left` the staff who have.
    """

    day: date
    version: int = 0
    cases: dict[Key, Case] = field(default_factory=dict)
    facts: dict[str, Document] = field(default_factory=dict)
    feeds: list[Feed] = field(default_factory=list)
    tracked: Mapping[Concern, bool] = field(default_factory=dict)
    turning: list[tuple[str, Period]] = field(default_factory=list)
    told: dict[Key, Told] = field(default_factory=dict)
    linked: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()

    def owner(self, person: str) -> Owner | None:
        """Whose a young person is today; None where there is no such young person."""
        facts = self.facts.get(person)
        return owner_on(facts, self.day) if facts is not None else None


class Watch:
    """Keeps the board of one store up to date for whoever asks."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self.database = database
        self.policy = policy
        self.board = Board(date.min)
        self.number = next(_NUMBERS)
        self._lock = asyncio.Lock()
        self._versions: dict[str, str] = {}
        self._revision: object = None
        self._asked_at = float("-inf")

    def expire(self) -> None:
        """Ask the store again next time: something was changed from here."""
        self._asked_at = float("-inf")

    async def now(self, moment: datetime) -> Board:
        """The board as of a moment."""
        day = london_day(moment)
        at = asyncio.get_running_loop().time()
        if self.board.day == day and at - self._asked_at < _ASK_SECONDS:
            return self.board
        before, self._asked_at = self._asked_at, at  # who comes while it is asked need not ask too
        try:
            await self._ask(day)
        except BaseException:
            self._asked_at = before
            raise
        return self.board

    async def _ask(self, day: date) -> None:
        """Ask the store whether something changed, and read what did."""
        async with self.database.reading() as connection:
            heard = await feeds.all_feeds(connection)
            told = await weekly_reports.last_report_day(connection)
            refused = await refused_events.newest_and_open(connection)
            rebuilt = await marks.mark(connection, marks.REBUILT)
            left = frozenset(await staff.left(connection, day))
        # What is sent again can count for more than before, so duplicates are news too.
        counts = tuple((f.source, f.accepted, f.duplicates, f.refused) for f in heard)
        revision = (day, counts, told, refused, rebuilt, left)
        if revision != self._revision:
            async with self._lock:
                if revision != self._revision:
                    await self._refresh(day, left)
                    self.board.feeds = heard
                    self._revision = revision

    async def _refresh(self, day: date, left: frozenset[str]) -> None:
        """Bring the board to what the store says; a new day's is built aside, then takes over."""
        async with self.database.reading() as connection:
            tracked = await tracked_concerns(connection, self.policy)
            board, known = self.board, self._versions
            if (board.day, board.tracked, board.left) != (day, tracked, left):
                board, known = Board(day, board.version, tracked=tracked, left=left), {}
            versions = await timelines.versions(connection)
            changed = {name for name, version in versions.items() if known.get(name) != version}
            some = None if len(changed) == len(versions) else changed
            if changed:
                await self._read(connection, board, some)
            for person in known.keys() - versions.keys():
                _drop(board, person)
            horizon = day + timedelta(days=self.policy.digest.horizon_days)
            board.turning = await timelines.turning_red(connection, day, horizon)
            board.linked = await event_log.linked(connection)
            board.refused = await refused_events.refused_people(connection)
        if some is None:
            gc.freeze()  # the board stays: looking for cycles in it costs each page
        board.version += 1
        self.board, self._versions = board, versions

    async def _read(
        self, connection: AsyncConnection, board: Board, people: Iterable[str] | None
    ) -> None:
        """Read some young people again, or all."""
        facts = await timelines.facts_of(connection, people)
        found = await timelines.periods_on(connection, board.day, people)
        told = {
            (item.person, item.concern): item
            for item in await published.last_told(connection, people)
        }
        for person in facts:
            _drop(board, person)
        board.facts.update(facts)
        board.told.update(told)
        for person, period in found:
            if person in facts:
                known = told.get((person, period.concern))
                counted = board.tracked[period.concern]
                case = case_of(
                    person, period, facts[person], known, board.day, self.policy,
                    climbs=counted, left=board.left,
                )  # fmt: skip
                board.cases[case.key] = case


def _drop(board: Board, person: str) -> None:
    board.facts.pop(person, None)
    for concern in Concern:
        board.cases.pop((person, concern), None)
        board.told.pop((person, concern), None)


def case_of(
    person: str,
    period: Period,
    facts: Document,
    told: Told | None,
    day: date,
    policy: Policy,
    *,
    climbs: bool = True,
    left: Collection[str] = (),
) -> Case:
    """One case as it stands on a day. What is not tracked, or not of today, climbs no ladder."""
    status = reported_of(person, period, facts, day)
    red = status.rag is Rag.RED
    known_on = london_day(told.known_at) if red and told and told.rag is Rag.RED else status.since
    actions = open_actions(facts, period.concern, day)
    return Case(
        status=status,
        reason=category(status.reasons, status.rag) if status.reasons or status.override else "",
        known_on=known_on,
        next_change=period.next_change,
        actions=tuple(actions),
        climbed=climbed(red_of(status, known_on, actions, left), day, policy)
        if red and climbs
        else None,
        acknowledged=tuple(acknowledgements(facts, period.concern, status.since, day))
        if red
        else (),
        review_due=reviews_due(facts, period.concern, day),
        day=day,
    )

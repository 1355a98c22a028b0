"""Review campaigns on a day: how far they have come by team and worker, and what is left to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.store import campaigns
from services.store.campaigns import Campaign, Member
from services.store.case_filter import NONE
from services.store.scope import EVERYTHING
from services.store.view import View

_MOST_POINTS = 60
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a team's or a worker's young people are assessed, left to do, and gone.

    `gone` are those to whom no concern applies any more.
    """

    name: str
    assessed: int
    left: int
    gone: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.assessed + self.left + self.gone


@dataclass(frozen=True, slots=True)
class Point:
    """How many were left at the end of a day, and how many would be, did they go down evenly."""

    on: date
    left: int
    evenly: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign has come by a day, of those whom a reader may see.

    Attributes:
        campaign: the campaign.
        day: the day asked about.
        members: the cohort, of those whom the reader may see.
        whole_left: how many of the whole cohort are left, whoever may see them.
    """

    campaign: Campaign
    day: date
    members: Sequence[Member]
    whole_left: int

    @property
    def all(self) -> Tally:
        """All of the cohort."""
        return _tally("", self.members)

    @property
    def left(self) -> list[Member]:
        """Those who are still to be assessed."""
        return [member for member in self.members if member.is_left]

    @property
    def is_ended(self) -> bool:
        """Whether somebody ended it early."""
        return self.campaign.ended_on is not None and self.campaign.ended_on <= self.day

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to be assessed, and it was not ended: else it is closed."""
        return self.whole_left > 0 and not self.is_ended

    @property
    def is_overdue(self) -> bool:
        """Whether it is open after the day by which everybody was to be assessed."""
        return self.is_open and self.campaign.due < self.day

    @property
    def closed_on(self) -> date | None:
        """The day on which it closed, by the last assessment or because it was ended."""
        if self.is_open:
            return None
        last = max((m.assessed_on for m in self.members if m.assessed_on), default=None)
        return self.campaign.ended_on if self.is_ended else last

    def by_team(self) -> list[Tally]:
        """How far each team has come, the one with most left first."""
        return _tallies((member.team or NONE, member) for member in self.members)

    def by_worker(self) -> list[Tally]:
        """How far each worker has come; somebody of two workers is counted for both."""
        return _tallies(
            (worker, member)
            for member in self.members
            for worker in dict.fromkeys(
                [it for it in (member.personal_adviser, member.social_worker) if it] or [NONE]
            )
        )

    def burn_down(self) -> list[Point]:
        """How many were left on each day, or each week of a long one, up to the day asked about."""
        applying = [m for m in self.members if m.assessed_on or m.applying]
        first, due = self.campaign.begun_on, self.campaign.due
        last = max(min(self.day, self.closed_on or self.day), first)
        step = 1 if (max(last, due) - first).days <= _MOST_POINTS else _WEEK
        days = [first + timedelta(days=n) for n in range(0, (last - first).days, step)]
        whole = max((due - first).days, 1)
        return [
            Point(
                on,
                sum(1 for m in applying if m.assessed_on is None or m.assessed_on > on),
                max(len(applying) * (1 - (on - first).days / whole), 0.0),
            )
            for on in [*days, last]
        ]


async def progress(connection: AsyncConnection, view: View, campaign: Campaign) -> Progress:
    """How far a campaign has come by a day, of those whom a reader may see."""
    members = await campaigns.members(connection, view, campaign)
    whole = members
    if not (view.scope.everything and view.scope.restricted):
        everybody = replace(view, scope=EVERYTHING)
        whole = await campaigns.members(connection, everybody, campaign)
    return Progress(campaign, view.day, members, sum(member.is_left for member in whole))


async def seen_by(connection: AsyncConnection, view: View, reader: str) -> list[Progress]:
    """The campaigns in which a reader has somebody, and those that they began; the last first."""
    found = [
        await progress(connection, view, campaign)
        for campaign in await campaigns.begun_by_day(connection, view.day)
    ]
    return [item for item in found if item.members or item.campaign.begun_by == reader]


def _tallies(named: Iterable[tuple[str, Member]]) -> list[Tally]:
    found: dict[str, list[Member]] = {}
    for name, member in named:
        found.setdefault(name, []).append(member)
    tallies = [_tally(name, those) for name, those in found.items()]
    return sorted(tallies, key=lambda item: (-item.left, item.name))


def _tally(name: str, those: Iterable[Member]) -> Tally:
    assessed = left = gone = 0
    for member in those:
        assessed += member.assessed_on is not None
        left += member.is_left
        gone += member.assessed_on is None and not member.applying
    return Tally(name, assessed, left, gone)

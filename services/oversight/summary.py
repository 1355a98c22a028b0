"""The summary: counts by concern and colour, the trend, and what became of a baseline's reds.

Pages, digests, the interface for machines, `status` and metrics read these figures and no others.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.store import case_counts, case_figures, reported_cases
from services.store.case_counts import Counts
from services.store.case_measures import (
    BASELINE,
    BASELINE_NO_TEAM,
    LATE,
    NO_ACTION,
    RATED_DOWN,
    UNLAWFUL,
    WITHOUT_OWNER,
)
from services.store.view import View
from services.store.weekly_reports import Report

WEEKS_SHOWN = 26
"""Weeks that the chart of reds goes back."""


@dataclass(frozen=True, slots=True)
class BaselineFigures:
    """Those who were red on the baseline day, as now known, by the colour they have now.

    They are counted for whoever they belong to today; `unowned_then` had no team on that day.
    """

    on: date
    red: int
    now: Mapping[Rag, int]
    unowned_then: int


@dataclass(frozen=True, slots=True)
class ConcernSummary:
    """One concern in figures, for the cases that a reader may see on a day.

    `unowned` have no team, or nobody who works here. `last_week` is what the last report gave of
    the cases that were the reader's then.
    """

    concern: Concern
    tracked: bool
    now: Mapping[Rag, int]
    unlawful: int
    rated_down: int
    no_action: int
    late: int
    unowned: int
    last_week: Mapping[Rag, int] | None
    baseline: BaselineFigures | None

    def change(self, rag: Rag) -> int | None:
        """How many more than in the last report; None where there is none."""
        return None if self.last_week is None else self.now[rag] - self.last_week[rag]


@dataclass(frozen=True, slots=True)
class Point:
    """How many were red on one day, by concern."""

    on: date
    red: Mapping[Concern, int]


async def summarise(
    connection: AsyncConnection,
    view: View,
    tracked: Mapping[Concern, bool],
    last: Report | None,
    baseline: date | None,
) -> list[ConcernSummary]:
    """Each concern in figures.

    Args:
        connection: where it is read.
        view: whose cases, and on which day.
        tracked: which concerns are counted.
        last: the last report before the day, to compare with.
        baseline: the policy's day to compare with, such as an inspection.
    """
    now = await case_counts.counts(connection, view)
    reported = (
        await reported_cases.counts_reported(connection, last.week, view.scope) if last else {}
    )
    became = baseline_figures(now, baseline) if baseline and baseline < view.day else {}
    return [
        ConcernSummary(
            concern=concern,
            tracked=is_tracked,
            now=colours(now, concern),
            unlawful=now.get((concern, UNLAWFUL), 0),
            rated_down=now.get((concern, RATED_DOWN), 0),
            no_action=now.get((concern, NO_ACTION), 0),
            late=now.get((concern, LATE), 0),
            unowned=now.get((concern, WITHOUT_OWNER), 0),
            last_week=_last_week(reported, concern, last),
            baseline=became.get(concern),
        )
        for concern, is_tracked in tracked.items()
    ]


def _last_week(
    reported: Mapping[tuple[Concern, Rag], int], concern: Concern, last: Report | None
) -> dict[Rag, int] | None:
    """The last report's counts by colour, 0 if it did not count the concern; None without one."""
    if last is None:
        return None
    was_counted = concern.value in last.tracked
    return {rag: reported.get((concern, rag), 0) if was_counted else 0 for rag in Rag}


def colours(counts: Counts, concern: Concern) -> dict[Rag, int]:
    """The counts of one concern by colour."""
    return {rag: counts.get((concern, rag.value), 0) for rag in Rag}


def baseline_figures(counts: Counts, baseline: date) -> dict[Concern, BaselineFigures]:
    """For each concern what became of those who were red on the policy's baseline day.

    Args:
        counts: what is counted on the day asked about.
        baseline: the policy's baseline day.
    """
    found = {}
    for concern in Concern:
        now = {rag: counts.get((concern, BASELINE[rag]), 0) for rag in Rag}
        unowned = counts.get((concern, BASELINE_NO_TEAM), 0)
        found[concern] = BaselineFigures(baseline, sum(now.values()), now, unowned)
    return found


async def trend(connection: AsyncConnection, view: View) -> list[Point]:
    """Reds on the same weekday of past weeks and on the day itself, as now known."""
    days = [view.day - timedelta(days=7 * back) for back in reversed(range(WEEKS_SHOWN))]
    red = await case_counts.colour_over(connection, view, Rag.RED, days)
    if red is None:
        return await _trend_of_runs(connection, view, days)
    return [Point(day, then) for day, then in zip(days, red, strict=True)]


async def _trend_of_runs(
    connection: AsyncConnection, view: View, days: Sequence[date]
) -> list[Point]:
    """The same for a reader whose cases are counted one by one."""
    runs = await case_figures.red_runs(connection, view, days[0] - timedelta(days=1), days[-1])
    points = []
    for day in days:
        red: Counter[Concern] = Counter(
            concern for concern, start, until in runs if start <= day < until
        )
        points.append(Point(day, {concern: red[concern] for concern in view.tracked}))
    return points

"""Judging a measure: met, on course, off course, missed or not known; and when it will be met.

The forecast is the straight line through the weekly figures (least squares). How sure it is follows
from how far they lie from it: the range is two standard errors of the slope to either side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt
from typing import Literal, NamedTuple

from services.oversight.measures.definition import Measure, Target

State = Literal["met", "on course", "off course", "missed", "not known", "no target"]

FEWEST = 4
"""Weekly figures without which nothing is forecast."""
_FURTHEST = timedelta(days=3 * 366)
_SURE = 2.0
"""Standard errors to either side of the slope."""


class Point(NamedTuple):
    """The figure of a week."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """On which day the target's value is reached, if it goes on so; the earliest and the latest.

    `on` is None where it moves away from it or takes years; `latest` is None where it may never.
    """

    on: date | None
    earliest: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a measure is judged on a day: its state, the step that counts, and the forecast."""

    state: State
    target: Target | None
    forecast: Forecast | None


def judge(measure: Measure, day: date, value: float | None, points: Sequence[Point]) -> Judgement:
    """Judge a measure on a day.

    Args:
        measure: the measure, with its targets.
        day: the day asked about.
        value: its figure on that day; None where it is not known.
        points: the figures of the weeks before, oldest first.
    """
    target = target_on(measure, day)
    if target is None:
        return Judgement("no target", None, None)
    if value is None:
        return Judgement("not known", target, None)
    if meets(measure, value, target):
        return Judgement("met", target, None)
    if target.by < day:
        return Judgement("missed", target, None)
    figures = [*(point for point in points if point.on < day), Point(day, value)]
    if len(figures) < FEWEST:
        return Judgement("not known", target, None)
    line = _line(figures)
    at_due = value + line.slope * (target.by - day).days
    state: State = "on course" if meets(measure, at_due, target) else "off course"
    return Judgement(state, target, _forecast(measure, day, value, target, line))


def target_on(measure: Measure, day: date) -> Target | None:
    """The step that counts on a day: the next one, or the last where all are past."""
    ahead = [step for step in measure.targets if step.by >= day]
    return ahead[0] if ahead else (measure.targets[-1] if measure.targets else None)


def meets(measure: Measure, value: float, target: Target) -> bool:
    """Whether a figure is as good as a target."""
    return value >= target.value if measure.better == "more" else value <= target.value


class _Line(NamedTuple):
    """The slope by day, and its standard error."""

    slope: float
    error: float


def _line(points: Sequence[Point]) -> _Line:
    days = [(point.on - points[0].on).days for point in points]
    values = [point.value for point in points]
    middle, mean = sum(days) / len(days), sum(values) / len(values)
    spread = sum((day - middle) ** 2 for day in days)
    if not spread:
        return _Line(0.0, 0.0)
    slope = sum((d - middle) * (v - mean) for d, v in zip(days, values, strict=True)) / spread
    off = sum((v - mean - slope * (d - middle)) ** 2 for d, v in zip(days, values, strict=True))
    return _Line(slope, sqrt(off / (len(points) - 2) / spread))


def _forecast(measure: Measure, day: date, value: float, target: Target, line: _Line) -> Forecast:
    """When the target is reached along the line, and along the steepest and the flattest."""
    towards = 1.0 if measure.better == "more" else -1.0

    def reached(slope: float) -> date | None:
        if slope * towards <= 0:
            return None
        days = ceil((target.value - value) / slope)
        return day + timedelta(days=days) if days <= _FURTHEST.days else None

    margin = _SURE * line.error * towards
    return Forecast(reached(line.slope), reached(line.slope + margin), reached(line.slope - margin))

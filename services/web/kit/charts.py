"""Charts as SVG on the page, each with a table of the same figures beneath. Geometry only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schemas.status import Concern, Period, Rag
from services.axes import BREADTH, Framed, Upward, x

_WIDTH = 720
_LABEL = 50
_BROADEST = 80
"""How wide a month's label is."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its position and height in the SVG, its label and its number."""

    x: float
    y: float
    height: float
    label: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars(Framed):
    """Bars over time with their axis."""

    bars: list[Bar]
    broad: float


@dataclass(frozen=True, slots=True)
class Block:
    """One colour's run of days on a time line. `future` is from today on."""

    x: float
    width: float
    rag: Rag
    start: date
    end: date | None
    future: bool


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A concern's colours over time, past and future."""

    concern: Concern
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class TimeLines:
    """All concerns on one scale, with today marked."""

    rows: list[TimeLine]
    across: list[tuple[float, date]]
    today: float
    width: int = _WIDTH
    row: int = 44


def bars(numbers: Sequence[tuple[str, int]]) -> Bars:
    """A bar chart of one number over time."""
    upward = Upward(max((number for _, number in numbers), default=0))
    step_width = min(BREADTH / max(len(numbers), 1), _BROADEST)
    return Bars(
        bars=[
            Bar(
                x(step_width * (index + 0.1), BREADTH),
                upward.y(number),
                upward.height(number),
                label,
                number,
            )
            for index, (label, number) in enumerate(numbers)
        ],
        up=upward.lines(),
        across=[],
        broad=round(step_width * 0.8, 1),
    )


def time_lines(
    lines: dict[Concern, list[Period]], today: date, first: date, last: date
) -> TimeLines:
    """Colours between two days; successive periods of one colour are drawn as one."""
    days = (last - first).days

    def x(day: date) -> float:
        inside = min(max(day, first), last)
        return round(_WIDTH * (inside - first).days / days, 1)

    rows = []
    for concern, line in lines.items():
        blocks: list[Block] = []
        for start, end, rag in _runs(line):
            begun, ended = max(start, first), min(end or last, last)
            for a, b, future in _split(begun, ended, today):
                blocks.append(Block(x(a), max(x(b) - x(a), 1.0), rag, start, end, future))
        if blocks:
            rows.append(TimeLine(concern, blocks))
    marks = [(x(day), day) for day in _firsts(first, last)]
    return TimeLines(rows, [mark for mark in marks if mark[0] <= _WIDTH - _LABEL], x(today))


def _runs(line: Sequence[Period]) -> list[tuple[date, date | None, Rag]]:
    runs: list[tuple[date, date | None, Rag]] = []
    for period in line:
        if runs and runs[-1][2] is period.rag and runs[-1][1] == period.start:
            runs[-1] = (runs[-1][0], period.end, period.rag)
        else:
            runs.append((period.start, period.end, period.rag))
    return [run for run in runs if run[2] is not Rag.NONE]


def _split(begun: date, ended: date, today: date) -> list[tuple[date, date, bool]]:
    if begun >= ended:
        return []
    if ended <= today or begun >= today:
        return [(begun, ended, begun >= today)]
    return [(begun, today, False), (today, ended, True)]


def _firsts(first: date, last: date) -> list[date]:
    """The first day of every third month, for the scale."""
    found = []
    year, month = first.year, first.month
    while (day := date(year, month, 1)) <= last:
        if day >= first and (month - 1) % 3 == 0:
            found.append(day)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found

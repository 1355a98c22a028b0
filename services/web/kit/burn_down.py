"""The burn-down of a campaign as SVG: what is left, beside what would be left if it went evenly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.axes import Framed, Upward, x
from services.oversight.campaigns import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnDown(Framed):
    """The line of what is left with its end, and the straight line to the day due."""

    left_line: str
    end: list[str]
    evenly: str


def burn_down(points: Sequence[Point], due: date) -> BurnDown:
    """The chart of a campaign's points, from its first day to the later of the last and its due."""
    first, last = points[0].on, max(points[-1].on, due)
    days = max((last - first).days, 1)
    upward = Upward(max(int(point.evenly) for point in points))

    def across(day: date) -> float:
        return x((day - first).days, days)

    def at(day: date, number: float) -> str:
        return f"{across(day)},{upward.y(number)}"

    return BurnDown(
        left_line=" ".join(at(point.on, point.left) for point in points),
        end=at(points[-1].on, points[-1].left).split(","),
        evenly=f"{at(first, points[0].evenly)} {at(due, 0)}",
        across=[(across(day), day) for day in dict.fromkeys((first, due, last))],
        up=upward.lines(),
    )

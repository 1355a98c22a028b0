"""The burn-down of a campaign as SVG: what is left, beside what would be left if it went evenly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.oversight.campaigns import Point
from services.web.kit.charts import HEIGHT, WIDTH, scale

_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 16, 12, 34


@dataclass(frozen=True, slots=True)
class BurnDown:
    """The line of what is left with its end, the straight line to the day due, and the axes."""

    left_line: str
    end: list[str]
    evenly: str
    across: list[tuple[float, date]]
    up: list[tuple[float, int]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    floor: int = HEIGHT - _BOTTOM


def burn_down(points: Sequence[Point], due: date) -> BurnDown:
    """The chart of a campaign's points, from its first day to the later of the last and its due."""
    first, last = points[0].on, max(points[-1].on, due)
    days = max((last - first).days, 1)
    top, step = scale(max(int(point.evenly) for point in points))
    wide, high = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM

    def at(day: date, number: float) -> str:
        return f"{x(day)},{round(_TOP + high * (1 - number / top), 1)}"

    def x(day: date) -> float:
        return round(_LEFT + wide * (day - first).days / days, 1)

    marked = dict.fromkeys((first, due, last))
    return BurnDown(
        " ".join(at(point.on, point.left) for point in points),
        at(points[-1].on, points[-1].left).split(","),
        f"{at(first, points[0].evenly)} {at(due, 0)}",
        [(x(day), day) for day in marked],
        [(round(_TOP + high * (1 - n / top), 1), n) for n in range(0, top + 1, step)],
    )

"""Reds that a policy adds and takes away, week by week, as SVG. Geometry only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.axes import Framed, Upward, x


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChart(Framed):
    """The lines of what turns red and of what is red no more, and their points for the table."""

    turn_red: str
    no_longer_red: str
    points: Sequence[tuple[date, int, int]]


def reds_that_differ(points: Sequence[tuple[date, int, int]]) -> PolicyChart:
    """The chart of a day of each week: how many turn red on it, and how many are red no more."""
    upward, last = Upward(max(max(one, other) for _, one, other in points)), len(points) - 1

    def line(numbers: Iterable[int]) -> str:
        return " ".join(
            f"{x(place, max(last, 1))},{upward.y(number)}" for place, number in enumerate(numbers)
        )

    return PolicyChart(
        turn_red=line(one for _, one, _ in points),
        no_longer_red=line(other for _, _, other in points),
        points=points,
        across=[(x(n, max(last, 1)), on) for n, (on, _, _) in enumerate(points) if n % 13 == 0],
        up=upward.lines(),
    )

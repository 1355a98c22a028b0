"""Reds week by week under two policies as SVG. Geometry only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.axes import Framed, Upward, x


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChart(Framed):
    """The lines under the policy in force and under the other, and their points for the table."""

    in_force: str
    tried: str
    points: list[tuple[date, int, int]]


def reds_under_both(reds: Mapping[str, Sequence[int]]) -> PolicyChart:
    """The chart of the reds on a day of each week: under the policy in force, and the other."""
    points = sorted((date.fromisoformat(day), one, other) for day, (one, other) in reds.items())
    upward, last = Upward(max(max(one, other) for _, one, other in points)), len(points) - 1

    def line(numbers: Iterable[int]) -> str:
        return " ".join(
            f"{x(place, max(last, 1))},{upward.y(number)}" for place, number in enumerate(numbers)
        )

    return PolicyChart(
        in_force=line(one for _, one, _ in points),
        tried=line(other for _, _, other in points),
        points=points,
        across=[(x(n, max(last, 1)), on) for n, (on, _, _) in enumerate(points) if n % 13 == 0],
        up=upward.lines(),
    )

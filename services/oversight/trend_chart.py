"""Reds by concern over time as SVG, for the overview and for the analysis. Geometry only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schemas.status import Concern
from services.assessment.rules import CONCERNS
from services.axes import Framed, Turn, Upward, x
from services.oversight.policies_in_force import PolicyBegan
from services.oversight.summary import Point


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a line: where it is, its day and its number, and whether its mark is drawn."""

    x: float
    y: float
    on: date
    number: int
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One concern's line: distinguished by its dashes and its mark, not by colour alone."""

    concern: Concern
    points: str
    marks: list[Mark]
    dashes: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart(Framed):
    """Lines over time with their axes, and the points for the table."""

    lines: list[Line]
    points: Sequence[Point]


def reds_over_time(points: Sequence[Point], begun: Sequence[PolicyBegan] = ()) -> LineChart:
    """The line chart of reds by concern, with the policies that began meanwhile."""
    concerns = [c for c in Concern if points and c in points[0].red]
    most = max((number for point in points for number in point.red.values()), default=0)
    upward, last = Upward(most), max(len(points) - 1, 1)
    days = max((points[-1].on - points[0].on).days, 1) if points else 1
    return LineChart(
        lines=[
            Line(
                concern,
                " ".join(f"{x(i, last)},{upward.y(p.red[concern])}" for i, p in enumerate(points)),
                [
                    Mark(
                        x(i, last),
                        upward.y(p.red[concern]),
                        p.on,
                        p.red[concern],
                        is_drawn=i % 5 == 0 or i == len(points) - 1,
                    )
                    for i, p in enumerate(points)
                ],
                CONCERNS[concern].dashes,
                CONCERNS[concern].mark,
            )
            for concern in concerns
        ],
        across=[(x(i, last), p.on) for i, p in enumerate(points) if i % 5 == 0],
        up=upward.lines(),
        turns=[Turn(x((it.on - points[0].on).days, days), it.on, it.name) for it in begun],
        points=points,
    )

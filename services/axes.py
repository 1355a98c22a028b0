"""The frame of a chart as SVG: numbers go up, days or places across. Geometry only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

_WIDTH, _HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 16, 12, 34

BREADTH, HIGH = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
"""How broad and how high what is drawn can be."""


class Turn(NamedTuple):
    """A day on which another policy began, and where it is across."""

    x: float
    on: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """What every chart has: the numbers of its lines, and the days beneath, each where it is.

    `turns` are days on which another policy began.
    """

    up: list[tuple[float, int]]
    across: list[tuple[float, date]]
    turns: Sequence[Turn] = ()
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT
    floor: int = _HEIGHT - _BOTTOM


class Upward:
    """The scale upward, from 0 to a round number that is `most` or more."""

    def __init__(self, most: int) -> None:
        self.top, self._step = _round(most)

    def y(self, number: float) -> float:
        """Where a number is."""
        return round(_TOP + HIGH * (1 - number / self.top), 1)

    def height(self, number: float) -> float:
        """How high a bar of a number is."""
        return round(HIGH * number / self.top, 1)

    def lines(self) -> list[tuple[float, int]]:
        """The numbers that have a line, and where."""
        return [(self.y(number), number) for number in range(0, self.top + 1, self._step)]


def x(place: float, of: float) -> float:
    """Where a place is across, from 0 at the left to `of` at the right."""
    return round(_LEFT + BREADTH * place / of, 1)


def _round(most: int) -> tuple[int, int]:
    """The top of the scale and its step, in round numbers."""
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000):
        if most <= step * 5:
            return max(step * -(-most // step), step), step
    step = 10 ** len(str(most))
    return step, step

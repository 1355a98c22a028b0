"""Figures to one decimal place, shown as no better than they are.

What falls short of a target by a little does not look met.
"""

from math import ceil, floor
from typing import Literal

Better = Literal["more", "fewer"]
"""Which way a figure is better."""


def to_one_place(value: float, better: Better) -> float:
    """A figure to one place: down where more is better, else up."""
    # Nine places tell what the figure is from what adding floating numbers makes of it.
    tenths = round(value * 10, 9)
    return (floor(tenths) if better == "more" else ceil(tenths)) / 10

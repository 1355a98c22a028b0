"""Runs of red by the rules: since when, when each was first known here, from when it climbs.

Source: docs/rules.md, section 8.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from schemas.policy import Policy
from schemas.status import Concern, Period, Rag
from services.assessment.temporal import FOREVER

FirstKnownRed = Callable[[Concern, int, int], int | None]
"""For a run of red (concern, first day, day after the last; ordinals): the first of its days by
whose end what was stored here made it red; None where none was."""


class Red(NamedTuple):
    """A run of red that the rules give: its first day, when it was known, from when it climbs."""

    start: int
    known: int
    clock: int


def runs_of_red(
    periods: Sequence[Period], policy: Policy, first_known_red: FirstKnownRed
) -> list[Red | None]:
    """For each period the run of red, by the rules, that it is part of."""
    reds: list[Red | None] = [None] * len(periods)
    place = 0
    while place < len(periods):
        first = place
        while place < len(periods) and periods[place].rule_rag is Rag.RED:
            place += 1
        if first == place:
            place += 1
            continue
        run = _red(periods[first], periods[place - 1], policy, first_known_red)
        reds[first:place] = [run] * (place - first)
    return reds


def _red(first: Period, last: Period, policy: Policy, first_known_red: FirstKnownRed) -> Red:
    start = first.start.toordinal()
    end = last.end.toordinal() if last.end else FOREVER
    known = first_known_red(first.concern, start, end)
    if known is None:
        return Red(start, FOREVER, FOREVER)
    live_from = policy.live_from
    clock = max(start, known, live_from.toordinal() if live_from else 0)
    return Red(start, known, clock)

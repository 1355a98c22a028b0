"""A value over time, and a day that remembers for how long its answers hold.

Days are proleptic ordinals (`date.toordinal`): whole numbers that can be added to without ever
running out of calendar.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

FOREVER = 100_000_000
"""A day after every other."""

_LAST_DAY = date.max.toordinal()


@lru_cache(maxsize=65_536)
def as_date(day: int) -> date | None:
    """The calendar date of an ordinal; None for one that never comes."""
    return date.fromordinal(day) if 1 <= day <= _LAST_DAY else None


class AsOf:
    """One day on which questions are asked.

    Every comparison with another day goes through here, and moves `until` to the first later day
    on which its answer may be another. So whatever was concluded on `day` holds up to `until`.
    """

    __slots__ = ("day", "until")

    def __init__(self, day: int) -> None:
        self.day = day
        self.until = FOREVER

    def reached(self, other: int) -> bool:
        """Whether this day is `other` or later."""
        if other <= self.day:
            return True
        if other < self.until:  # noqa: PLR1730 (asked a million times: a call would show)
            self.until = other
        return False

    def more_than(self, days: int, since: int) -> bool:
        """Whether n > days, where n counts from `since`, which is day 0."""
        return self.reached(since + days + 1)

    def within(self, days: int, since: int) -> bool:
        """Whether 0 <= n <= days, where n counts from `since`, which is day 0."""
        return self.reached(since) and not self.reached(since + days + 1)


class Temporal(Generic[T]):
    """A value that changes on certain days; `before` holds until the first of them.

    Steps are given in the order in which they hold: of two on one day, the last.
    """

    __slots__ = ("before", "days", "values")

    def __init__(self, before: T, steps: Iterable[tuple[int, T]] = ()) -> None:
        self.before = before
        self.days: list[int] = []
        self.values: list[T] = []
        for day, value in steps:
            if self.days and self.days[-1] == day:
                self.values[-1] = value
            else:
                self.days.append(day)
                self.values.append(value)

    def on(self, asked: AsOf) -> T:
        """The value on that day."""
        days = self.days
        if not days:
            return self.before
        place = bisect_right(days, asked.day)
        if place < len(days) and days[place] < asked.until:
            asked.until = days[place]
        return self.values[place - 1] if place else self.before

"""Working days, months and birthdays, as law and guidance count them."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib import import_module

from services.assessment.temporal import FOREVER, as_date

_LAST_YEAR = date.max.year
_SATURDAY = 5


@lru_cache(maxsize=16_384)
def birthday(born: date, years: int) -> int:
    """The day on which someone becomes that many years old; born 29 February, 1 March."""
    year = born.year + years
    if year > _LAST_YEAR:
        return FOREVER
    try:
        return born.replace(year=year).toordinal()
    except ValueError:
        return date(year, 3, 1).toordinal()


@lru_cache(maxsize=4096)
def months_on(start: int, months: int) -> int:
    """The same day of the month that many calendar months on, or that month's last."""
    begun = as_date(start)
    if begun is None:
        return FOREVER
    year, month = divmod(begun.year * 12 + begun.month - 1 + months, 12)
    if year > _LAST_YEAR:
        return FOREVER
    return date(year, month + 1, min(begun.day, monthrange(year, month + 1)[1])).toordinal()


@lru_cache(maxsize=256)
def _england(year: int) -> frozenset[date]:
    # Read in when it is asked for: it takes longer than most commands, which need none of it.
    # Whoever must answer at once asks before (`working_days_are_known`).
    holidays = import_module("holidays")
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date, extra_holidays: Iterable[date] = ()) -> bool:
    """Monday to Friday and no bank holiday in England, nor one that the policy adds."""
    return day.weekday() < _SATURDAY and day not in _england(day.year) and day not in extra_holidays


@lru_cache(maxsize=65_536)
def working_days_on(start: int, count: int, extra_holidays: frozenset[date] = frozenset()) -> int:
    """The day on which that many working days have passed since `start`, which is not counted."""
    if count <= 0:
        return start
    on = as_date(start)
    year = on.year if on else _LAST_YEAR + 1
    while year <= _LAST_YEAR:
        days = _working_days(year, extra_holidays)
        begin = bisect_right(days, start)
        if begin + count <= len(days):
            return days[begin + count - 1]
        count -= len(days) - begin
        year += 1
    return FOREVER


def working_days_are_known(day: date) -> None:
    """Read in the bank holidays around a day, so that the first who asks need not wait for them."""
    working_days_on(day.toordinal(), 1)


def working_days_between(
    since: date, day: date, extra_holidays: frozenset[date] = frozenset()
) -> int:
    """How many working days have passed since a day, which is not counted, up to another."""
    years = range(since.year, day.year + 1)
    days = [one for year in years for one in _working_days(year, extra_holidays)]
    return max(bisect_right(days, day.toordinal()) - bisect_right(days, since.toordinal()), 0)


@lru_cache(maxsize=256)
def _working_days(year: int, extra_holidays: frozenset[date]) -> list[int]:
    """The working days of a year, as ordinals."""
    first, after = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1
    return [
        day for day in range(first, after) if is_working_day(date.fromordinal(day), extra_holidays)
    ]

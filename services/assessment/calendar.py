"""Working days, months and birthdays, as law and guidance count them."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import holidays

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
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date, extra_holidays: Iterable[date] = ()) -> bool:
    """Monday to Friday and no bank holiday in England, nor one that the policy adds."""
    return day.weekday() < _SATURDAY and day not in _england(day.year) and day not in extra_holidays


@lru_cache(maxsize=65_536)
def working_days_on(start: int, count: int, extra_holidays: frozenset[date] = frozenset()) -> int:
    """The day on which that many working days have passed since `start`, which is not counted."""
    day = start
    while count > 0:
        day += 1
        on = as_date(day)
        if on is None:
            return FOREVER
        if is_working_day(on, extra_holidays):
            count -= 1
    return day

"""Days as the rules count them: months on, birthdays, working days."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import cache

import holidays

ONE_DAY = timedelta(days=1)
BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG")


def months_on(start: date, months: int) -> date:
    """So many calendar months on: the same day of the month, or its last."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


@cache
def working_day(start: date, number: int) -> date:
    """The nth working day from a day is the nth after it."""
    day = start
    while number > 0:
        day += ONE_DAY
        if day.weekday() < 5 and day not in BANK_HOLIDAYS:
            number -= 1
    return day


def age_in_years(born: date, day: date) -> int:
    """Years from birth to a day; 29 February comes round on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    """The first day on which somebody is so many years old."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)

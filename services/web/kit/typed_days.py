"""A day as people type it, in three fields.

The month is a number or a name, the year is whole or its last two digits.
"""

import calendar
from datetime import date

_SHORTEST = 3
"""Letters by which a month is known."""

_CENTURY = 2000
"""A year of two digits is of this century: nothing here is about another."""


def typed_day(day: str, month: str, year: str) -> date | None:
    """The day that is meant; None where it is no day of the calendar."""
    numbers = [_number(day), _month(month), _year(year)]
    if None in numbers:
        return None
    on, of, in_ = (int(number or 0) for number in numbers)
    try:
        return date(in_, of, on)
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def _month(text: str) -> int | None:
    word = text.casefold()
    if len(word) >= _SHORTEST and word.isalpha():
        for number, name in enumerate(calendar.month_name):
            if number and name.casefold().startswith(word):
                return number
        return None
    return _number(text)


def _year(text: str) -> int | None:
    number = _number(text)
    if number is None or len(text) not in (2, 4):
        return None
    return number + _CENTURY if len(text) == 2 else number

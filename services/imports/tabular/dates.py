"""Dates as files write them."""

import re
from datetime import date
from functools import lru_cache

_BRITISH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?Z?$")

RIGHT = "a day of the calendar, written DD/MM/YYYY or YYYY-MM-DD"
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@lru_cache(maxsize=100_000)
def day_told(text: str) -> date | None:
    """The day that a cell tells: 31/03/2026 or 2026-03-31, with or without a time of midnight.

    Raises:
        ValueError: it tells none; None is for an empty cell.
    """
    told = _MIDNIGHT.sub("", text.strip())
    if not told:
        return None
    if found := _BRITISH.fullmatch(told):
        day, month, year = map(int, found.groups())
    elif found := _ISO.fullmatch(told):
        year, month, day = map(int, found.groups())
    else:
        raise ValueError(RIGHT)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(RIGHT)
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(RIGHT) from None


def iso(told: str) -> str:
    """A day as text that can be compared; empty where none can be read."""
    try:
        day = day_told(told)
    except ValueError:
        return ""
    return day.isoformat() if day else ""


_TIME_OF_DAY = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})[ T]\d{1,2}:\d{2}\S*( [AP]M)?")


def without_time(cell: str) -> str:
    """A cell of a database's extract: a date keeps its day, and loses its time of day."""
    found = _TIME_OF_DAY.fullmatch(cell.strip())
    return found[1] if found else cell

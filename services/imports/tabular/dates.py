"""Dates as files write them."""

import re
from datetime import date
from functools import lru_cache

_BRITISH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?Z?$")

DAY_FORMAT = "a day of the calendar, written DD/MM/YYYY or YYYY-MM-DD"
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@lru_cache(maxsize=100_000)
def parse_day(text: str) -> date | None:
    """The day in a cell: 31/03/2026 or 2026-03-31, with or without a time of midnight.

    None is for an empty cell.

    Raises:
        ValueError: it is not a day; the message says what would be right.
    """
    cell = _MIDNIGHT.sub("", text.strip())
    if not cell:
        return None
    if found := _BRITISH.fullmatch(cell):
        day, month, year = map(int, found.groups())
    elif found := _ISO.fullmatch(cell):
        year, month, day = map(int, found.groups())
    else:
        raise ValueError(DAY_FORMAT)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(DAY_FORMAT)
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(DAY_FORMAT) from None


def iso(cell: str) -> str:
    """The day in a cell as ISO 8601 text; empty where it has none that can be read."""
    try:
        day = parse_day(cell)
    except ValueError:
        return ""
    return day.isoformat() if day else ""


_TIME_OF_DAY = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})[ T]\d{1,2}:\d{2}\S*( [AP]M)?")


def without_time(cell: str) -> str:
    """A cell without the time of day that databases add to a date."""
    match = _TIME_OF_DAY.fullmatch(cell.strip())
    return match[1] if match else cell

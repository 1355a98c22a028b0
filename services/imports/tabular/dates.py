"""Dates as files write them, with or without a time of day."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

from schemas.days import london_day

_BRITISH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIMED = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4})(?:T|\s+)"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AP]M)?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
"""A date with a time of day, as Excel, report servers and databases write it."""

DAY_FORMAT = "a day of the calendar, written DD/MM/YYYY or YYYY-MM-DD"
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@lru_cache(maxsize=100_000)
def parse_day(text: str) -> date | None:
    """The day in a cell: 31/03/2026 or 2026-03-31; a time of day beside it is left aside.

    A time with an offset from UTC is a moment: its day is that in London. None is for an empty
    cell.

    Raises:
        ValueError: it is not a day; the message says what would be right.
    """
    cell = text.strip()
    if not cell:
        return None
    if timed := _TIMED.fullmatch(cell):
        return _day_of_moment(timed)
    return _calendar_day(cell)


def _calendar_day(cell: str) -> date:
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


def _day_of_moment(timed: re.Match[str]) -> date:
    day = _calendar_day(timed["day"])
    hour, half = int(timed["hour"]), (timed["half"] or "").upper()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(DAY_FORMAT)
        hour = hour % 12 + (12 if half == "PM" else 0)
    minute, second = int(timed["minute"]), int(timed["second"] or 0)
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError(DAY_FORMAT)
    zone = (timed["zone"] or "").upper()
    if not zone:
        return day
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=_offset(zone))
    return london_day(moment)


def _offset(zone: str) -> timezone:
    if zone in ("Z", "UTC"):
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError(DAY_FORMAT)
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if zone[0] == "-" else ahead)


def iso(cell: str) -> str:
    """The day in a cell as ISO 8601 text; empty where it has none that can be read."""
    try:
        day = parse_day(cell)
    except ValueError:
        return ""
    return day.isoformat() if day else ""


def without_time(cell: str) -> str:
    """A cell without the time of day that databases add to a date; any other cell as it is."""
    return iso(cell) or cell if _TIMED.fullmatch(cell.strip()) else cell

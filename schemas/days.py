"""Days and times as the contract writes them.

A day is an ISO 8601 calendar date and means a day in Europe/London. A time is RFC 3339 and is kept
in UTC.
"""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

LONDON = ZoneInfo("Europe/London")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_MIDNIGHT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[Tt ]"
    r"(?:(?:00:00|23:00)(?::00(?:\.0+)?)?(?P<offset>[Zz]|[+-]\d{2}:\d{2})"
    r"|00:00(?::00(?:\.0+)?)?)",
    re.ASCII,
)
"""A day as a moment at its beginning; in summer London's midnight is 23:00 UTC."""
_LEAP_SECOND = re.compile(r"(?<=:\d\d):60(?=[.Zz+-])", re.ASCII)


def london_day(moment: datetime) -> date:
    """The calendar day in Europe/London on which a moment falls."""
    try:
        return moment.astimezone(LONDON).date()
    except OverflowError:  # within hours of the year 1 or the end of the year 9999
        return moment.date()


def end_of_day(day: date) -> datetime:
    """The last moment of a day in Europe/London, in UTC."""
    return datetime.combine(day, time.max, LONDON).astimezone(UTC)


def plain_day(day: date) -> str:
    """A day as GOV.UK writes it: 3 March 2026."""
    return f"{day.day} {day:%B} {day.year}"


def plain_moment(moment: datetime) -> str:
    """A moment in London, to the minute: 3 March 2026, 14:05."""
    local = moment.astimezone(LONDON)
    return f"{plain_day(local.date())}, {local:%H:%M}"


def read_day(value: Any) -> date:
    """Read a calendar date such as 2026-11-20, also one that a system wrote as midnight.

    With an offset from UTC it is the London day of that moment.

    Raises:
        PydanticCustomError: for anything else; the message says what would be right.
    """
    if type(value) is date:
        return value
    if isinstance(value, str) and (midnight := _MIDNIGHT.fullmatch(value.strip())):
        value = midnight["day"]
        if midnight["offset"] and (moment := _moment(midnight[0])) is not None:
            value = london_day(moment).isoformat()
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError(
                "calendar_date", "there is no such day; write a day of the calendar as YYYY-MM-DD"
            ) from None
    raise PydanticCustomError(
        "calendar_date", "a date is written YYYY-MM-DD, such as 2026-11-20, in quotes"
    )


def read_time(value: Any) -> datetime:
    """Read an RFC 3339 time with its offset, such as 2026-11-20T09:30:00Z, into UTC.

    Raises:
        PydanticCustomError: for anything else; the message says what would be right.
    """
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if isinstance(value, str) and _TIME.fullmatch(value):
        moment = _moment(value)
        if moment is not None:
            return moment
    raise PydanticCustomError(
        "rfc3339",
        "a time is written as RFC 3339 has it, with its offset, such as 2026-11-20T09:30:00Z",
    )


def _moment(text: str) -> datetime | None:
    """A moment in UTC; a leap second is the second before it. None where there is no such one."""
    try:
        moment = datetime.fromisoformat(_LEAP_SECOND.sub(":59", text.upper()))
    except ValueError:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # within hours of the year 1 or the end of the year 9999
        return moment.replace(tzinfo=UTC)


Day = Annotated[
    date,
    BeforeValidator(read_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-20"]}),
]
"""A calendar date, ISO 8601."""

Time = Annotated[
    datetime,
    BeforeValidator(read_time),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An RFC 3339 time, kept in UTC."""

"""Days and times as the contract writes them.

A day is an ISO 8601 calendar date and means a day in Europe/London. A time is RFC 3339 and is kept
in UTC.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

LONDON = ZoneInfo("Europe/London")

_FIRST_YEAR, _LAST_YEAR = 1900, 9000
"""Years in which a source can have recorded something; others are slips."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def london_day(moment: datetime) -> date:
    """The calendar day in Europe/London on which a moment falls."""
    return moment.astimezone(LONDON).date()


def plain_day(day: date) -> str:
    """A day as GOV.UK writes it: 3 March 2026."""
    return f"{day.day} {day:%B} {day.year}"


def read_day(value: Any) -> date:
    """Read a calendar date such as 2026-11-20.

    Raises:
        PydanticCustomError: for anything else; the message says what would be right.
    """
    if type(value) is date:
        return value
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
        try:
            moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
            if _FIRST_YEAR <= moment.year <= _LAST_YEAR:
                return moment
        except (ValueError, OverflowError):
            pass
    raise PydanticCustomError(
        "rfc3339",
        "a time is written as RFC 3339 has it, with its offset, such as 2026-11-20T09:30:00Z",
    )


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

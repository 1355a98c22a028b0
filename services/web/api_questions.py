"""What the API is asked: the day, the time, and where the next page begins."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import UTC, datetime

from fastapi import HTTPException
from pydantic_core import PydanticCustomError

from schemas.days import read_day, read_time
from schemas.status import Concern
from services.assessment.stretch import Stretch
from services.web.kit.day_asked import DayAsked, day_asked


def day_of(value: str, name: str) -> DayAsked:
    """The day that is asked about.

    Raises:
        HTTPException: 422, the date cannot be meant.
    """
    try:
        return DayAsked(name, read_day(value) if value else None, "", {})
    except PydanticCustomError:
        asked = day_asked({name: value}, name)
    if asked.fault:
        raise HTTPException(422, f"{name} is {value!r}: {asked.fault}.")
    return asked


def time_of(value: str) -> datetime | None:
    """The time that is asked about; None without.

    Raises:
        HTTPException: 422, it is no time.
    """
    try:
        return read_time(value).astimezone(UTC) if value else None
    except PydanticCustomError as error:
        raise HTTPException(422, f"known_at is {value!r}: {error.message()}.") from error


def write_cursor(stretch: Stretch) -> str:
    """What the next page is asked for by."""
    return urlsafe_b64encode(f"{stretch.concern}\x1f{stretch.person}".encode()).decode()


def read_cursor(cursor: str) -> tuple[str, str]:
    """The person and concern after which the next page begins.

    Raises:
        HTTPException: 422, it is no cursor of ours.
    """
    if not cursor:
        return "", ""
    try:
        concern, mark, person = urlsafe_b64decode(cursor.encode()).decode().partition("\x1f")
    except (Base64Error, ValueError):
        concern, mark, person = "", "", ""
    if not mark or concern not in list(Concern):
        raise HTTPException(422, "cursor must be `next` of the page before, unchanged.")
    return person, concern

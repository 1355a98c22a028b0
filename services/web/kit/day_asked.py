"""The day that a page is asked about: as day, month and year, or as an ISO date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic_core import PydanticCustomError

from schemas.days import plain_day, read_day

_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_PARTS = ("day", "month", "year")
_EXAMPLE = "27 3 2026"


@dataclass(frozen=True, slots=True)
class DayAsked:
    """A day as somebody asked for it.

    Attributes:
        name: the name of its field, such as `as_at`.
        day: the day; None where none was asked for, or none that could be meant.
        fault: what is wrong with what was asked for, in a sentence; empty where nothing is.
        typed: what was typed into the fields `day`, `month` and `year`.
    """

    name: str
    day: date | None
    fault: str
    typed: Mapping[str, str]

    @property
    def query(self) -> dict[str, str]:
        """The same day as a part of an address."""
        return {self.name: self.day.isoformat()} if self.day else {}


def day_asked(query: Mapping[str, str], name: str) -> DayAsked:
    """The day that an address asks for by `name`, `name-day`, `name-month` and `name-year`.

    `name` alone takes an ISO date, or day, month and year with spaces, slashes or dots between.
    """
    typed = {part: query.get(f"{name}-{part}", "").strip() for part in _PARTS}
    whole = query.get(name, "").strip()
    if whole and not any(typed.values()):
        typed = _parts_of(whole)
    if not any(typed.values()):
        return DayAsked(name, None, "", typed)
    lacking = [part for part in _PARTS if not typed[part]]
    if lacking:
        return DayAsked(name, None, f"The date must include a {' and a '.join(lacking)}", typed)
    found = _date_of(typed)
    if found is None:
        shown = " ".join(typed.values())
        return DayAsked(name, None, f"{shown} is no real date; write one such as {_EXAMPLE}", typed)
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        fault = f"{plain_day(found)} must be between {_FIRST_YEAR} and {_LAST_YEAR}"
        return DayAsked(name, None, fault, typed)
    return DayAsked(name, found, "", typed)


def _parts_of(whole: str) -> dict[str, str]:
    """Day, month and year of a date in one field; all of it as the day where it is none."""
    try:
        found = read_day(whole)
    except PydanticCustomError:
        parts = whole.replace("/", " ").replace(".", " ").split()
        if len(parts) == len(_PARTS):
            return dict(zip(_PARTS, parts, strict=True))
        return {"day": whole[:40], "month": "?", "year": "?"}
    return {"day": str(found.day), "month": str(found.month), "year": str(found.year)}


def _date_of(typed: Mapping[str, str]) -> date | None:
    day, month, year = (typed[part] for part in _PARTS)
    if not all(part.isascii() and part.isdigit() for part in (day, month, year)):
        return None
    try:
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        return None

"""The day that a request asks for: as day, month and year, or as an ISO date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic_core import PydanticCustomError

from schemas.days import plain_day, read_day
from services.web.kit.typed_days import typed_day

_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_FIELDS = ("day", "month", "year")
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
        """The same day as a query parameter."""
        return {self.name: self.day.isoformat()} if self.day else {}


def day_asked(query: Mapping[str, str], name: str) -> DayAsked:
    """The day that an address asks for by `name`, `name-day`, `name-month` and `name-year`.

    `name` alone takes an ISO date, or day, month and year with spaces, slashes or dots between.
    """
    typed = {field: query.get(f"{name}-{field}", "").strip() for field in _FIELDS}
    whole = query.get(name, "").strip()
    if whole and not any(typed.values()):
        typed = _fields_of(whole)
    if not any(typed.values()):
        return DayAsked(name, None, "", typed)
    lacking = [field for field in _FIELDS if not typed[field]]
    if lacking:
        return DayAsked(name, None, f"The date must include a {' and a '.join(lacking)}", typed)
    found = typed_day(typed["day"], typed["month"], typed["year"])
    if found is None:
        shown = " ".join(typed.values())
        return DayAsked(name, None, f"{shown} is no real date; write one such as {_EXAMPLE}", typed)
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        fault = f"{plain_day(found)} must be between {_FIRST_YEAR} and {_LAST_YEAR}"
        return DayAsked(name, None, fault, typed)
    return DayAsked(name, found, "", typed)


def _fields_of(whole: str) -> dict[str, str]:
    """Day, month and year of a date in one field; all of it as the day where it is none."""
    try:
        found = read_day(whole)
    except PydanticCustomError:
        values = whole.replace("/", " ").replace(".", " ").split()
        if len(values) == len(_FIELDS):
            return dict(zip(_FIELDS, values, strict=True))
        return {"day": whole[:40], "month": "?", "year": "?"}
    return {"day": str(found.day), "month": str(found.month), "year": str(found.year)}

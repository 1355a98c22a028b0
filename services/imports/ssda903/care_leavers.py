"""Care leavers (OC3): where they lived on a day of the year, and whether they are in touch."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from schemas.codes import ACTIVITIES
from schemas.collection_year import CollectionYear
from services.assessment.calendar import birthday
from services.imports.ssda903.cells import Cells
from services.imports.ssda903.episodes import STARTS_CARE, Episode
from services.imports.tabular.faults import Became
from services.imports.tabular.layouts import Row
from services.sources.statements import Statement

_IN_TOUCH = {
    "YES": "yes",
    "NO": "no",
    "DIED": "died",
    "REFU": "refused",
    "NREQ": "not_required",
    "RHOM": "returned_home",
}
_EDUCATION = {"F1": "higher", "F2": "further"}
_YOUNGEST, _LAST_BIRTHDAY, _OLDEST = 17, 21, 25
_ADULT = 18
_NOTHING_MORE = ("DIED", "RHOM")
"""With these the department asks for no activity and no accommodation."""


def day_of(born: date | None, year: CollectionYear) -> tuple[date, int | None]:
    """The day that an OC3 row is about, and the age on it.

    The birthday in the year up to 21; from 22 the latest contact, which was by the year's last day.
    """
    if born is None:
        return year.last_day, None
    turned = _birthday(born, year)
    age = turned.year - born.year
    return (turned if age <= _LAST_BIRTHDAY else year.last_day), age


def _birthday(born: date, year: CollectionYear) -> date:
    for calendar_year in (year.begins, year.begins + 1):
        turned = date.fromordinal(birthday(born, calendar_year - born.year))
        if year.first_day <= turned <= year.last_day:
            return turned
    raise AssertionError("every year has every birthday")


def looked_after_on(day: date, episodes: Sequence[Episode]) -> bool:
    """Whether the child was in care on a day; a first episode other than S had started before."""
    started = [episode for episode in episodes if episode.start <= day]
    if not started:
        return bool(episodes) and episodes[0].reason != STARTS_CARE
    last = started[-1]
    return not (last.ends_care and last.end is not None and last.end <= day)


def care_leaver_statements(
    row: Row, born: date | None, cells: Cells, episodes: Sequence[Episode]
) -> Iterator[Statement]:
    """The statements of an OC3 row. Without a date of birth the worse is assumed: under 18."""
    child = row["CHILD"]
    day, age = day_of(born, cells.year)
    if age is not None and not _YOUNGEST <= age <= _OLDEST:
        expected = f"OC3 is for young people of 17 to 25; this one is {age}"
        cells.fault(row, "DOB", expected, Became.KEPT)
    person: dict[str, Any] = {"date": str(day)}
    if age is None:
        expected = "the date of birth; without it the young person counts as under 18"
        cells.fault(row, "DOB", expected, Became.KEPT)
    if age is None or age < _ADULT:
        looked_after = looked_after_on(day, episodes)
        person["eligibility"] = "eligible" if looked_after else "relevant"
    else:
        person["eligibility"] = "former_relevant"
    touch, activity = cells.code(row, "IN_TOUCH"), cells.code(row, "ACTIV")
    letter, suitable = cells.accommodation(row)
    if touch:
        person["in_touch"] = _IN_TOUCH[touch]
    if activity == "0":  # not known: what an earlier return said holds no more
        person |= {"full_time_education": None, "activity": None}
    elif activity:
        person["full_time_education"] = _EDUCATION.get(activity, "none")
        # F3 and P3 are in no return of today.
        person["activity"] = activity if activity in ACTIVITIES else None
    yield Statement("person.updated", person)
    if touch in _NOTHING_MORE and letter:
        expected = f"0, where IN_TOUCH is {touch}"
        cells.fault(row, "ACCOM", expected, Became.KEPT)
    if letter:
        accommodation: dict[str, Any] = {
            "accommodation_id": f"{child}-{cells.year.begins + 1}",
            "date": str(day),
            "date_basis": "by_this_date",
            "code": letter,
        }
        if suitable is not None:
            accommodation["suitable"] = suitable
        yield Statement("accommodation.started", accommodation)

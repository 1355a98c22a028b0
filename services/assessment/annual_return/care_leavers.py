"""The care leavers of the annual return (OC3): who is returned in which year, and with what.

Source: DfE, guide to the SSDA903 collection, OC3, and methodology of Children looked after in
England; docs/rules.md, section 7e.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemas.codes import ACCOMMODATION, ACTIVITIES
from schemas.collection_year import CollectionYear, year_of
from services.assessment.annual_return.entries import CareLeaverEntry, ReturnFault, Suitability
from services.assessment.annual_return.flaws import Flaw, Flawed, faults_of
from services.assessment.calendar import birthday
from services.assessment.day import Day
from services.assessment.facts import Dwelling, Facts
from services.assessment.leaving_care import NOBODY_LEFT, last_care_ended
from services.assessment.rulebook import Rulebook
from services.assessment.rules.dwelling_on_day import ABROAD, Home
from services.assessment.rules.dwelling_on_day import WHEREABOUTS_UNKNOWN as WHEREABOUTS
from services.assessment.temporal import FOREVER, as_date

YOUNGEST, LAST_BIRTHDAY, OLDEST = 17, 21, 25
"""Returned from 17 to 25: to 21 as on the birthday, from 22 on as on the latest day of the year."""

_CARE_FROM, _STILL_FROM = 14, 16
_DAYS_IN_CARE = 91
"""13 weeks in care since the 14th birthday, some of them after the 16th (check 1001)."""

_IN_TOUCH = {
    "yes": "YES",
    "no": "NO",
    "refused": "REFU",
    "not_required": "NREQ",
    "returned_home": "RHOM",
    "died": "DIED",
}
NOTHING_MORE = frozenset({"DIED", "RHOM"})
"""With these the return asks for no activity and no accommodation (check 344)."""
_NOT_IN_TOUCH = frozenset({"NO", "REFU", "NREQ"})
"""With these, 0 says that it is not known."""
_FULL_TIME = {"higher": "F1", "further": "F2"}
_LEFT = frozenset({"relevant", "former_relevant"})
_NOT_LEFT = frozenset({"qualifying", "none"})
_NOT_COUNTED = ABROAD | {WHEREABOUTS}
_FOYER, _FORMER_CARER = "T", "Z"
_ADULT = 18
_YEARS_OF_SUPPORT = 9


@dataclass(frozen=True, slots=True)
class _Row:
    """What would be sent of somebody on a day."""

    in_touch: str
    activity: str
    accommodation: str
    suitability: Suitability
    flaws: tuple[Flaw, ...]


def care_leavers(
    facts: Facts, rulebook: Rulebook
) -> tuple[list[CareLeaverEntry], list[ReturnFault]]:
    """Every row of a young person in any year's return, and what is wrong with each."""
    entries: list[CareLeaverEntry] = []
    flawed: list[Flawed] = []
    for year, age, turned in _years(facts):
        on_birthday = age is not None and age <= LAST_BIRTHDAY
        for start, until, row in _year(facts, rulebook, year, age, turned):
            begun = as_date(start)
            if begun is None:
                break
            entry = CareLeaverEntry(
                person=facts.person,
                year=year.begins,
                start=begun,
                until=as_date(until),
                age=age,
                about=as_date(turned) if on_birthday else None,
                born=facts.born,
                in_touch=row.in_touch,
                activity=row.activity,
                accommodation=row.accommodation,
                suitability=row.suitability,
            )
            _add(entries, flawed, entry, row)
    return entries, faults_of(facts.person, "care_leavers", flawed)


def _years(facts: Facts) -> Iterator[tuple[CollectionYear, int | None, int]]:
    """The years in which somebody may be returned: with the age and the birthday of each."""
    told = next((on for on in facts.eligibility.days), FOREVER)
    if not facts.care and told == FOREVER:
        return
    if facts.born is not None:
        for age in range(YOUNGEST, OLDEST + 1):
            turned = birthday(facts.born, age)
            on = as_date(turned)
            if on is not None:
                yield year_of(on), age, turned
        return
    first = as_date(told)
    if first is not None and set(facts.eligibility.values) & _LEFT:
        begins = year_of(first).begins
        for year in range(begins, begins + _YEARS_OF_SUPPORT):
            yield CollectionYear(year), None, FOREVER


def _year(
    facts: Facts, rulebook: Rulebook, year: CollectionYear, age: int | None, turned: int
) -> Iterator[tuple[int, int, _Row]]:
    """The row of a year, by the days on which it would be sent so: from, until, and what."""
    first, after = year.first_day.toordinal(), year.last_day.toordinal() + 1
    on_birthday = age is not None and age <= LAST_BIRTHDAY
    day = first
    while day < after:
        is_past = on_birthday and day >= turned
        on = Day(turned if is_past else day, facts, rulebook)
        row = _row(on, age, turned if on_birthday else on.day)
        until = on.until
        if is_past and row is not None:
            row, until = _with_what_came_soon(row, facts, rulebook, age, turned, day)
        elif is_past:
            until = FOREVER
        elif on_birthday and day < turned:
            until = min(until, turned)
        until = until if until < after else FOREVER
        if row is not None:
            yield day, until, row
        day = until


def _with_what_came_soon(
    row: _Row, facts: Facts, rulebook: Rulebook, age: int | None, turned: int, day: int
) -> tuple[_Row, int]:
    """The row of a birthday; what was missing then is taken from the days soon after.

    The return asks how it was around the birthday: how many days after counts is AR2.days_after.
    """
    last = turned + rulebook.limits["AR2.days_after"].on(Day(turned, facts, rulebook))
    if all(flaw.rule != "missing" for flaw in row.flaws) or day > last:
        return row, FOREVER
    on = Day(day, facts, rulebook)
    later = _row(on, age, turned)
    until = min(on.until, last + 1)
    if later is None or len(later.flaws) >= len(row.flaws):
        return row, until
    return later, FOREVER if not later.flaws else until


def _row(on: Day, age: int | None, about: int) -> _Row | None:
    """What would be sent of somebody as it is on a day; None where they are not returned."""
    flaws: list[Flaw] = []
    if not _is_returned(on, about, flaws):
        return None
    touch = "DIED" if on.died else _IN_TOUCH.get(on.in_touch or "", "")
    if not touch:
        flaws.append(Flaw("131", "IN_TOUCH", "Whether the council is in touch is not recorded."))
    if touch in NOTHING_MORE:
        return _Row(touch, "0", "0", "not counted", tuple(flaws))
    activity = _activity(on, touch, flaws)
    accommodation, suitability = _accommodation(on, touch, age, flaws)
    if on.facts.born is None:
        flaws.append(Flaw("missing", "DOB", "The date of birth is not recorded."))
    return _Row(touch, activity, accommodation, suitability, tuple(flaws))


def _is_returned(on: Day, about: int, flaws: list[Flaw]) -> bool:
    """Whether somebody is a care leaver of the return on the day that the row speaks of.

    Not whoever is looked after on that day, died in care, was adopted or went to another council
    (checks 1000, 1001, 1007, 1011).
    """
    if on.looked_after or Day(about, on.facts, on.rulebook).looked_after:
        return False
    ended = last_care_ended(on)
    if ended is not None and (ended.reason in NOBODY_LEFT or on.facts.died_on <= ended.day):
        return False
    days, is_still = _days_in_care(on)
    counted = days >= _DAYS_IN_CARE and is_still
    told = on.eligibility
    if told in _LEFT:
        if on.facts.born is not None and on.facts.care and not counted:
            flaws.append(
                Flaw(
                    "1001",
                    "CHILD",
                    f"Recorded as {told}, but the periods of care that are held come to "
                    f"{days} days since 14; the return needs {_DAYS_IN_CARE}, some after 16.",
                )
            )
        return True
    if counted and told in _NOT_LEFT:
        flaws.append(
            Flaw(
                "doubt",
                "CHILD",
                f"Eligibility is recorded as {told}, but the periods of care come to {days} days "
                "since 14, some of them after 16: that is a care leaver of the return.",
            )
        )
    return counted


def _days_in_care(on: Day) -> tuple[int, bool]:
    """Days in care since 14, short breaks aside; and whether some of them were after 16."""
    born = on.facts.born
    if born is None:
        return 0, False
    since, still = birthday(born, _CARE_FROM), birthday(born, _STILL_FROM)
    last = birthday(born, _ADULT)
    days, is_still = 0, False
    for start, end in on.facts.in_care:
        if not on.reached(start):
            break
        until = min(end, last) if on.reached(min(end, last)) else on.day
        days += max(until - max(start, since), 0)
        is_still = is_still or until > max(start, still)
    return days, is_still


def _activity(on: Day, touch: str, flaws: list[Flaw]) -> str:
    """ACTIV: the code that was sent, else what full-time education tells."""
    code = on.facts.activity.on(on) or _FULL_TIME.get(on.facts.education.on(on) or "", "")
    if code in ACTIVITIES:
        return code
    if touch in _NOT_IN_TOUCH and not code:
        return "0"
    if code:
        flaws.append(Flaw("132", "ACTIV", f"{code} is no code of the list, such as F1 or G5."))
        return code
    flaws.append(
        Flaw("132", "ACTIV", "What the young person does is not recorded: a code such as F1 or G5.")
    )
    return ""


def _accommodation(
    on: Day, touch: str, age: int | None, flaws: list[Flaw]
) -> tuple[str, Suitability]:
    """ACCOM: the letter, and 1 or 2 as it is judged; and how the figures count it."""
    dwelling: Dwelling | None = on.dwelling or on.dwelling_that_may_be
    if dwelling is None:
        if touch in _NOT_IN_TOUCH:
            return "0", "no information"
        flaws.append(Flaw("missing", "ACCOM", "Where the young person lives is not recorded."))
        return "", "missing"
    home = Home(on, dwelling)
    if home.code not in ACCOMMODATION:
        named = home.code or "no code"
        flaws.append(Flaw("133", "ACCOM", f"{named} is no letter of the list, such as U or Z."))
        return "", "missing"
    if home.code == _FORMER_CARER and age == YOUNGEST:
        flaws.append(Flaw("3001", "ACCOM", "Nobody of 17 stays with a former foster carer."))
    if home.code == _FOYER and age == YOUNGEST:
        flaws.append(Flaw("347", "ACCOM", "Nobody under 18 lives in a foyer."))
    if home.unsuitable:
        return f"{home.code}2", _counted(home.code, "unsuitable")
    if home.judgement.suitable is True:
        return f"{home.code}1", _counted(home.code, "suitable")
    flaws.append(Flaw("missing", "ACCOM", f"{home.code}: whether it is suitable is not judged."))
    return "", _counted(home.code, "missing")


def _counted(letter: str, suitability: Suitability) -> Suitability:
    return "not counted" if letter in _NOT_COUNTED else suitability


def _add(
    entries: list[CareLeaverEntry], flawed: list[Flawed], entry: CareLeaverEntry, row: _Row
) -> None:
    """Add a run of days to the entries and flaws; one like that before it is drawn together."""
    last = entries[-1] if entries else None
    if last is not None and last == replace(entry, start=last.start, until=entry.start):
        entries[-1] = replace(last, until=entry.until)
    else:
        entries.append(entry)
    flawed += (Flawed(entry.year, flaw, entry.start, entry.until) for flaw in row.flaws)

"""The care leavers of the annual return (OC3): in which year, with what, and from which day.

Source: DfE, guide to the SSDA903 collection, OC3; docs/rules.md, section 7e.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.codes import ACCOMMODATION, ACTIVITIES
from schemas.collection_year import CollectionYear, year_of
from services.assessment.annual_return.cohort import LEFT, is_returned
from services.assessment.annual_return.contact import (
    NOT_IN_TOUCH,
    NOTHING_MORE,
    Contact,
    contact_on,
)
from services.assessment.annual_return.entries import CareLeaverEntry, Flaw, Suitability
from services.assessment.calendar import birthday
from services.assessment.day import Day
from services.assessment.facts import Facts
from services.assessment.rulebook import Rulebook
from services.assessment.rules.dwelling_on_day import ABROAD, WHEREABOUTS_UNKNOWN
from services.assessment.temporal import FOREVER, as_date

YOUNGEST, LAST_BIRTHDAY, OLDEST = 17, 21, 25
"""Returned from 17 to 25: to 21 as on the birthday, from 22 on as on the latest day of the year."""

_NOT_COUNTED = ABROAD | {WHEREABOUTS_UNKNOWN}
_FOYER, _FORMER_CARER = "T", "Z"
_YEARS_OF_SUPPORT = 9


@dataclass(frozen=True, slots=True)
class _Asked:
    """The row of one year that is asked about: `turned` is the birthday, FOREVER without one."""

    facts: Facts
    rulebook: Rulebook
    year: CollectionYear
    age: int | None
    turned: int

    @property
    def on_birthday(self) -> bool:
        """Whether it keeps the birthday."""
        return self.age is not None and self.age <= LAST_BIRTHDAY

    def on(self, day: int) -> Day:
        """A day of the young person's life."""
        return Day(day, self.facts, self.rulebook)


@dataclass(frozen=True, slots=True)
class _Row:
    """What would be sent."""

    in_touch: str
    activity: str
    accommodation: str
    suitability: Suitability
    flaws: tuple[Flaw, ...]


_Run = tuple[int, int, _Row]
"""From, until (ordinals), and what would be sent on those days."""


def care_leavers(facts: Facts, rulebook: Rulebook) -> list[CareLeaverEntry]:
    """Every row of a young person in any year's return, by the days on which it would be sent."""
    return [
        CareLeaverEntry(
            person=facts.person,
            year=asked.year.begins,
            start=begun,
            until=as_date(until),
            age=asked.age,
            about=as_date(asked.turned) if asked.on_birthday else None,
            born=facts.born,
            in_touch=row.in_touch,
            activity=row.activity,
            accommodation=row.accommodation,
            suitability=row.suitability,
            flaws=row.flaws,
        )
        for asked in _years(facts, rulebook)
        for start, until, row in _joined(_runs(asked))
        if (begun := as_date(start))
    ]


def _joined(runs: Iterable[_Run]) -> Iterator[_Run]:
    """The same, each run that begins where one with the same row ends joined to that."""
    kept: _Run | None = None
    for start, until, row in runs:
        if kept is not None and kept[1] == start and kept[2] == row:
            kept = kept[0], until, row
            continue
        if kept is not None:
            yield kept
        kept = start, until, row
    if kept is not None:
        yield kept


def _years(facts: Facts, rulebook: Rulebook) -> Iterator[_Asked]:
    """The years in which somebody may be returned: with the age and the birthday of each."""
    told = next(iter(facts.eligibility.days), FOREVER)
    if not facts.care and told == FOREVER:
        return
    if facts.born is not None:
        for age in range(YOUNGEST, OLDEST + 1):
            turned = birthday(facts.born, age)
            on = as_date(turned)
            if on is not None:
                yield _Asked(facts, rulebook, year_of(on), age, turned)
        return
    first = as_date(told)
    if first is not None and set(facts.eligibility.values) & LEFT:
        begins = year_of(first).begins
        for year in range(begins, begins + _YEARS_OF_SUPPORT):
            yield _Asked(facts, rulebook, CollectionYear(year), None, FOREVER)


def _runs(asked: _Asked) -> Iterator[_Run]:
    """The row of a year, by the days on which it would be sent so: from, until, and what."""
    day, after = asked.year.first_day.toordinal(), asked.year.last_day.toordinal() + 1
    end = min(after, asked.turned) if asked.on_birthday else after
    while day < end:
        on = asked.on(day)
        about = asked.turned if asked.on_birthday else day
        is_in, doubts = is_returned(on, about)
        row = _row(asked, contact_on(on), doubts) if is_in else None
        until = on.until if on.until < end else (asked.turned if asked.on_birthday else FOREVER)
        if row is not None:
            yield day, until, row
        day = until
    if asked.on_birthday:
        yield from _since_birthday(asked)


def _since_birthday(asked: _Asked) -> Iterator[_Run]:
    """The row from the birthday on: what was missing then is taken from the days soon after.

    The return asks how it was around the birthday: how many days after count is AR2.days_after.
    """
    on = asked.on(asked.turned)
    is_in, doubts = is_returned(on, asked.turned)
    if not is_in:
        return
    last = asked.turned + on.limit("AR2.days_after")
    known, since = contact_on(on), asked.turned
    day = on.until
    while day <= last and not known.is_whole:
        later = asked.on(day)
        filled = known.filled_from(contact_on(later))
        if filled != known:
            yield since, day, _row(asked, known, doubts)
            known, since = filled, day
        day = later.until
    yield since, FOREVER, _row(asked, known, doubts)


def _row(asked: _Asked, known: Contact, doubts: list[Flaw]) -> _Row:
    """What would be sent of what is known, and what is missing in it or would fail."""
    flaws = list(doubts)
    if asked.facts.born is None:
        flaws.append(Flaw("missing", "DOB", "The date of birth is not recorded."))
    if not known.in_touch:
        flaws.append(Flaw("131", "IN_TOUCH", "Whether the council is in touch is not recorded."))
    if known.in_touch in NOTHING_MORE:
        return _Row(known.in_touch, "0", "0", "not counted", tuple(flaws))
    activity = _activity(known, flaws)
    accommodation, suitability = _accommodation(known, asked.age, flaws)
    return _Row(known.in_touch, activity, accommodation, suitability, tuple(flaws))


def _activity(known: Contact, flaws: list[Flaw]) -> str:
    code = known.activity
    if code in ACTIVITIES:
        return code
    if not code and known.in_touch in NOT_IN_TOUCH:
        return "0"
    text = "What the young person does is not recorded: a code such as F1 or G5."
    if code:
        text = f"{code} is no code of the list, such as F1 or G5."
    flaws.append(Flaw("132", "ACTIV", text))
    return code


def _accommodation(known: Contact, age: int | None, flaws: list[Flaw]) -> tuple[str, Suitability]:
    letter = known.letter
    if not letter and known.in_touch in NOT_IN_TOUCH:
        return "0", "no information"
    if not letter:
        flaws.append(Flaw("missing", "ACCOM", "Where the young person lives is not recorded."))
        return "", "missing"
    if letter not in ACCOMMODATION:
        flaws.append(Flaw("133", "ACCOM", f"{letter} is no letter of the list, such as U or Z."))
        return "", "missing"
    if letter == _FORMER_CARER and age == YOUNGEST:
        flaws.append(Flaw("3001", "ACCOM", "Nobody of 17 stays with a former foster carer."))
    if letter == _FOYER and age == YOUNGEST:
        flaws.append(Flaw("347", "ACCOM", "Nobody under 18 lives in a foyer."))
    if not known.digit:
        flaws.append(Flaw("missing", "ACCOM", f"{letter}: whether it is suitable is not judged."))
        return "", _counted(letter, "missing")
    suitability: Suitability = "suitable" if known.digit == "1" else "unsuitable"
    return f"{letter}{known.digit}", _counted(letter, suitability)


def _counted(letter: str, suitability: Suitability) -> Suitability:
    return "not counted" if letter in _NOT_COUNTED else suitability

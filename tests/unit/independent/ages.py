"""Age (section 2 of the rules), as birth or eligibility tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .calendar_days import age_in_years
from .resolution import Event
from .spells import Spell


@dataclass(frozen=True)
class Age:
    """What is known of an age on a day.

    "From date_of_birth (born 29 February: a year older on 1 March in common years). Without it:
    eligible or relevant is 16-17, former_relevant is 18-24, qualifying is of unknown age but 16
    or over, anyone else is of unknown age, which counts as under 16; an unknown age counts as
    under 18 and as not yet 25."
    """

    years: int | None
    eligibility: str | None

    @property
    def teen(self) -> bool:
        """16-17, by birth or told by eligibility."""
        if self.years is not None:
            return 16 <= self.years <= 17
        return self.eligibility in ("eligible", "relevant")

    @property
    def adult(self) -> bool:
        """18 or over."""
        if self.years is not None:
            return self.years >= 18
        return self.eligibility == "former_relevant"

    @property
    def unknown(self) -> bool:
        """Neither born on a known day nor told by eligibility."""
        return self.years is None and not self.teen and not self.adult

    @property
    def child(self) -> bool:
        """Known to be under 16."""
        return self.years is not None and self.years < 16

    @property
    def sixteen_or_over(self) -> bool:
        """16 or over: known, or told by eligibility, qualifying included."""
        if self.years is not None:
            return self.years >= 16
        return self.teen or self.adult or self.eligibility == "qualifying"

    @property
    def under_18(self) -> bool:
        """Under 18, or unknown."""
        return not self.adult

    @property
    def under_25(self) -> bool:
        """Under 25, or unknown."""
        return self.years is None or self.years < 25

    @property
    def care_leaver(self) -> bool:
        """16 to 24, or unknown."""
        return self.years is None or 16 <= self.years <= 24

    @property
    def known_21(self) -> bool:
        """A known 21 or over."""
        return self.years is not None and self.years >= 21


def eligibility_on(updates: list[Event], day: date) -> str | None:
    """The eligibility of a day: the last in the fold that has the field."""
    found: str | None = None
    for update in updates:
        if update.day <= day and "eligibility" in update.data:
            found = update.data["eligibility"]
    return found


def age_on(born: date | None, updates: list[Event], day: date) -> Age:
    """The age on any day; what eligibility tells is as it stands on that day."""
    years = age_in_years(born, day) if born is not None else None
    return Age(years, eligibility_on(updates, day))


def born_as_told(updates: list[Event]) -> date | None:
    """date_of_birth is a correction: the latest event that has the field holds for all days."""
    having = [one for one in updates if "date_of_birth" in one.data]
    if not having:
        return None
    born: date | None = max(having, key=lambda one: one.order).data["date_of_birth"]
    return born


def implausible(
    born: date, of_children: list[Spell], homes: list[Spell], updates: list[Event]
) -> bool:
    """Whether a date of birth counts as unknown.

    "By which they were 25 or over on the day the first care period, placement, pre-proceedings
    period or missing spell starts, or 40 or over on the day the first accommodation spell starts
    or the first eligibility other than none is given."
    """
    starts = [one.start for one in of_children]
    if starts and age_in_years(born, min(starts)) >= 25:
        return True
    given = [one.day for one in updates if one.data.get("eligibility") not in (None, "none")]
    firsts = [min(days) for days in ([one.start for one in homes], given) if days]
    return any(age_in_years(born, first) >= 40 for first in firsts)

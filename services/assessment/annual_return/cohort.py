"""Who is a care leaver of the annual return (docs/rules.md, section 7e, AR1).

Source: DfE, methodology of Children looked after in England: in care for 13 weeks since the 14th
birthday, some of them after the 16th; the national validator's rules 1000, 1001, 1007, 1011.
"""

from services.assessment.annual_return.entries import Flaw
from services.assessment.calendar import birthday
from services.assessment.day import Day
from services.assessment.death import day_of_death
from services.assessment.leaving_care import NOBODY_LEFT, last_care_ended

LEFT = frozenset({"relevant", "former_relevant"})
"""Eligibilities that say that somebody left care as a care leaver of the return."""

_NOT_LEFT = frozenset({"qualifying", "none"})
_CARE_FROM, _STILL_FROM, _ADULT = 14, 16, 18
_DAYS_IN_CARE = 91


def is_returned(on: Day, about: int) -> tuple[bool, list[Flaw]]:
    """Whether somebody is returned, and what is doubtful about that.

    Args:
        on: the day on which it is asked.
        about: the day that the row speaks of (ordinal).

    Not whoever is looked after on either day, died in care, was adopted or went to another council.
    Whoever is told to be a care leaver is returned, whatever care is held: the doubt is said.
    """
    if on.looked_after:
        return False, []
    if about != on.day and Day(about, on.facts, on.rulebook).looked_after:
        return False, []
    ended = last_care_ended(on)
    if ended is not None and (ended.reason in NOBODY_LEFT or day_of_death(on.facts) <= ended.day):
        return False, []
    days, is_still = _days_in_care(on)
    counted = days >= _DAYS_IN_CARE and is_still
    told = on.eligibility
    if told in LEFT or (told == "eligible" and on.aged(_ADULT)):
        if on.facts.born is None or not on.facts.care or counted:
            return True, []
        text = (
            f"Recorded as {told.replace('_', ' ')}, but the periods of care that are held come to "
            f"{days} days since 14; the return needs {_DAYS_IN_CARE}, some after 16."
        )
        return True, [Flaw("1001", "CHILD", text)]
    if counted and told in _NOT_LEFT:
        text = (
            f"Eligibility is recorded as {told}, but the periods of care come to {days} days since "
            "14, some of them after 16: that is a care leaver of the return."
        )
        return True, [Flaw("doubt", "CHILD", text)]
    return counted, []


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

"""Who left care, as a care leaver (docs/rules.md, section 3, Left care)."""

from services.assessment.ages import SAYS_16_OR_OVER, AgeOnDay
from services.assessment.calendar import birthday
from services.assessment.care import SHORT_BREAKS, legal_status
from services.assessment.facts import CareEnd, Facts, Spell
from services.assessment.temporal import FOREVER, AsOf

NOBODY_LEFT = frozenset({"E2", "E3", "E11", "E12"})
"""REC: died, taken over by another council, adopted: nobody is left to look after."""
LEFT_CARE = frozenset({"relevant", "former_relevant", "qualifying"})
"""Eligibilities of somebody who has left care."""


def care_end(care: Spell, facts: Facts) -> CareEnd:
    """When and why a period of care ends."""
    day, reason = care.ended_on, None
    if care.ended:
        reason = getattr(care.ended.data, "reason", None)
    adult = care.start
    if AgeOnDay(care.start, facts).under_18:
        adult = birthday(facts.born, 18) if facts.born is not None else FOREVER
    if adult < day:
        day, reason = adult, None
    then = AgeOnDay(day, facts)
    told = facts.born is None and then.eligibility in SAYS_16_OR_OVER
    status = legal_status(AsOf(max(day - 1, care.start)), care)
    return CareEnd(day, reason, told or then.aged(16), then.under_16, status in SHORT_BREAKS)


def left_care(on: AgeOnDay, *, provided_for: bool) -> bool:
    """Whether a young person left care; `provided_for` is looked after, or in a main placement."""
    eligibility = on.eligibility
    if eligibility in LEFT_CARE:
        return True
    if eligibility not in ("eligible", None):
        return False
    ended = last_care_ended(on)
    nobody_left = ended is not None and ended.reason in NOBODY_LEFT
    excluded = nobody_left and ended is not None and ended.at_16_or_over
    if eligibility == "eligible" and not excluded and (on.aged(18) or not provided_for):
        return True
    return ended is not None and not nobody_left and not ended.under_16


def last_care_ended(on: AgeOnDay) -> CareEnd | None:
    """The end of the last period of care to have started by a day; None while it goes on.

    One that is a short break on its last day is passed over.
    """
    last = None
    for care, ended in zip(on.facts.care, on.facts.care_ends, strict=True):
        if not on.reached(care.start):
            break
        if not ended.is_short_break:
            last = ended
    return last if last is not None and on.reached(last.day) else None

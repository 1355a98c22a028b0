"""Periods of care: how they continue one another, and what they cut (docs/rules.md, section 2)."""

from collections.abc import Iterable

from services.assessment.ages import TELLS_AGE, AgeOnDay
from services.assessment.facts import Facts, Spell
from services.assessment.runs import runs_of
from services.assessment.spells import current
from services.assessment.temporal import AsOf

SHORT_BREAKS = frozenset({"V3", "V4"})
"""LS: a series of short breaks. Care does not begin with them."""


def continues(facts: Facts, place: int) -> bool:
    """Whether a period of care starts on the day on which the one before it ends or is cut."""
    care = facts.care
    return 0 < place < len(care) and care[place].start == care[place - 1].end


def cut_by_care(facts: Facts) -> None:
    """The end of care cuts placements begun before it; its start cuts such accommodation.

    Not where care continues, and not from 18 on: somebody of 18 is not in care, whatever is sent.
    """
    placements = (*facts.main_placements, *facts.temporary_placements)
    for place, care in enumerate(facts.care):
        if care.ended_by_event and not continues(facts, place + 1):
            _cut(placements, care.ended_on)
        if AgeOnDay(care.start, facts).under_18 and not continues(facts, place):
            _cut(facts.dwellings, care.start)


def _cut(spells: Iterable[Spell], day: int) -> None:
    """Cut, on that day, the spells that started before it."""
    for spell in spells:
        if spell.start < day:
            spell.end = min(spell.end, day)
            spell.cut_by_care = min(spell.cut_by_care, day)


def legal_status(on: AsOf, care: Spell) -> str | None:
    """The legal status of a period of care on a day (SSDA903 LS)."""
    status: str | None = care.content.on(on).get("legal_status")
    return status


def care_that_began(facts: Facts, day: int) -> Spell | None:
    """The period of care that began on a day.

    One known only to have begun by then, and not cut on that day, comes first.
    """
    begun = [care for care in facts.care if care.start == day]
    by_then = (care for care in begun if care.by_this_date and care.start < care.end)
    return next(by_then, begun[0] if begun else None)


def write_runs(facts: Facts) -> None:
    """Write down the runs of days in care, looked after, and entitled as a care leaver."""

    def in_care(day: int) -> tuple[bool, int]:
        on = AsOf(day)
        care = current(on, facts.care)
        return care is not None and legal_status(on, care) not in SHORT_BREAKS, on.until

    def looked_after(day: int) -> tuple[bool, int]:
        on = AgeOnDay(day, facts)
        return current(on, facts.care) is not None and on.under_18, on.until

    def entitled(day: int) -> tuple[bool, int]:
        on = AgeOnDay(day, facts)
        return on.eligibility in TELLS_AGE, on.until

    if facts.care:
        facts.in_care = runs_of(facts.care[0].start, in_care)
        facts.looked_after = runs_of(facts.care[0].start, looked_after)
    if facts.eligibility.days:
        facts.entitled = runs_of(facts.eligibility.days[0], entitled)

"""What the rules UP10 to UP12 and UP14 say of somebody looked after (docs/rules.md, section 5)."""

from schemas.status import Rag
from services.assessment.care import care_that_began
from services.assessment.day import Day, Finding, counted_from, evidence, in_words
from services.assessment.rules.dwelling_on_day import EMERGENCY_OR_BED_AND_BREAKFAST, NO_FIXED_ABODE

_LONGEST = {"T1": "UP14.hospital_days", "T3": "UP14.holiday_days", "T4": "UP14.other_days"}
"""The parameter that says how many days a temporary placement of a code may last."""


def up10_nothing_recorded(on: Day) -> Finding | None:
    """UP10: looked after with no placement recorded is amber, then red."""
    care, began = on.looked_after, on.care_began
    if care is None or began is None or on.placement or on.temporary_placement:
        return None
    ended = [
        spell.end
        for spell in (*on.facts.main_placements, *on.facts.temporary_placements)
        if on.reached(spell.start) and on.reached(spell.end)
    ]
    since = max(began, *ended) if ended else began
    days = on.limit("UP10.days")
    facts = evidence(since=since, care=care.began)
    if on.more_than(days, since):
        text = f"Looked after, and no placement has been recorded since {in_words(since)}."
        turned_on = counted_from(care_that_began(on.facts, began), since, since + days + 1)
        return Finding("UP10", Rag.RED, text, facts, turned_on=turned_on)
    text = (
        f"Looked after, and no placement is recorded; it turns red after {in_words(since + days)}."
    )
    return Finding("UP10", Rag.AMBER, text, facts)


def up11_emergency_while_looked_after(on: Day) -> Finding | None:
    """UP11: looked after, and homeless or in emergency accommodation or bed and breakfast: red."""
    care, dwelling = on.looked_after, on.dwelling or on.dwelling_that_may_be
    if care is None or dwelling is None:
        return None
    code = on.value(dwelling, "code")
    if code != NO_FIXED_ABODE and code not in EMERGENCY_OR_BED_AND_BREAKFAST:
        return None
    where = {"S": "of no fixed abode", "V": "in emergency accommodation"}
    text = f"Looked after, and {where.get(code, 'in bed and breakfast')} "
    text += f"since {in_words(dwelling.start)}."
    facts = evidence(code=code, since=dwelling.start, began=dwelling.began, care=care.began)
    return Finding("UP11", Rag.RED, text, facts, never_lowered=True)


def up12_only_a_temporary_placement(on: Day) -> Finding | None:
    """UP12: looked after with a temporary placement alone for more than 28 days is amber."""
    temporary = on.temporary_placement
    if on.looked_after is None or on.placement is not None or temporary is None:
        return None
    days = on.limit("UP12.days")
    if not on.more_than(days, temporary.start):
        return None
    text = f"Only a temporary placement is recorded, since {in_words(temporary.start)}."
    facts = evidence(since=temporary.start, began=temporary.began)
    turned_on = counted_from(temporary, temporary.start, temporary.start + days + 1)
    return Finding("UP12", Rag.AMBER, text, facts, turned_on=turned_on)


def up14_temporary_too_long(on: Day) -> Finding | None:
    """UP14: a temporary placement beyond the limits of the national return is amber."""
    temporary = on.temporary_placement
    if temporary is None:
        return None
    code = on.value(temporary, "code")
    if code not in _LONGEST:
        return None
    days = on.limit(_LONGEST[code])
    if not on.more_than(days, temporary.start):
        return None
    text = f"A temporary placement ({code}) has lasted more than {days} days, "
    text += f"since {in_words(temporary.start)}."
    facts = evidence(code=code, since=temporary.start, began=temporary.began)
    turned_on = counted_from(temporary, temporary.start, temporary.start + days + 1)
    return Finding("UP14", Rag.AMBER, text, facts, turned_on=turned_on)

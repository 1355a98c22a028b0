"""`since_basis` (section 8 of the rules): whether the present run may have begun earlier.

"It is "at_least" when the present run begins on the start of a spell whose date_basis is
by_this_date, current that day and of a kind the concern reads, or on a day on which a rule that
gives the run's colour comes to give it by counting from such a start; else "exact"."
"""

from __future__ import annotations

from .answers import Answers
from .facts import Facts
from .spells import Spell

KINDS_READ = {
    "unsuitable_accommodation": ("accommodation",),
    "unregulated_placement": ("placement", "care", "accommodation"),
    "pre_proceedings": ("pre_proceedings",),
    "permanence": ("care",),
    "visits": ("placement", "care"),
    "pathway_plan": (),
    "missing": ("missing",),
}


def such_a_start(spell: Spell, concern: str) -> bool:
    """A start by_this_date of a spell that is current on the day it starts.

    One of the kind `absent` gives no colour, so that no concern reads it.
    """
    read = spell.kind in KINDS_READ[concern] and not spell.absent
    return read and spell.by_this_date and spell.current(spell.start)


def basis_of(f: Facts, concern: str, rag: str, given: Answers) -> str:
    """The basis of a run that begins on this day with this rag and these answers."""
    if any(one.start == f.day and such_a_start(one, concern) for one in f.record.spells):
        return "at_least"
    for _, answer in given:
        turned = answer.colour == rag and answer.turned == f.day
        if turned and any(such_a_start(one, concern) for one in answer.counted):
            return "at_least"
    return "exact"

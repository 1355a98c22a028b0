"""The rules: one file a concern, each ending with its declaration."""

from services.assessment.rules import (
    accommodation,
    missing,
    pathway_plan,
    permanence,
    placement,
    pre_proceedings,
    visits,
)
from services.assessment.rules.everywhere import CATEGORIES as EVERYWHERE

CONCERNS = {
    declaration.concern: declaration
    for declaration in (
        accommodation.DECLARATION,
        placement.DECLARATION,
        pre_proceedings.DECLARATION,
        permanence.DECLARATION,
        visits.DECLARATION,
        pathway_plan.DECLARATION,
        missing.DECLARATION,
    )
}
"""Every concern, in the order in which it is always shown."""


PARTICULAR = {
    rule: words
    for declaration in CONCERNS.values()
    for rule, words in declaration.particular.items()
}
"""For some rules what gives a reason in more particular words, out of its facts."""


def categories() -> dict[str, str]:
    """For every rule that gives a colour, its reason in words that may stand in an e-mail.

    Custody and deprivation of liberty have neutral words here; a case page says more.
    """
    words = dict(EVERYWHERE)
    for declaration in CONCERNS.values():
        words |= declaration.categories
    return words

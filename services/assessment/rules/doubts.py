"""What is in doubt about where somebody is: their age, and whether it goes on."""

from collections.abc import Sequence

from services.assessment.day import Day
from services.assessment.facts import Spell


def ask_age(on: Day, spell: Spell) -> None:
    """Ask how old somebody is, of whom a spell is known and the age is not."""
    on.ask(
        spell.began,
        "date_of_birth",
        "The age of this young person is not known; it counts as under 18.",
        "the source sends date_of_birth",
    )


def ask_whether_it_goes_on(
    on: Day, spell: Spell, among: Sequence[Spell], what: str, again: str, settle: str
) -> None:
    """Ask about a spell that may be current, since nothing ended it and what began later ended.

    `what` names its sort, `again` says where they may be, `settle` what would settle it.
    """
    later = on.last_started(among)
    on.ask(
        spell.began,
        f"{what}_id",
        f"{what.capitalize()} {spell.id} was never ended, and {later.id if later else ''}, which "
        f"began later, was: they may {again}.",
        settle,
    )

"""A date of birth that cannot be (docs/rules.md, section 2)."""

from collections.abc import Iterable
from datetime import date

from services.assessment.calendar import birthday
from services.assessment.facts import Facts, Spell
from services.assessment.resolution import Fact
from services.assessment.temporal import FOREVER

_CHILD, _CARE_LEAVER = 25, 40
"""Nobody is looked after from 25 on, nor first becomes a care leaver from 40 on."""


def doubt_birth(updates: Iterable[Fact], facts: Facts) -> None:
    """A birth by which a child would have been grown is not known; a later one is asked about.

    Systems write 1900-01-01 where they do not know.
    """
    born = facts.born
    fact = next(
        (item for item in reversed(list(updates)) if item.data.carries("date_of_birth")), None
    )
    if born is None or fact is None:
        return
    as_child = _first(
        facts.care,
        facts.main_placements,
        facts.temporary_placements,
        facts.pre_proceedings,
        facts.missing,
        facts.absent,
    )
    as_care_leaver = (_first(facts.dwellings), _first_eligible(facts))
    if _grown(born, _CHILD, as_child) or any(
        _grown(born, _CARE_LEAVER, first) for first in as_care_leaver
    ):
        facts.born = None
        facts.questions.append(
            fact.ask(
                "date_of_birth",
                f"By the date of birth {born.isoformat()} they were grown when they first came "
                "here; it was left out, and the age is not known.",
                "the source sends the date of birth",
            )
        )
    elif _later_than_a_start(born, facts):
        facts.questions.append(
            fact.ask(
                "date_of_birth",
                f"The date of birth {born.isoformat()} is later than what is recorded of them.",
                "the source corrects the date of birth, or what was recorded",
            )
        )


def _grown(born: date, years: int, first: int) -> bool:
    return birthday(born, years) <= first < FOREVER


def _first(*kinds: Iterable[Spell]) -> int:
    return min((spell.start for spells in kinds for spell in spells), default=FOREVER)


def _first_eligible(facts: Facts) -> int:
    given = zip(facts.eligibility.days, facts.eligibility.values, strict=True)
    return min((day for day, value in given if value not in (None, "none")), default=FOREVER)


def _later_than_a_start(born: date, facts: Facts) -> bool:
    return min(_first(facts.spells), _first_eligible(facts)) < born.toordinal()

"""Whether the council still supports a young person as a care leaver, on a day.

Source: docs/rules.md, section 3: from 21 on, support is given on request.
"""

from services.assessment.ages import TELLS_AGE
from services.assessment.day import Day

_NOT_IN_TOUCH = frozenset({"refused", "not_required", "returned_home"})
_ON_REQUEST_FROM = 21


def is_supported(on: Day) -> bool:
    """An eligible, relevant or former relevant young person of 16 to 24, or of unknown age."""
    if on.eligibility not in TELLS_AGE:
        return False
    return on.facts.born is None or (on.aged(16) and not on.aged(25))


def keeps_in_touch(on: Day) -> bool:
    """Whether they keep in touch: nobody has said that they do not want to.

    From a known 21 only while they are in touch; where that is not recorded, it is asked.
    """
    if not on.aged(_ON_REQUEST_FROM):
        return on.in_touch not in _NOT_IN_TOUCH
    if on.in_touch is None:
        ask_about_touch(on)
    return on.in_touch == "yes"


def ask_about_touch(on: Day) -> None:
    """Ask whether somebody of 21 or over is in touch."""
    given = [fact for fact in on.facts.eligibility_given if on.reached(fact.day)]
    if given:
        on.ask(
            given[-1],
            "in_touch",
            "At 21 or over support is given on request, and whether they are in touch is not "
            "recorded.",
            "the source sends in_touch",
        )

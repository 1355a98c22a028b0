"""What is known of a care leaver's contact, activity and home on a day (AR3 and AR4).

Source: docs/rules.md, section 7e; SSDA903 IN_TOUCH, ACTIV and ACCOM.
"""

from dataclasses import dataclass, replace

from services.assessment.day import Day
from services.assessment.facts import Dwelling
from services.assessment.rules.dwelling_on_day import Home
from services.assessment.temporal import Temporal

NOTHING_MORE = frozenset({"DIED", "RHOM"})
"""With these the return asks for no activity and no accommodation (rule 344)."""

NOT_IN_TOUCH = frozenset({"NO", "REFU", "NREQ"})
"""With these, 0 says that it is not known."""

_IN_TOUCH = {
    "yes": "YES",
    "no": "NO",
    "refused": "REFU",
    "not_required": "NREQ",
    "returned_home": "RHOM",
    "died": "DIED",
}
_FULL_TIME = {"higher": "F1", "further": "F2"}
_NOTHING = "0"


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known; empty where it is not.

    Attributes:
        in_touch: IN_TOUCH.
        activity: ACTIV, or what was sent in its place and is in no list.
        letter: of ACCOM, or what was sent in its place and is in no list.
        digit: of ACCOM: 2 unsuitable, 1 suitable; empty where that is not judged.
    """

    in_touch: str
    activity: str
    letter: str
    digit: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing that the return asks for is missing."""
        if self.in_touch in NOTHING_MORE:
            return True
        known = bool(self.activity and self.letter and self.digit)
        return bool(self.in_touch) and (known or self.in_touch in NOT_IN_TOUCH)

    def filled_from(self, later: "Contact") -> "Contact":
        """The same, with what is missing taken from a later day.

        Whether somebody suits where they live is taken for the same letter alone, and nobody who
        lived on the day has died on it.
        """
        found = self
        if not found.in_touch and later.in_touch != "DIED":
            found = replace(found, in_touch=later.in_touch)
        if not found.activity:
            found = replace(found, activity=later.activity)
        if not found.letter:
            found = replace(found, letter=later.letter, digit=later.digit)
        elif not found.digit and later.letter == found.letter:
            found = replace(found, digit=later.digit)
        return found


def contact_on(on: Day) -> Contact:
    """What is known on a day.

    Without contact, what was told before it was lost says nothing of the day.
    """
    touch = "DIED" if on.died else _IN_TOUCH.get(on.in_touch or "", "")
    lost_on = on.facts.in_touch.on(on).since if touch in NOT_IN_TOUCH else 0
    letter, digit = _home(on, lost_on)
    return Contact(touch, _activity(on, lost_on), letter, digit)


def _activity(on: Day, lost_on: int) -> str:
    """The code that was sent, or what full-time education tells: whichever was told later."""
    code, coded_on = on.facts.activity.on(on) or "", _told_on(on, on.facts.activity)
    level, told_on = on.facts.education.on(on) or "", _told_on(on, on.facts.education)
    if code == _NOTHING or coded_on < lost_on:
        code = ""
    full_time = _FULL_TIME.get(level, "") if told_on >= lost_on else ""
    if told_on > coded_on and code != full_time:
        contradicts = full_time or (level == "none" and code in _FULL_TIME.values())
        return full_time if contradicts else code
    return code or full_time


def _told_on(on: Day, values: Temporal[str | None]) -> int:
    """The day from which a value holds; 0 where none was told."""
    values.on(on)
    return max((day for day in values.days if day <= on.day), default=0)


def _home(on: Day, lost_on: int) -> tuple[str, str]:
    """The letter of where they live, and the digit of how it is judged."""
    dwelling: Dwelling | None = on.dwelling or on.dwelling_that_may_be
    if dwelling is None:
        return "", ""
    home = Home(on, dwelling)
    if max(dwelling.start, home.judgement.judged_on) < lost_on:
        return "", ""
    if home.unsuitable:
        return home.code, "2"
    return home.code, "1" if home.judgement.suitable is True else ""

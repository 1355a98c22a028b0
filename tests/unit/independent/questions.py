"""Questions (section 2 of the rules and others): those of them that the cases ask about.

A question names a field or a subject of doubt; the text's other questions are not followed here.
"""

from __future__ import annotations

from dataclasses import dataclass

from .facts import Facts
from .rules_placement import up13
from .rules_unsuitable import ua7, ua14


@dataclass(frozen=True)
class Question:
    """What is in doubt on a day, and the event that says so where it is one."""

    about: str
    event: str | None = None


def questions_of(f: Facts) -> list[Question]:
    """What is asked on a day."""
    found = [
        Question(name, event.id)
        for event in f.record.events
        if event.day <= f.day
        for name in event.unread
    ]
    found += [Question("content", one.id) for one in f.record.events if one.revised]
    if f.record.born is None and f.record.born_as_told is not None:
        found.append(Question("date_of_birth"))
    if ua14(f) is not None or up13(f) is not None:
        found.append(Question("code"))
    student = ua7(f)
    if student is not None and student.colour == "amber":
        found.append(Question("unsuitable_reason"))
    if f.home is not f.home_now or f.main is not f.main_now:
        found.append(Question("may be current"))
    closed = [one for one in f.record.closings if one.day <= f.day]
    spells = any(one.current(f.day) for one in f.record.spells)
    if spells and any(one.data.get("reason") != "died" for one in closed):
        found.append(Question("closed", closed[-1].id))
    return found

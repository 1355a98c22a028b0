"""What could be done about a case today, as the events that would say it was done.

Whether it would change a colour is not said here: the rules themselves are asked
(`services/assessment/outlook.py`).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from schemas.events.action import ActionAgreed, ActionCompleted
from schemas.events.review import ReviewCompleted
from schemas.status import Concern
from services.assessment.day import Day
from services.assessment.temporal import as_date

USUAL_DAYS = 28
"""How far ahead the due of an action lies, or the end of an extension, that is tried."""

NEW = "what-if"
"""The id of whatever a remedy begins."""


class Remedy(NamedTuple):
    """Something that could be done, in words that follow "would make it amber:".

    Attributes:
        words: what it is.
        events: names and data of the events that say it was done.
        alone: whether it is tried by itself only, as a move is.
    """

    words: str
    events: tuple[tuple[str, Mapping[str, Any]], ...]
    alone: bool = False


def iso(day: int) -> str:
    """An ordinal as an event writes it."""
    return (as_date(day) or date.max).isoformat()


def usual(on: Day, concern: Concern, due_in: int = USUAL_DAYS) -> Iterator[Remedy]:
    """What can be done about a case of any concern: its late actions, an action, a review."""
    today = iso(on.day)
    late = [action for action in on.facts.actions_for(concern) if on.is_late(action)]
    if late:
        words = "its late action done" if len(late) == 1 else f"its {len(late)} late actions done"
        done = tuple(
            (ActionCompleted.name, {"action_id": action.id, "date": today}) for action in late
        )
        yield Remedy(words, done)
    agreed = {"action_id": NEW, "date": today, "concern": concern.value, "what": "what-if",
              "owner": "what-if", "due": iso(on.day + due_in)}  # fmt: skip
    yield Remedy(f"an action due within {due_in} days", ((ActionAgreed.name, agreed),))
    yield reviewed(on, "a review of it", kind="oversight", concern=concern.value)


def reviewed(on: Day, words: str, **data: Any) -> Remedy:
    """A review held today."""
    review = {"review_id": NEW, "date": iso(on.day), **data}
    return Remedy(words, ((ReviewCompleted.name, review),))

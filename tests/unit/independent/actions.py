"""Actions (section 2 of the rules) and the due that counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from .resolution import Event, Order


@dataclass(frozen=True)
class Move:
    """A due that is told after the first, and the day on which it is told."""

    day: date
    order: Order
    due: date
    authorised: bool


@dataclass
class Action:
    """An action agreed for a concern."""

    id: str
    concern: str
    start: date
    first_due: date
    moves: list[Move] = field(default_factory=list)
    completed: date | None = None
    cancelled: date | None = None

    def open(self, day: date) -> bool:
        """Open from its date until the earlier day of its being completed or cancelled."""
        if day < self.start:
            return False
        return all(end is None or day < end for end in (self.completed, self.cancelled))

    def due(self, day: date) -> date:
        """The due that counts on a day.

        "A change to an earlier day than the due that counts then, counts; one to a later day counts
        when it carries `authorised_by`, or when no change to a later day came before it and it is
        dated on or before that due."
        """
        counts = self.first_due
        moved_later = False
        for move in self.moves:
            if move.day > day:
                break
            if move.due < counts:
                counts = move.due
            elif move.due > counts:
                if move.authorised or (not moved_later and move.day <= counts):
                    counts = move.due
                moved_later = True
        return counts

    def late(self, day: date) -> bool:
        """Late when the due that counts is before D (an action that is over is not)."""
        return self.open(day) and self.due(day) < day


def actions_of(events: list[Event]) -> list[Action]:
    """The actions, each from all that was told of it.

    "A second agreed replaces the first whole (but for the due of an action, and its date, which is
    the earliest told)."
    """
    agreements: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda one: one.order):
        if event.name == "action.agreed":
            agreements.setdefault(str(event.data["action_id"]), []).append(event)
    actions: dict[str, Action] = {}
    for key, agreed in agreements.items():
        start = min(one.day for one in agreed)
        action = Action(key, agreed[-1].data["concern"], start, agreed[0].data["due"])
        # "A later action.agreed of one id with another due than the one agreed before it counts as
        # a change on the day of its `time`."
        action.moves = [
            move_of(one, one.day_of_time, action)
            for before, one in pairwise(agreed)
            if one.data["due"] != before.data["due"]
        ]
        actions[key] = action
    for event in events:
        known = actions.get(str(event.data.get("action_id")))
        if known is None:
            continue
        # "action.changed moves due from its date or the action's, whichever is later (in the fold;
        # null changes nothing)."
        if event.name == "action.changed" and event.data.get("due") is not None:
            known.moves.append(move_of(event, event.day, known))
        # "A completion dated before what it ends is ignored."
        elif event.name == "action.completed" and event.day >= known.start:
            known.completed = event.day
        elif event.name == "action.cancelled" and event.day >= known.start:
            known.cancelled = event.day
    for action in actions.values():
        action.moves.sort(key=lambda one: (one.day, one.order))
    return list(actions.values())


def move_of(event: Event, day: date, action: Action) -> Move:
    """What an event says of the due of an action that is there already."""
    authorised = event.data.get("authorised_by") is not None
    return Move(max(day, action.start), event.order, event.data["due"], authorised)

"""The line of an action: a row for each stretch of days on which nothing about it changes.

Whether it is open, done or cancelled, by when it is due, whose it is and how often it was moved are
functions of time, as a colour is. So a meeting's sheet can be had as at any day.

Source: docs/rules.md, section 2, Action.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from schemas.events.action import ActionChanged
from schemas.status import Concern
from services.assessment.facts import Action, DueMove, Facts
from services.assessment.temporal import FOREVER, AsOf, as_date

State = Literal["open", "done", "cancelled"]
"""What an action is on a day."""


class Move(NamedTuple):
    """A new due date that an action was given.

    Attributes:
        on: the day on which it was given.
        due: the new date.
        counts: whether it counts (docs/rules.md, section 2).
        authorised_by: who is said to have authorised it.
        by: who moved it: a staff id where the event names one, else its source.
        why: why, where the event says so.
    """

    on: date
    due: date
    counts: bool
    authorised_by: str | None
    by: str
    why: str | None


@dataclass(slots=True)
class ActionStretch:
    """A run of days on which nothing about an action changes.

    Attributes:
        person: the young person's reference.
        action_id: the action, by the id of its source.
        start: the first day.
        end: the day after the last; None for good.
        concern: the concern that it is to remedy.
        agreed: the day on which it was agreed.
        first_due: the first day by which it was due.
        due: the day by which it is due, of all that it was given the one that counts.
        owner: whose it is (a staff id).
        kind: what it does, in a word.
        what: what it does, as it was written.
        state: open, done or cancelled.
        closed_on: the day on which it was done or cancelled.
        moves: every other due date that it was given so far, oldest first.
    """

    person: str
    action_id: str
    start: date
    end: date | None
    concern: Concern
    agreed: date
    first_due: date
    due: date
    owner: str
    kind: str
    what: str
    state: State
    closed_on: date | None
    moves: tuple[Move, ...]


def action_lines(facts: Facts) -> tuple[ActionStretch, ...]:
    """The stretches of every action of a young person, from the day on which it was agreed."""
    return tuple(stretch for action in facts.actions for stretch in _line(facts.person, action))


def _line(person: str, action: Action) -> Iterator[ActionStretch]:
    """The stretches of one action; nothing about it changes once it is closed."""
    start = action.agreed
    while start < FOREVER:
        on = AsOf(start)
        is_closed = on.reached(action.closed)
        moves = tuple(_move(move) for move in action.moves if on.reached(move.day))
        first_due = as_date(action.due.before)
        begun, due = as_date(start), as_date(action.due.on(on))
        agreed = as_date(action.agreed)
        if begun is None or due is None or first_due is None or agreed is None:
            return
        owner, kind, what = (value.on(on) for value in (action.owner, action.kind, action.what))
        end = FOREVER if is_closed else on.until
        yield ActionStretch(
            person=person,
            action_id=action.id,
            start=begun,
            end=as_date(end),
            concern=action.concern,
            agreed=agreed,
            first_due=first_due,
            due=due,
            owner=owner,
            kind=kind,
            what=what,
            state=_state(action) if is_closed else "open",
            closed_on=begun if is_closed else None,
            moves=moves,
        )
        start = end


def _state(action: Action) -> State:
    """What a closed action is: done, where that came first or on the same day."""
    return "done" if action.completed <= action.cancelled else "cancelled"


def _move(move: DueMove) -> Move:
    data = move.fact.data
    changed = data if isinstance(data, ActionChanged) else None
    return Move(
        on=as_date(move.day) or date.max,
        due=as_date(move.due) or date.max,
        counts=move.counts,
        authorised_by=move.authorised_by,
        by=(changed.changed_by if changed else None) or move.fact.event.source,
        why=changed.reason if changed else None,
    )

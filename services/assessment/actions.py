"""Actions and the due date that counts (docs/rules.md, section 2, Action)."""

from collections.abc import Iterable
from typing import Any

from schemas.days import london_day
from schemas.events.action import ActionAgreed
from schemas.status import Concern, Question
from services.assessment.facts import Action, DueMove
from services.assessment.resolution import Fact
from services.assessment.spells import ByName, all_by_id, latest_by_id
from services.assessment.temporal import FOREVER, Temporal


def fold_actions(by_name: ByName, questions: list[Question]) -> list[Action]:
    """The actions, each open from its earliest date until it is completed or cancelled."""
    tellings = all_by_id(by_name["action.agreed"], "action_id")
    completed = latest_by_id(by_name["action.completed"], "action_id")
    cancelled = latest_by_id(by_name["action.cancelled"], "action_id")
    changes = all_by_id(by_name["action.changed"], "action_id")
    actions = []
    for id_, agreed in tellings.items():
        moved = sorted(changes.get(id_, ()), key=lambda fact: fact.fold)
        day = min(fact.day for fact in agreed)
        closing = [
            closing_day(closings.get(id_), day, questions) for closings in (completed, cancelled)
        ]
        actions.append(_action(id_, agreed, moved, day, closing))
    actions.sort(key=lambda action: (action.agreed, action.fact.order))
    for action in actions:
        questions += [_not_authorised(move) for move in action.moves if not move.counts]
    return actions


def _action(
    id_: str, agreed: list[Fact], changes: list[Fact], day: int, closing: list[int]
) -> Action:
    fact = agreed[-1]
    assert isinstance(fact.data, ActionAgreed)  # noqa: S101 (only these are passed)
    moves = _due_moves(agreed, changes, day)
    first: ActionAgreed = agreed[0].data  # type: ignore[assignment]

    def over_time(field: str, begin: Any) -> Temporal[Any]:
        steps = [(max(change.day, day), getattr(change.data, field)) for change in changes]
        return Temporal(begin, [(on, value) for on, value in steps if value is not None])

    return Action(
        id=id_,
        fact=fact,
        concern=Concern(fact.data.concern),
        agreed=day,
        completed=closing[0],
        cancelled=closing[1],
        due=Temporal(
            first.due.toordinal(), [(move.day, move.due) for move in moves if move.counts]
        ),
        owner=over_time("owner", fact.data.owner),
        kind=over_time("kind", fact.data.kind or "other"),
        what=over_time("what", fact.data.what),
        moves=tuple(moves),
    )


def _due_moves(agreed: list[Fact], changes: Iterable[Fact], begun: int) -> list[DueMove]:
    """Every other due date that an action was given, in the order of the fold.

    A second agreement with another due counts as a change on the day of its time. A change to an
    earlier day counts. One to a later day counts where somebody authorised it, or where it is the
    first such change and dated on or before the due date that it changes.
    """
    given: list[tuple[int, Fact, int]] = []
    due: int = agreed[0].data.due.toordinal()  # type: ignore[attr-defined]
    concern = agreed[-1].concern
    before = due
    for fact in agreed[1:]:
        again: int = fact.data.due.toordinal()  # type: ignore[attr-defined]
        if again != before:
            given.append((max(london_day(fact.order[0]).toordinal(), begun), fact, again))
        before = again
    for fact in changes:
        changed = getattr(fact.data, "due", None)
        if changed is not None:
            given.append((max(fact.day, begun), fact, changed.toordinal()))
    given.sort(key=lambda item: (item[0], item[1].order))
    moves: list[DueMove] = []
    later_before = False
    for day, fact, new in given:
        if new == due:
            continue
        by = (getattr(fact.data, "authorised_by", None) or "").strip()
        may_authorise = fact.rights.permit("authorise", concern)
        counts = new < due or bool(by and may_authorise) or (not later_before and day <= due)
        later_before = later_before or new > due
        moves.append(DueMove(day, new, counts, by or None, fact, is_claimed=not may_authorise))
        due = new if counts else due
    return moves


def was_moved_later(action: Action, day: int) -> bool:
    """Whether an action was given a later date by a day (ordinal), be it one that counts or not.

    From then on a later date counts only where somebody authorised it.
    """
    due = action.due.before
    for move in action.moves:
        if move.day > day:
            break
        if move.due > due:
            return True
        due = move.due if move.counts else due
    return False


def _not_authorised(move: DueMove) -> Question:
    if move.authorised_by:
        return move.fact.ask(
            "authorised_by",
            f"{move.fact.event.source} claims that {move.authorised_by} authorised a later due "
            "date, which it is not permitted to do; that does not count.",
            "a source that may authorise says so, or the policy or its token lets this one",
        )
    return move.fact.ask(
        "due",
        "The due date was moved to a later day that nobody authorised; that does not count.",
        "the source says in authorised_by who agreed to the later date",
    )


def closing_day(closing: Fact | None, begun: int, questions: list[Question]) -> int:
    """The day on which something was completed, cancelled or withdrawn; FOREVER where it was not.

    One dated before what it ends is left out, and asked about.
    """
    if closing is None:
        return FOREVER
    if closing.day >= begun:
        return closing.day
    questions.append(
        closing.ask(
            "date",
            f"{closing.name} is dated before what it ends; it was left out.",
            "the source corrects one of the two dates",
        )
    )
    return FOREVER

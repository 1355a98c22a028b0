"""The line of an action, told as people tell it, and against each day evaluated alone."""

from datetime import date, timedelta

import pytest

from schemas.policy import Policy
from services.assessment.action_line import ActionStretch, action_lines
from services.assessment.facts import Action, Facts
from services.assessment.fold import fold
from services.assessment.resolution import receive, resolve
from tests.share import share_of
from tests.unit.assessment.made_council import TODAY, WRITTEN, Raw, event, written
from tests.unit.assessment.test_case_line import read

CONCERN = "unsuitable_accommodation"
AGREED = date(2026, 11, 2)


def agreed(due: str, **data: object) -> Raw:
    fields = {"action_id": "t", "concern": CONCERN, "what": "find a flat", "owner": "w1"}
    return event("action.agreed", "A", 1, AGREED, **(fields | {"due": due} | data))


def changed(number: int, on: date, **data: object) -> Raw:
    return event("action.changed", "A", number, on, action_id="t", **data)


def facts_of(raw: list[Raw]) -> dict[str, Facts]:
    people = resolve(receive(read(raw), Policy()), Policy())
    return {person: fold(settled) for person, settled in people.items()}


def line(*raw: Raw) -> list[ActionStretch]:
    return list(action_lines(facts_of(list(raw))["A"]))


def on(day: date, stretches: list[ActionStretch]) -> ActionStretch | None:
    found = [it for it in stretches if it.start <= day and (it.end is None or day < it.end)]
    assert len(found) < 2
    return found[0] if found else None


def test_an_action_is_open_from_its_day_and_done_from_the_day_it_was_done() -> None:
    done = event("action.completed", "A", 2, date(2026, 11, 9), action_id="t")
    stretches = line(agreed("2026-11-10"), done)
    assert on(date(2026, 11, 1), stretches) is None
    before, after = on(date(2026, 11, 8), stretches), on(date(2026, 11, 9), stretches)
    assert before is not None
    assert after is not None
    assert (before.state, before.closed_on, before.end) == ("open", None, date(2026, 11, 9))
    assert (after.state, after.closed_on, after.end) == ("done", date(2026, 11, 9), None)
    assert (after.agreed, after.first_due) == (AGREED, date(2026, 11, 10))
    assert after.due == date(2026, 11, 10)


def test_every_date_that_it_was_given_is_kept_with_who_moved_it_and_why() -> None:
    stretches = line(
        agreed("2026-11-10"),
        changed(2, date(2026, 11, 5), due="2026-11-12", changed_by="w1", reason="panel is later"),
        changed(3, date(2026, 11, 13), due="2026-11-30", changed_by="w1"),
        changed(4, date(2026, 11, 14), due="2026-12-01", authorised_by="m1"),
    )
    last = on(date(2026, 11, 14), stretches)
    assert last is not None
    assert [(it.due, it.counts, it.authorised_by, it.by, it.why) for it in last.moves] == [
        (date(2026, 11, 12), True, None, "w1", "panel is later"),
        (date(2026, 11, 30), False, None, "w1", None),
        (date(2026, 12, 1), True, "m1", "/test/cms", None),
    ]  # fmt: skip
    assert (last.first_due, last.due) == (date(2026, 11, 10), date(2026, 12, 1))
    late = on(date(2026, 11, 13), stretches)
    assert late is not None
    assert late.due == date(2026, 11, 12)  # nobody authorised the later day


def test_what_is_done_and_cancelled_on_one_day_is_done() -> None:
    stretches = line(
        agreed("2026-11-10"),
        event("action.cancelled", "A", 2, date(2026, 11, 9), action_id="t", reason="moved"),
        event("action.completed", "A", 3, date(2026, 11, 9), action_id="t"),
    )
    assert stretches[-1].state == "done"
    cancelled = line(
        agreed("2026-11-10"),
        event("action.cancelled", "A", 2, date(2026, 11, 9), action_id="t", reason="moved"),
    )
    assert cancelled[-1].state == "cancelled"


def test_nothing_changes_once_it_is_closed() -> None:
    stretches = line(
        agreed("2026-11-10"),
        event("action.completed", "A", 2, date(2026, 11, 12), action_id="t"),
        changed(3, date(2026, 11, 20), due="2026-12-20", authorised_by="m1"),
    )
    assert stretches[-1].due == date(2026, 11, 10)
    assert stretches[-1].end is None


def expected(action: Action, day: date) -> tuple[object, ...] | None:
    """What is so of an action on a day, worked out for that day alone."""
    number = day.toordinal()
    if number < action.agreed:
        return None
    asked = min(number, action.closed)
    state = "open" if number < action.closed else "done"
    if state == "done" and action.cancelled < action.completed:
        state = "cancelled"
    moves = [move for move in action.moves if move.day <= asked]
    counted = [move.due for move in moves if move.counts]
    due = counted[-1] if counted else action.due.before
    return state, date.fromordinal(due), len(moves)


@pytest.mark.parametrize("seed", range(share_of(WRITTEN)))
def test_each_day_of_the_line_is_as_that_day_alone_says(seed: int) -> None:
    for facts in facts_of(written(seed)).values():
        stretches = action_lines(facts)
        for action in facts.actions:
            mine = [item for item in stretches if item.action_id == action.id]
            for number in range(-260, 120):
                day = TODAY + timedelta(days=number)
                found = on(day, mine)
                shown = found and (found.state, found.due, len(found.moves))
                assert shown == expected(action, day), (facts.person, action.id, day)

"""The line of a reviewing officer's escalation, told as people tell it (docs/rules.md, 7d)."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from schemas.policy import EscalationLevel, Policy, ReviewingOfficers
from services.assessment.derivation import Rules
from services.assessment.facts import Facts
from services.assessment.iro_escalation_line import IroEscalationStretch, iro_escalation_lines
from tests.unit.assessment.made_council import Raw, event
from tests.unit.assessment.test_action_line import facts_of

RULES = Rules.of(Policy())
MONDAY = date(2026, 11, 2)


def raised(on: date = MONDAY, number: int = 1, stage: str = "informal", **data: object) -> Raw:
    fields = {"escalation_id": "e", "stage": stage, "reason": "drift", "raised_by": "iro1"}
    return event("escalation.raised", "A", number, on, **(fields | data))


def changed(number: int, on: date, **data: object) -> Raw:
    return event("escalation.changed", "A", number, on, escalation_id="e", **data)


def resolved(number: int, on: date) -> Raw:
    return event("escalation.resolved", "A", number, on, escalation_id="e", outcome="agreed")


def facts(*raw: Raw) -> Facts:
    return facts_of(list(raw))["A"]


def line(*raw: Raw, rules: Rules = RULES) -> tuple[IroEscalationStretch, ...]:
    found = facts(*raw)
    levels = rules.policy.reviewing_officers.levels
    return iro_escalation_lines("A", found.iro_escalations, rules.rulebook, levels)


def on(day: date, stretches: tuple[IroEscalationStretch, ...]) -> IroEscalationStretch:
    (found,) = [it for it in stretches if it.start <= day and (it.end is None or day < it.end)]
    return found


def test_an_informal_one_is_to_be_resolved_or_made_formal_within_ten_working_days() -> None:
    stretches = line(raised())
    assert [(it.start, it.end, it.stage, it.level) for it in stretches] == [
        (MONDAY, None, "informal", 0)
    ]
    assert stretches[0].due == date(2026, 11, 16)
    assert stretches[0].formal_since is None


def test_a_formal_one_has_five_days_for_each_level_and_twenty_in_all() -> None:
    stretches = line(
        raised(),
        changed(2, date(2026, 11, 9), stage="formal", level=1),
        changed(3, date(2026, 11, 13), level=2),
        changed(4, date(2026, 12, 3), level=4),
        resolved(5, date(2026, 12, 8)),
    )
    shown = [(it.start.isoformat(), it.stage, it.level, it.due.isoformat()) for it in stretches]
    assert shown == [
        ("2026-11-02", "informal", 0, "2026-11-16"),
        ("2026-11-09", "formal", 1, "2026-11-16"),
        ("2026-11-13", "formal", 2, "2026-11-20"),
        ("2026-12-03", "formal", 4, "2026-12-07"),  # 20 working days from 9 November, not 5 more
        ("2026-12-08", "formal", 4, "2026-12-07"),
    ]
    last = stretches[-1]
    assert (last.resolved_on, last.outcome, last.end) == (date(2026, 12, 8), "agreed", None)
    assert {it.formal_since for it in stretches[1:]} == {date(2026, 11, 9)}


def test_one_raised_as_formal_begins_with_the_first_level() -> None:
    (only,) = line(raised(stage="formal"))
    assert (only.stage, only.level, only.due) == ("formal", 1, date(2026, 11, 9))


def test_bank_holidays_are_no_working_days() -> None:
    (only,) = line(raised(date(2026, 12, 21), stage="formal"))
    assert only.due == date(2026, 12, 30)  # 22, 23, 24, 29, 30 December: the 28th is a holiday


def test_a_level_beyond_those_of_the_policy_has_the_days_of_the_whole() -> None:
    stretches = line(raised(stage="formal"), changed(2, date(2026, 11, 4), level=7))
    assert on(date(2026, 11, 4), stretches).due == date(2026, 11, 30)
    assert Policy().reviewing_officers.title(7) == "level 7"


def test_a_council_has_levels_of_its_own() -> None:
    levels = (EscalationLevel(title="service manager", working_days=3),)
    rules = Rules.of(Policy(reviewing_officers=ReviewingOfficers(levels=levels)))
    (only,) = line(raised(stage="formal"), rules=rules)
    assert only.due == date(2026, 11, 5)


def test_levels_that_take_longer_than_the_handbook_allows_may_not_stand() -> None:
    levels = tuple(EscalationLevel(title=title, working_days=7) for title in ("a", "b", "c"))
    with pytest.raises(ValueError, match="take 21 working days in all; they must take 20 or fewer"):
        Rules.of(Policy(reviewing_officers=ReviewingOfficers(levels=levels)))


def test_what_was_formal_stays_so_and_a_level_that_was_reached_stays_reached() -> None:
    stretches = line(
        raised(stage="formal"),
        changed(2, date(2026, 11, 4), level=3),
        changed(3, date(2026, 11, 10), stage="informal", level=1),
    )
    late = on(date(2026, 11, 20), stretches)
    assert (late.stage, late.level, late.due) == ("formal", 3, date(2026, 11, 11))


def test_raised_again_it_counts_from_the_first_day() -> None:
    stretches = line(raised(), raised(date(2026, 11, 12), 2, reason="no plan"))
    assert stretches[0].raised == MONDAY
    assert on(date(2026, 11, 20), stretches).due == date(2026, 11, 16)
    assert on(date(2026, 11, 11), stretches).reason == "drift"
    assert on(date(2026, 11, 12), stretches).reason == "no plan"


def test_a_resolution_before_it_was_raised_is_left_out_and_asked_about() -> None:
    found = facts(raised(), resolved(2, date(2026, 10, 30)))
    assert [question.field for question in found.questions] == ["date"]
    assert line(raised(), resolved(2, date(2026, 10, 30)))[-1].resolved_on is None


def test_a_change_of_one_that_was_never_raised_is_asked_about() -> None:
    found = facts(changed(2, MONDAY, level=2), event("person.updated", "A", 1, MONDAY))
    assert [question.field for question in found.questions] == ["escalation_id"]
    assert found.iro_escalations == []


def test_any_order_gives_the_same_line() -> None:
    told = [
        raised(),
        changed(2, date(2026, 11, 9), stage="formal"),
        changed(3, date(2026, 11, 13), level=2),
        resolved(4, date(2026, 11, 17)),
    ]
    assert len({repr(line(*order)) for order in permutations(told)}) == 1


@pytest.mark.parametrize("days", range(0, 45, 4))
def test_on_each_day_the_due_is_that_of_what_is_known_by_then(days: int) -> None:
    told = [
        raised(),
        changed(2, date(2026, 11, 9), stage="formal"),
        changed(3, date(2026, 11, 20), level=3),
        resolved(4, date(2026, 12, 4)),
    ]
    day = MONDAY + timedelta(days=days)
    by_then = [item for item in told if item["data"]["date"] <= day.isoformat()]
    assert on(day, line(*told)).due == on(day, line(*by_then)).due


def test_going_higher_takes_back_no_lateness() -> None:
    stretches = line(
        raised(),
        changed(2, date(2026, 11, 17), stage="formal", level=1),  # a day after it was due
        resolved(3, date(2026, 11, 18)),
    )
    assert on(date(2026, 11, 16), stretches).late_since is None
    formal = on(date(2026, 11, 17), stretches)
    assert (formal.due, formal.late_since) == (date(2026, 11, 24), date(2026, 11, 17))
    assert on(date(2026, 11, 18), stretches).late_since == date(2026, 11, 17)
    in_time = line(raised(), changed(2, date(2026, 11, 16), stage="formal", level=1))
    assert in_time[-1].late_since is None


def test_a_level_reached_on_the_day_of_the_resolution_gives_no_more_time() -> None:
    stretches = line(
        raised(stage="formal"),
        changed(2, date(2026, 11, 12), level=2),
        resolved(3, date(2026, 11, 12)),
    )
    assert stretches[-1].due == date(2026, 11, 9)
    assert stretches[-1].late_since == date(2026, 11, 10)

"""Escalation by the table of docs/rules.md, section 8: each line and step, from both sides."""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.policy import Escalation, Policy
from schemas.status import Rag
from tests.story import UA, UP
from tests.unit.assessment.red_cases import (
    START,
    STEPS,
    derived,
    leaver,
    on,
    placed,
    planned,
    rated,
    reaches,
    steps,
)

LINES = {
    "no open action": (leaver(), steps("2026-12-30", "2027-01-05", "2027-01-12")),
    "homeless": (leaver("S"), steps("2026-12-24", "2026-12-30", "2027-01-05")),
    "whatever the plan": (planned(), steps("2027-01-12", "2027-01-26", "2027-02-23")),
    "an action due the same day": (planned(START), steps("2026-12-29", "2027-01-05", "2027-01-12")),
    "an action due on a Saturday": (
        planned(date(2027, 1, 2)), steps("2027-01-04", "2027-01-08", "2027-01-15"),
    ),
    "an action due on a Friday": (
        planned(date(2027, 1, 8)), steps("2027-01-11", "2027-01-15", "2027-01-22"),
    ),
    "a rating below red": (rated(), steps("2026-12-30", "2027-01-05", "2027-01-12")),
    "homeless, rated": (
        leaver("S").reviewed("2026-12-24", "oversight", concern=str(UA), rating={
            "rag": "amber", "rationale": "seen", "authorised_by": "m1", "expires": "2027-01-20"}),
        steps("2026-12-24", "2026-12-30", "2027-01-05"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_table_reaches_each_step_on_its_working_day(line: str) -> None:
    story, days = LINES[line]
    reaches(derived(story), days)


def test_what_is_unlawful_is_with_everybody_the_same_day() -> None:
    found = derived(placed())
    assert on(found, START, UP).step == "chief_officer"
    assert on(found, START, UP).step_reached_on == START
    assert on(found, START, UP).awaiting == STEPS[1:]


def test_a_rating_lowers_no_escalation_and_the_case_is_amber_meanwhile() -> None:
    found = on(derived(rated()), date(2027, 1, 12))
    assert (found.rag, found.rule_rag, found.rated_down) == (Rag.AMBER, Rag.RED, True)
    assert found.step == "chief_officer"
    assert found.awaiting == STEPS[1:]


def test_a_holiday_of_the_policy_is_no_working_day() -> None:
    policy = Policy(bank_holidays=[date(2026, 12, 30)])
    reaches(derived(leaver(), policy), steps("2026-12-31", "2027-01-06", "2027-01-13"))


def test_the_clock_starts_with_live_from_at_the_earliest() -> None:
    for live_from, days in (
        (START, steps("2026-12-30", "2027-01-05", "2027-01-12")),
        (START + timedelta(days=1), steps("2026-12-30", "2027-01-05", "2027-01-12")),
        (date(2026, 12, 29), steps("2026-12-31", "2027-01-06", "2027-01-13")),
        (date(2027, 1, 3), steps("2027-01-05", "2027-01-08", "2027-01-15")),
    ):
        reaches(derived(leaver(), Policy(live_from=live_from)), days)
    later = derived(leaver("S"), Policy(live_from=date(2027, 1, 3)))
    assert on(later, date(2027, 1, 2)).step is None
    assert on(later, date(2027, 1, 3)).step == "team_manager"


def test_a_red_that_is_known_late_climbs_from_the_day_on_which_it_is_known() -> None:
    found = derived(leaver(), stored={2: date(2027, 1, 4)})
    assert on(found, START).known_on == date(2027, 1, 4)
    assert on(found, START).red_since == START
    reaches(found, steps("2027-01-06", "2027-01-11", "2027-01-18"))


def test_what_is_stored_near_midnight_is_known_by_the_day_in_london() -> None:
    """23.30 UTC in summer is the next day in London."""
    start = date(2026, 7, 6)
    summer = leaver(start=start)
    found = derived(summer, stored={2: date(2026, 7, 8)})
    assert on(found, start).known_on == date(2026, 7, 9)


def test_a_red_that_is_known_only_after_it_ended_never_climbs() -> None:
    story = leaver().add("accommodation.ended", on="2027-01-20", accommodation_id="a1")
    story.lives("2027-01-20", "K", id="a2", suitable=True)
    found = derived(
        story, stored={2: date(2027, 1, 20), 3: date(2027, 1, 20), 4: date(2027, 1, 20)}
    )
    here = on(found, date(2027, 1, 19))
    assert (here.rag, here.known_on, here.step) == (Rag.RED, None, None)
    just = derived(story, stored={2: date(2027, 1, 19), 3: date(2027, 1, 20), 4: date(2027, 1, 20)})
    assert on(just, date(2027, 1, 19)).known_on == date(2027, 1, 19)


def test_a_step_that_was_reached_stays_until_the_red_ends_and_a_new_red_begins_anew() -> None:
    story = leaver().action("2027-01-05", "2028-01-01")
    story.lives("2027-03-01", "K", id="a2", suitable=True)
    story.lives("2027-03-15", "K", id="a3", suitable=False)
    found = derived(story)
    assert on(found, date(2027, 1, 4)).step == "team_manager"
    assert on(found, date(2027, 1, 5)).step == "team_manager", "an action in time stops the line"
    assert on(found, date(2027, 1, 25)).step == "team_manager"
    assert on(found, date(2027, 1, 26)).step == "head_of_service"
    assert on(found, date(2027, 2, 28)).step_reached_on == date(2027, 2, 23)
    assert on(found, date(2027, 3, 1)).step is None
    assert on(found, date(2027, 3, 15)).step is None
    assert on(found, date(2027, 3, 15)).red_since == date(2027, 3, 15)


def test_an_action_that_comes_on_the_day_stops_a_step_and_one_a_day_later_does_not() -> None:
    in_time = leaver().action("2026-12-30", "2028-01-01")
    assert on(derived(in_time), date(2026, 12, 30)).step is None
    too_late = leaver().action("2026-12-31", "2028-01-01")
    assert on(derived(too_late), date(2026, 12, 31)).step == "team_manager"


def test_an_acknowledgement_stops_nothing() -> None:
    story = leaver().add(
        "oversight.acknowledged", on="2026-12-30", acknowledgement_id="o1", concern=str(UA),
        acknowledged_by="m1", role="team_manager",
    )  # fmt: skip
    found = derived(story)
    reaches(found, steps("2026-12-30", "2027-01-05", "2027-01-12"))
    assert on(found, date(2026, 12, 30)).awaiting == ()
    assert on(found, date(2027, 1, 12)).awaiting == ("head_of_service", "chief_officer")


@pytest.mark.parametrize("lacking", ["team", "personal_adviser"])
def test_a_case_of_no_team_or_no_worker_is_with_the_head_of_service_at_once(lacking: str) -> None:
    found = on(derived(leaver(**dict[str, Any]({lacking: None}))), START)
    assert (found.step, found.step_line, found.owned) == ("head_of_service", "unowned", False)


def test_a_worker_is_gone_from_the_day_on_which_they_are_gone() -> None:
    leaves = date(2026, 12, 29)
    found = derived(leaver(), gone={"w1": leaves})
    assert on(found, date(2026, 12, 28)).owned
    assert on(found, date(2026, 12, 28)).step is None
    assert not on(found, leaves).owned
    assert on(found, leaves).step == "head_of_service"
    other = derived(leaver(social_worker="w2"), gone={"w1": leaves})
    assert on(other, leaves).owned
    assert on(other, leaves).step is None


def test_a_case_that_is_somebodys_again_keeps_the_step() -> None:
    story = leaver().add("person.updated", on="2026-12-31", personal_adviser="w2")
    found = derived(story, gone={"w1": date(2026, 12, 29)})
    assert on(found, date(2026, 12, 31)).owned
    assert on(found, date(2026, 12, 31)).step == "head_of_service"


def test_one_clock_serves_every_line_and_the_highest_step_counts() -> None:
    """Homeless from its sixth day on: five working days have passed since it became red."""
    story = leaver().action(START.isoformat(), "2028-01-01")
    story.add("accommodation.changed", on="2027-01-05", accommodation_id="a1",
               unsuitable_reason="homeless")  # fmt: skip
    found = derived(story)
    assert on(found, date(2027, 1, 4)).step is None
    assert on(found, date(2027, 1, 5)).step == "chief_officer"
    assert on(found, date(2027, 1, 5)).step_counted_from == START


def test_the_steps_are_the_policys() -> None:
    policy = Policy(escalation=Escalation(team_manager=0, head_of_service=1, chief_officer=3))
    reaches(derived(leaver(), policy), steps("2026-12-24", "2026-12-29", "2026-12-31"))

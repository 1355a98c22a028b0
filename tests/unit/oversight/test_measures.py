"""Measures: what their files may say, and how they are judged."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from schemas.status import Concern, Rag
from services.oversight.measures.definition import (
    Cases,
    Measure,
    Target,
    read_measure,
    shipped,
    with_own,
)
from services.oversight.measures.judging import Point, judge
from services.store.case_filter import Filter

DAY = date(2027, 1, 4)
FIRST, SECOND = Target(by=date(2027, 3, 31), value=75), Target(by=date(2027, 6, 30), value=85)


def measure(better: str = "more", *targets: Target) -> Measure:
    return Measure.model_validate(
        {
            "id": "m", "name": "M", "what": "x", "since": "2026-12-01", "unit": "number",
            "better": better, "targets": targets or (FIRST, SECOND), "cases": {"colour": "red"},
        }
    )  # fmt: skip


def weeks(*values: float, until: date = DAY) -> list[Point]:
    """The figures of the weeks before a day, the last a week before it."""
    count = len(values)
    return [Point(until - timedelta(weeks=count - n), value) for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("value", "points", "state"),
    [
        (75.0, weeks(60, 62, 64), "met"),
        (74.9, weeks(68, 70, 72), "on course"),
        (60.0, weeks(60, 60, 60), "off course"),
        (60.0, weeks(66, 64, 62), "off course"),
        (60.0, weeks(58, 59), "not known"),  # three figures in all
        (None, weeks(60, 62, 64), "not known"),
    ],
)
def test_a_measure_is_judged_by_the_step_that_counts(
    value: float | None, points: list[Point], state: str
) -> None:
    assert judge(measure(), DAY, value, points).state == state


def test_the_next_step_counts_from_the_day_after_the_one_before_it() -> None:
    assert judge(measure(), FIRST.by, 76, []).target == FIRST
    assert judge(measure(), FIRST.by, 76, []).state == "met"
    after = FIRST.by + timedelta(days=1)
    assert judge(measure(), after, 76, []).target == SECOND
    assert judge(measure(), after, 76, []).state == "not known"
    assert judge(measure(), SECOND.by, 84, weeks(80, 81, 82, until=SECOND.by)).state == "off course"
    assert judge(measure(), SECOND.by + timedelta(days=1), 84, []).state == "missed"
    assert judge(measure(), SECOND.by + timedelta(days=1), 85, []).state == "met"


def test_where_fewer_is_better_it_goes_the_other_way() -> None:
    none = measure("fewer", Target(by=FIRST.by, value=0))
    assert judge(none, DAY, 0, []).state == "met"
    assert judge(none, DAY, 5, weeks(8, 7, 6)).state == "on course"
    assert judge(none, DAY, 9, weeks(6, 7, 8)).state == "off course"


def test_the_forecast_is_the_line_and_says_how_sure_it_is() -> None:
    straight = judge(measure(), DAY, 66, weeks(60, 62, 64)).forecast
    assert straight is not None
    on = DAY + timedelta(days=32)  # 9 more at 2 a week
    assert (straight.earliest, straight.on, straight.latest) == (on, on, on)
    wavering = judge(measure(), DAY, 66, weeks(60, 66, 61)).forecast
    assert wavering is not None
    assert wavering.earliest is not None
    assert wavering.on is not None
    assert wavering.earliest < wavering.on
    assert wavering.latest is None  # it may not rise at all
    away = judge(measure(), DAY, 60, weeks(66, 64, 62)).forecast
    assert away is not None
    assert away.on is None


def test_what_comes_after_the_day_is_not_known_on_it() -> None:
    later = [*weeks(60, 62, 64), Point(DAY + timedelta(days=7), 0.0), Point(DAY, 1.0)]
    assert judge(measure(), DAY, 66, later).state == "on course"


def test_without_a_target_nothing_is_judged() -> None:
    bare = measure().model_copy(update={"targets": ()})
    assert judge(bare, DAY, 5, []).state == "no target"


def test_the_shipped_measures_are_those_that_the_guidance_and_the_councils_ask_for() -> None:
    assert {item.id for item in shipped()} >= {
        "visits_in_time", "reviews_in_time", "pathway_plans_in_time", "reds_with_a_plan",
        "actions_in_time", "unregistered_placements", "pre_proceedings_12_weeks",
        "pre_proceedings_16_weeks", "permanence_by_four_months", "caseload_average",
        "caseload_largest", "escalations_overdue",
    }  # fmt: skip
    for item in shipped():
        assert item.what.endswith("."), item.id
        assert item.owner, item.id


def test_a_filter_of_a_measure_is_that_of_the_list() -> None:
    wanted = Cases(concern=Concern.VISITS, colour=Rag.RED, overdue=True, no_plan=True)
    assert wanted.filter == Filter(Concern.VISITS, Rag.RED, overdue=True, no_action=True)
    assert wanted.query == {
        "concern": "visits", "colour": "red", "overdue": "yes", "no_plan": "yes",
    }  # fmt: skip


PLAIN = 'name = "n"\nwhat = "w"\nsince = 2026-12-01\nunit = "number"\nbetter = "fewer"\n'


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("", "it counts nothing; it must have one of"),
        ('told = "x"\nescalations = "late"', "it counts escalations and told"),
        ("cases = {}\nshort = {}", "short must be given for a share of cases"),
        ('told = "x"\ncolour = "red"', "Extra inputs"),
        ("cases = { colour = 'purple' }", "cases.colour"),
        ("told = 'x'\ntargets = [{by = 2027-03-31, value = 1}, {by = 2027-01-01, value = 1}]",
         "targets must be in the order of their days"),
    ],
)  # fmt: skip
def test_a_file_that_says_something_wrong_is_told_so(more: str, fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        read_measure("x", PLAIN + more)


def test_a_council_s_own_take_the_place_of_shipped_ones() -> None:
    own = read_measure("visits_in_time", PLAIN + 'told = "x"')
    assert [it for it in with_own([own]) if it.id == "visits_in_time"] == [own]
    gone = own.model_copy(update={"retired": True})
    assert "visits_in_time" not in {item.id for item in with_own([gone])}
    assert len(with_own(())) == len(shipped())

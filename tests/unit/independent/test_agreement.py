"""The assessment against an independent reading of the rule book, on every day of random lives.

The reading asks every rule on every day, one by one; the assessment writes the line down at once.
"""

import os
from datetime import date, timedelta
from typing import Any

import pytest

from schemas.envelope import Event, read_event
from schemas.policy import Policy
from schemas.status import Concern, Period
from services.assessment.statuses import assess_events
from services.assessment.timeline import Assessment
from tests.share import share_of
from tests.unit.independent.lives import random_life
from tests.unit.independent.reading import (
    Life,
    Verdict,
    first_day,
    last_day,
    read_all,
    since_basis,
)
from tests.unit.independent.story import MI, TODAY, UA, UP, VI, Story, on

LIVES = int(os.environ.get("SIGHTLINE_LIVES") or share_of(160))
SHARDS = 8
BEYOND = timedelta(days=420)
BASIS_EVERY = 29
"""Of so many days the basis of the first is compared: it is the same on all days of a run."""


def assessed(raw: list[dict[str, Any]]) -> dict[str, Assessment]:
    events = [read_event(item) for item in raw]
    assert all(isinstance(item, Event) for item in events), events
    return assess_events([item for item in events if isinstance(item, Event)], Policy())


def by_day(line: tuple[Period, ...], first: date, last: date) -> list[Period | None]:
    days: list[Period | None] = []
    day = first
    while day <= last:
        period = next((item for item in line if item.covers(day)), None)
        days.append(period if period and period.rag != "none" else None)
        day += timedelta(days=1)
    return days


def expected_runs(days: list[Verdict | None], first: date) -> list[tuple[Any, Any, Any]]:
    """since, not_green_since and next_change (within the days) for each day, by scanning."""
    runs: list[tuple[Any, Any, Any]] = []
    since = not_green = first
    for number, verdict in enumerate(days):
        before = days[number - 1] if number else None
        here = first + timedelta(days=number)
        if (verdict and verdict.rag) != (before and before.rag):
            since = here
        late = verdict is not None and verdict.rule_rag in {"amber", "red"}
        if late and not (before is not None and before.rule_rag in {"amber", "red"}):
            not_green = here
        runs.append((since if verdict else None, not_green if late else None, None))
    following = None
    for number in reversed(range(len(days))):
        if number + 1 < len(days):
            one, other = days[number], days[number + 1]
            if (one and one.rag) != (other and other.rag):
                following = first + timedelta(days=number + 1)
        runs[number] = (*runs[number][:2], following)
    return runs


def compare(life: Life, assessment: Assessment | None, first: date, last: date) -> int:
    checked = 0
    for concern in Concern:
        expected = life.days(str(concern), first, last)
        line = assessment.periods[concern] if assessment else ()
        found = by_day(line, first, last)
        runs = expected_runs(expected, first)
        for number, (verdict, period) in enumerate(zip(expected, found, strict=True)):
            here = f"{concern} on {first + timedelta(days=number)}"
            if verdict is None or period is None:
                assert (verdict is None) == (period is None), f"{here}: {verdict} {period}"
                continue
            checked += 1
            since, not_green, change = runs[number]
            rules = [reason.rule for reason in period.reasons]
            ours = (str(period.rag), str(period.rule_rag), period.statutory, rules)
            theirs = (verdict.rag, verdict.rule_rag, verdict.statutory, list(verdict.rules))
            assert ours == theirs, here
            assert (period.since, period.not_green_since) == (since, not_green), here
            if number % BASIS_EVERY == 0:
                basis = since_basis(life, str(concern), first + timedelta(days=number))
                assert period.since_basis == basis, here
            if change is not None or (period.next_change and period.next_change <= last):
                assert period.next_change == change, here
    return checked


@pytest.mark.parametrize("shard", range(SHARDS))
def test_both_readings_agree_on_every_day_of_every_life(shard: int) -> None:
    checked = 0
    for seed in range(shard, LIVES, SHARDS):
        raw = random_life(seed)
        ours = assessed(raw)
        for person, life in read_all(raw).items():
            first = first_day(life)
            try:
                checked += compare(life, ours.get(person), first, last_day(life) + BEYOND)
            except AssertionError as error:
                raise AssertionError(f"life {seed}, {person}: {error}") from error
    assert checked > LIVES * 100 / SHARDS


def test_a_short_break_without_an_end_of_its_own_is_passed_over_by_both() -> None:
    """Who left care, then had short breaks, of which a second cut the first, has left care."""
    story = Story().care("2025-12-16", legal_status="C2").care_ends("2026-01-15", reason="E5")
    story.care("2026-01-16", "c2", legal_status="V4").care("2026-04-21", "c3", legal_status="V4")
    story.care_ends("2026-07-26", "c3")
    assert story.changes(UA, "2026-01-14", "2026-08-01") == [
        ("2026-01-14", "none"),
        ("2026-01-15", "amber"),
        ("2026-01-16", "none"),
        ("2026-07-26", "amber"),
    ]
    compare_all(story.events)


def test_where_somebody_only_absent_was_away_by_a_day_says_nothing_of_when_they_went_missing() -> (
    None
):
    story = Story().born("2011-01-10").care("2020-01-01")
    story.gone_missing("2026-05-01", key="n", kind="absent", date_basis="by_this_date")
    story.gone_missing("2026-05-01")
    assert since_basis(story.life(), MI, TODAY) == "exact"
    compare_all(story.events)


def compare_all(raw: list[dict[str, Any]]) -> None:
    ours = assessed(raw)
    for person, life in read_all(raw).items():
        assert compare(life, ours.get(person), first_day(life), last_day(life) + BEYOND)


BY_THEN = {"date_basis": "by_this_date"}


def test_of_two_periods_of_care_on_one_day_the_one_that_lasts_says_how_sure_its_start_is() -> None:
    story = Story().born("2015-01-10").care("2026-01-10", "1", **BY_THEN)
    story.care("2026-01-10", "2", **BY_THEN)
    assert since_basis(story.life(), UP, TODAY) == "at_least"
    compare_all(story.events)


def test_who_was_visited_on_the_day_they_came_is_counted_from_the_visit() -> None:
    story = Story().born("2015-01-10").care("2026-01-10", **BY_THEN).placed("2026-01-10", "P1")
    story.visited("2026-01-10")
    assert story.sure(VI, "2026-01-30").rules == ("VI4",)
    assert since_basis(story.life(), VI, on("2026-01-30")) == "exact"
    compare_all(story.events)


def test_care_that_goes_on_under_another_period_begins_no_count_of_visits() -> None:
    story = Story().born("2015-01-10").care("2025-01-10", "1", legal_status="V2")
    story.care("2026-01-10", "2", legal_status="C2", **BY_THEN).placed("2026-01-10", "U1")
    assert since_basis(story.life(), VI, on("2026-01-20")) == "exact"
    compare_all(story.events)


def test_a_rationale_that_is_a_number_is_its_digits() -> None:
    rating = {"rag": "amber", "rationale": 7, "authorised_by": "m", "expires": "2026-06-30"}
    story = Story().born("2015-01-10").care("2026-01-10")
    story.review("2026-06-10", "oversight", concern=VI, rating=rating)
    assert story.rag(VI) == "amber"
    compare_all(story.events)


def test_an_action_that_is_agreed_again_with_its_first_due_takes_no_change_back() -> None:
    story = Story().born("2015-01-10").care("2026-01-10").action("2026-03-01", "2026-04-01")
    story.add("action.changed", "2026-03-15", action_id="t", due="2026-06-10")
    story.action("2026-03-20", "2026-04-01")
    (action,) = story.life().record.actions
    assert action.due(TODAY) == on("2026-06-10")
    compare_all(story.events)

"""When a week's digests are due: Europe/London mornings, whatever the season."""

from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.policy import Digest
from services.digests.week import latest_due, week_of

MONDAY = date(2026, 11, 16)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "week", "due"),
    [
        ("2026-03-23T07:30:00+00:00", "2026-W13", "2026-03-23T07:30:00+00:00"),
        ("2026-03-30T06:29:59+00:00", "2026-W13", "2026-03-23T07:30:00+00:00"),
        ("2026-03-30T06:30:00+00:00", "2026-W14", "2026-03-30T06:30:00+00:00"),
        ("2026-10-26T06:59:00+00:00", "2026-W43", "2026-10-19T06:30:00+00:00"),
        ("2026-10-26T07:30:00+00:00", "2026-W44", "2026-10-26T07:30:00+00:00"),
        ("2027-01-03T12:00:00+00:00", "2026-W53", "2026-12-28T07:30:00+00:00"),
        ("2027-01-04T07:30:00+00:00", "2027-W01", "2027-01-04T07:30:00+00:00"),
    ],
)
def test_half_past_seven_on_monday_in_london_whatever_the_season(
    now: str, week: str, due: str
) -> None:
    told = latest_due(at(now), Digest())
    assert (told.name, told.due_at) == (week, at(due))


def test_a_council_may_choose_another_day() -> None:
    policy = Digest(weekday="friday")
    assert latest_due(at("2026-11-20T07:30:00+00:00"), policy).day == date(2026, 11, 20)
    assert latest_due(at("2026-11-19T07:30:00+00:00"), policy).day == date(2026, 11, 13)


def test_the_deadline_is_the_same_morning() -> None:
    week = week_of(MONDAY, Digest())
    assert week.deadline - week.due_at == timedelta(minutes=90)

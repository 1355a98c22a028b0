"""A feed's rhythm: silence beyond it is an alarm, and nothing else is."""

from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from schemas.days import LONDON
from schemas.permissions import PAGES_SOURCE
from schemas.policy import Digest as DigestPolicy
from schemas.policy import Policy, SourcePermissions
from services.sources.rhythm import duration_words, usual_silence
from tests.share import share_of
from tests.unit.sources.feed_times import (
    alarms_between,
    hourly,
    london,
    silence,
    times_received,
    without,
    working_days,
)

# A feed of every night


def test_a_feed_of_every_night_is_missed_the_same_morning() -> None:
    nights = times_received("2026-01-01", "2026-03-03T23:00")
    alarms = alarms_between(nights, "2026-03-03T03:00", "2026-03-07T23:00")
    assert "Wed 04 Mar 03:30" < alarms[0] <= "Wed 04 Mar 07:00"
    missed = alarms_between(nights, "2026-03-04T07:00", "2026-03-14T23:00")
    assert len(missed) == 48 * 10 + 33, "it stays missed"


def test_one_that_comes_now_sooner_and_now_later_is_not_missed() -> None:
    chance = Random(1)
    nights = times_received(
        "2026-01-01", "2026-03-31T23:00", late=lambda _: timedelta(minutes=chance.randint(-40, 40))
    )
    assert alarms_between(nights, "2026-02-15T00:00", "2026-03-31T23:00") == []


@pytest.mark.parametrize(("usually", "now"), [("01:10", "03:00"), ("01:50", "03:30")])
def test_one_that_is_less_than_two_hours_later_than_ever_is_not_missed(
    usually: str, now: str
) -> None:
    nights = times_received("2026-01-01", "2026-03-03T23:00", time.fromisoformat(usually))
    assert alarms_between(nights, "2026-03-03T00:00", f"2026-03-04T{now}") == []


def test_it_is_said_how_long_it_has_been_quiet_and_how_long_it_usually_is() -> None:
    nights = times_received("2026-01-01", "2026-03-03T23:00")
    found = silence(nights, london("2026-03-05T11:10"))
    assert found
    assert (found.since, found.lasted) == (london("2026-03-03T02:10"), timedelta(hours=57))
    assert found.sentence == (
        "The feed /council/cms has been silent for 2 days; at this hour of the week it is usually "
        "silent for no more than 9 hours. What happened there since is not known here."
    )


@pytest.mark.parametrize(
    ("lasted", "words"),
    [
        (timedelta(minutes=5), "1 hour"), (timedelta(hours=1), "1 hour"),
        (timedelta(hours=26), "26 hours"), (timedelta(hours=47), "47 hours"),
        (timedelta(hours=48), "2 days"), (timedelta(days=21, hours=20), "21 days"),
    ],
)  # fmt: skip
def test_a_time_in_words(lasted: timedelta, words: str) -> None:
    assert duration_words(lasted) == words


# A feed of working days


def evenings(last: str) -> list[datetime]:
    return times_received("2026-01-02", last, time(18, 5), on=working_days)


def test_a_feed_of_working_days_is_not_missed_at_the_weekend() -> None:
    days = evenings("2026-03-27T23:00")
    assert alarms_between(days, "2026-02-13T00:00", "2026-03-27T23:00") == []


def test_it_is_missed_on_a_friday_evening_and_all_the_weekend() -> None:
    days = evenings("2026-03-12T23:00")
    alarms = alarms_between(days, "2026-03-12T19:00", "2026-03-16T17:00")
    assert "Fri 13 Mar 19:00" < alarms[0] <= "Fri 13 Mar 23:00"
    assert len(alarms_between(days, "2026-03-13T23:00", "2026-03-16T17:00")) == 48 * 2 + 37


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-04-02T00:00", "2026-04-10T23:00"),
        ("2026-05-01T00:00", "2026-05-08T23:00"),
        ("2026-12-24T00:00", "2027-01-08T23:00"),
    ],
    ids=["Easter", "the first Monday of May", "Christmas and New Year"],
)
def test_a_feed_of_working_days_is_not_missed_on_bank_holidays(first: str, last: str) -> None:
    assert alarms_between(evenings(last), first, last) == []


def test_a_feed_of_working_days_is_not_missed_on_a_holiday_of_the_councils_own() -> None:
    policy = Policy(bank_holidays=[date(2026, 3, 18)])
    days = times_received(
        "2026-01-02", "2026-03-20T23:00", time(18, 5),
        on=lambda day: working_days(day) and day != date(2026, 3, 18),
    )  # fmt: skip
    assert alarms_between(days, "2026-03-17T00:00", "2026-03-20T23:00", policy) == []


def test_bank_holidays_gone_by_teach_nothing_wrong() -> None:
    """Weeks after Easter the feed is missed as soon as ever, and not sooner."""
    days = evenings("2026-05-13T23:00")
    assert alarms_between(days, "2026-04-13T00:00", "2026-05-01T17:00") == []
    alarms = alarms_between(days, "2026-05-13T00:00", "2026-05-15T23:00")
    assert "Thu 14 May 19:00" < alarms[0] <= "Thu 14 May 23:00"


def test_a_feed_that_comes_on_bank_holidays_too_is_missed_the_day_after_at_the_latest() -> None:
    nights = times_received("2026-01-02", "2026-04-05T23:00")
    alarms = alarms_between(nights, "2026-04-05T00:00", "2026-04-07T09:00")
    assert alarms
    assert alarms[-1] == "Tue 07 Apr 09:00"


# A feed of every hour


def test_a_feed_of_every_hour_is_missed_within_a_few() -> None:
    hours = times_received("2026-01-02", "2026-03-04T11:30", *hourly())
    alarms = alarms_between(hours, "2026-02-26T00:00", "2026-03-04T23:00")
    assert "Wed 04 Mar 13:00" < alarms[0] <= "Wed 04 Mar 17:00"
    assert alarms[-1] == "Wed 04 Mar 23:00"


def test_one_of_office_hours_is_not_missed_at_night() -> None:
    hours = times_received(
        "2026-01-02", "2026-03-24T23:00", *hourly(*range(8, 18)), on=working_days
    )
    assert alarms_between(hours, "2026-03-10T00:00", "2026-03-24T23:00") == []


# A feed that comes seldom


def test_a_feed_of_every_week_is_missed_within_hours() -> None:
    weeks = times_received("2026-01-04", "2026-03-16T23:00", on=lambda day: day.weekday() == 6)
    alarms = alarms_between(weeks, "2026-02-15T00:00", "2026-03-23T23:00")
    assert "Sun 22 Mar 03:00" < alarms[0] <= "Sun 22 Mar 09:00"


def test_a_feed_of_every_month_is_not_missed_each_month() -> None:
    months = times_received("2025-06-01", "2026-03-30T23:00", on=lambda day: day.day == 1)
    assert alarms_between(months, "2026-02-01T00:00", "2026-03-30T23:00") == []


# What has gone before


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-02-17T00:00", "2026-02-19T00:00"), ("2026-02-09T00:00", "2026-02-12T12:00")],
)
def test_an_outage_in_the_past_weeks_does_not_hide_the_next(first: str, last: str) -> None:
    nights = without(times_received("2026-01-01", "2026-03-03T23:00"), first, last)
    alarms = alarms_between(nights, "2026-03-03T03:00", "2026-03-05T23:00")
    assert "Wed 04 Mar 03:30" < alarms[0] <= "Wed 04 Mar 07:00"
    assert alarms[-1] == "Thu 05 Mar 23:00"


def test_nor_does_one_of_ten_days() -> None:
    nights = without(
        times_received("2026-01-01", "2026-03-03T23:00"), "2026-02-09T00:00", "2026-02-19T12:00"
    )
    alarms = alarms_between(nights, "2026-03-03T03:00", "2026-03-05T23:00")
    assert [when for when in alarms if when <= "Wed 04 Mar 07:00"]


def test_one_that_is_silent_for_weeks_stays_so() -> None:
    nights = times_received("2026-01-01", "2026-03-03T23:00")
    alarms = alarms_between(nights, "2026-03-04T07:00", "2026-06-04T07:00")
    assert len(alarms) == 92 * 48 + 1 - 2, "looked at each half hour, an hour less in March"


def test_until_three_weeks_are_known_the_policys_days_count() -> None:
    nights = times_received("2026-03-01", "2026-03-15T23:00")
    assert silence(nights, london("2026-03-17T23:00")) is None
    found = silence(nights, london("2026-03-18T02:10"))
    assert found
    assert found.usual is None
    assert found.sentence == (
        "The feed /council/cms has been silent for 3 days: what happened there since is not known "
        "here."
    )
    week = Policy(digest=DigestPolicy(quiet_days=7))
    assert silence(nights, london("2026-03-21T02:10"), week) is None
    assert silence(nights, london("2026-03-22T02:10"), week)


def test_with_three_weeks_the_rhythm_is_known() -> None:
    nights = times_received("2026-02-20", "2026-03-15T23:00")
    found = silence(nights, london("2026-03-16T09:00"))
    assert found
    assert found.usual == timedelta(hours=7)


# Clocks


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-03-27T00:00", "2026-05-10T23:00"), ("2026-10-23T00:00", "2026-12-06T23:00")],
    ids=["forward", "back"],
)
@pytest.mark.parametrize("clock", [time(0, 30), time(1, 30), time(2, 30), time(23, 50)])
def test_clocks_that_change_raise_no_alarm(clock: time, first: str, last: str) -> None:
    start = str(date.fromisoformat(first[:10]) - timedelta(weeks=8))
    assert alarms_between(times_received(start, last, clock), first, last) == []


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-03-27T00:00", "2026-05-10T23:00"), ("2026-10-23T00:00", "2026-12-06T23:00")],
    ids=["forward", "back"],
)
def test_nor_do_those_of_a_feed_that_keeps_universal_time(first: str, last: str) -> None:
    start = str(date.fromisoformat(first[:10]) - timedelta(weeks=8))
    summer = [
        moment.replace(hour=2, minute=10) for moment in times_received(start, last, time(12, 0))
    ]
    assert alarms_between(summer, first, last) == []


@pytest.mark.parametrize("changed", ["2026-03-29", "2026-10-25"])
def test_a_night_missed_as_clocks_change_is_missed(changed: str) -> None:
    start = str(date.fromisoformat(changed) - timedelta(weeks=8))
    nights = without(
        times_received(start, f"{changed}T23:00"), f"{changed}T00:00", f"{changed}T23:59"
    )
    assert alarms_between(nights, f"{changed}T07:00", f"{changed}T07:00")


# Sources whose silence means nothing


@pytest.mark.parametrize("source", ["/return/ssda903", PAGES_SOURCE, "/council/old"])
def test_a_return_the_pages_and_what_is_retired_are_never_missed(source: str) -> None:
    policy = Policy(sources={"/council/old": SourcePermissions(retired=True)})
    nights = times_received("2026-01-01", "2026-03-03T23:00")
    for now in ("2026-03-05T09:00", "2026-06-05T09:00", "2028-06-05T09:00"):
        assert silence(nights, london(now), policy, source) is None
        assert silence(nights[:3], london(now), policy, source) is None


@pytest.mark.parametrize("source", ["/returns", "/sightline/pages/2", "/council/return/"])
def test_others_are_however_they_are_called(source: str) -> None:
    nights = times_received("2026-01-01", "2026-03-03T23:00")
    assert silence(nights, london("2026-03-05T09:00"), source=source)


# Whatever the rhythm is

RHYTHMS = st.one_of(
    st.just(hourly()), st.sets(st.integers(0, 23), min_size=1).map(lambda alarms: hourly(*alarms))
)


def is_holiday(moment: datetime) -> bool:
    day = moment.astimezone(LONDON).date()
    return day.weekday() < 5 and not working_days(day)


@settings(max_examples=share_of(100), phases=(Phase.generate, Phase.shrink))
@given(
    times=RHYTHMS,
    days=st.sets(st.integers(0, 6), min_size=1),
    now=st.datetimes(datetime(2026, 3, 1), datetime(2026, 12, 20)),  # noqa: DTZ001
    seed=st.integers(0, 999),
)
def test_a_feed_that_keeps_its_rhythm_is_never_missed_and_one_that_stops_is(
    times: tuple[time, ...], days: set[int], now: datetime, seed: int
) -> None:
    """Half an hour early or late is its rhythm too."""
    chance = Random(seed)
    start = str(now.date() - timedelta(weeks=8))
    kept = times_received(
        start, (now + timedelta(days=8)).isoformat(), *times, on=lambda day: day.weekday() in days,
        late=lambda _: timedelta(minutes=chance.randint(-30, 30)),
    )  # fmt: skip
    moment = now.replace(tzinfo=LONDON)
    assert silence(kept, moment) is None
    stopped = [one for one in kept if one <= moment]
    missed = next(one for one in kept if one > moment)
    noticed_by = missed + timedelta(hours=6)
    around = [missed + timedelta(days=back) for back in range(-7, 1)]
    assume(not any(is_holiday(one) for one in (*around, noticed_by)))
    # A feed may be two hours later than ever before. So one that was due within the hour, or soon
    # after another and with none soon after it, is not missed before the next that is due.
    gap = missed - stopped[-1]
    soon = [one for one in kept if missed < one < noticed_by]
    assume(gap >= timedelta(hours=5) or (gap >= timedelta(hours=1) and len(soon) > 4))
    assert silence(stopped, noticed_by)


def test_no_rhythm_is_known_of_a_feed_that_was_hardly_heard() -> None:
    assert usual_silence([], Policy(), london("2026-03-01T09:00")) is None

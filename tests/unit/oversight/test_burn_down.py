"""A campaign's burn-down: what was left on each day, and the chart of it."""

from datetime import UTC, date, datetime, timedelta

from services.oversight.campaigns import Progress
from services.store.campaigns import Campaign, Member
from services.web.kit.burn_down import burn_down

BEGUN = date(2026, 9, 1)


def campaign(days: int, ended_on: date | None = None) -> Campaign:
    made = datetime(2026, 9, 1, 9, tzinfo=UTC)
    due = BEGUN + timedelta(days=days)
    return Campaign("c", "t", {}, BEGUN, BEGUN, due, "h1", made, ended_on, "h1", "why")


def member(name: str, assessed_on: date | None, *, applies: bool = True) -> Member:
    applying = ("visits",) if applies else ()
    return Member(name, ("visits",), assessed_on, applying, "north", "w1", None)


def progress(days: int, day: date, *assessed: int | None, ended: date | None = None) -> Progress:
    members = [
        member(f"p{n}", None if after is None else BEGUN + timedelta(days=after))
        for n, after in enumerate(assessed)
    ]
    left = sum(item.is_left for item in members)
    return Progress(campaign(days, ended), day, members, left)


def test_each_day_has_what_was_left_at_its_end() -> None:
    points = progress(4, BEGUN + timedelta(days=3), 0, 2, None).burn_down()
    assert [(p.on.day, p.left, p.evenly) for p in points] == [
        (1, 2, 3.0), (2, 2, 2.25), (3, 1, 1.5), (4, 1, 0.75),
    ]  # fmt: skip


def test_it_ends_with_the_last_assessment_and_closes_on_that_day() -> None:
    found = progress(9, BEGUN + timedelta(days=20), 1, 3)
    assert [p.left for p in found.burn_down()] == [2, 1, 1, 0]
    assert found.closed_on == BEGUN + timedelta(days=3)
    assert not found.is_open


def test_ended_early_it_is_closed_on_that_day_and_never_overdue() -> None:
    ended = BEGUN + timedelta(days=5)
    found = progress(3, BEGUN + timedelta(days=30), 1, None, ended=ended)
    assert (found.is_open, found.is_overdue, found.closed_on) == (False, False, ended)
    before = progress(3, BEGUN + timedelta(days=4), 1, None, ended=ended)
    assert (before.is_open, before.is_overdue, before.closed_on) == (True, True, None)


def test_a_long_one_has_a_point_a_week_and_the_day_asked_about() -> None:
    day = BEGUN + timedelta(days=100)
    points = progress(120, day, 50, None).burn_down()
    assert points[1].on - points[0].on == timedelta(days=7)
    assert points[-1].on == day


def test_whoever_no_concern_applies_to_is_left_out_of_what_is_to_do() -> None:
    found = Progress(campaign(5), BEGUN, [member("a", None), member("b", None, applies=False)], 1)
    assert (found.all.left, found.all.gone, found.all.total) == (1, 1, 2)
    assert found.burn_down()[0].left == 1


def test_the_chart_reaches_from_the_first_day_to_the_due_and_from_all_to_none() -> None:
    points = progress(10, BEGUN + timedelta(days=4), 2, 3, None, None).burn_down()
    chart = burn_down(points, BEGUN + timedelta(days=10))
    first, last = chart.evenly.split()
    assert float(first.split(",")[0]) == chart.left
    assert float(last.split(",")[0]) == chart.right
    assert float(last.split(",")[1]) == chart.floor
    assert chart.left_line.split()[0] == first
    assert [number for _, number in chart.up] == [0, 1, 2, 3, 4]

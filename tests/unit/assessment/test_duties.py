"""What is to be done for a looked-after child by a day: boundary days from both sides."""

from datetime import date

import pytest

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.assessment.duties import Duty, DutyKind, duties
from tests.unit.assessment.made_council import Raw, event
from tests.unit.assessment.test_action_line import facts_of

RULES = Rules.of(Policy())
CARE = date(2026, 3, 2)
"""A Monday."""


def care(on: date = CARE, number: int = 1, **data: object) -> Raw:
    fields = {"care_id": f"c{number}", "legal_status": "C2"}
    return event("care.started", "A", number, on, **(fields | data))


def ended(on: date, number: int = 1) -> Raw:
    return event("care.ended", "A", 100 + number, on, care_id=f"c{number}", reason="E4")


def officer(on: date, who: str | None = "iro1", number: int = 20) -> Raw:
    return event("person.updated", "A", number, on, reviewing_officer=who)


def review(on: date, number: int = 30, **data: object) -> Raw:
    fields = {"review_id": f"r{number}", "kind": "looked_after"}
    return event("review.completed", "A", number, on, **(fields | data))


def owed(kind: DutyKind, *raw: Raw) -> list[Duty]:
    facts = facts_of([event("person.updated", "A", 99, date(2020, 1, 1)), *raw])["A"]
    return [duty for duty in duties(facts, RULES.rulebook) if duty.kind == kind]


@pytest.mark.parametrize(
    ("named", "settled"),
    [
        (date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 3, 9), date(2026, 3, 9)),  # the fifth working day
        (date(2026, 3, 10), date(2026, 3, 10)),  # the day after: late
        (date(2026, 5, 1), date(2026, 3, 10)),
    ],
)
def test_an_officer_is_named_within_five_working_days(named: date, settled: date) -> None:
    (duty,) = owed("officer_named", care(), officer(named))
    assert (duty.since, duty.due, duty.done_on) == (CARE, date(2026, 3, 9), named)
    assert duty.settled_on == settled
    assert duty.done_on is not None
    assert (duty.done_on <= duty.due) is (named <= date(2026, 3, 9))


def test_one_named_before_care_began_is_named_on_its_first_day() -> None:
    (duty,) = owed("officer_named", officer(date(2026, 1, 5)), care())
    assert duty.done_on == CARE


def test_one_who_is_taken_back_at_once_still_was_named() -> None:
    (duty,) = owed(
        "officer_named", care(), officer(date(2026, 3, 4)), officer(date(2026, 3, 5), None, 21)
    )
    assert duty.done_on == date(2026, 3, 4)


def test_nobody_named_is_late_from_the_day_after_it_was_due_and_for_good() -> None:
    (duty,) = owed("officer_named", care())
    assert (duty.done_on, duty.settled_on, duty.until) == (None, date(2026, 3, 10), None)


def test_care_that_ended_by_the_day_it_was_due_owes_nothing_more() -> None:
    (duty,) = owed("officer_named", care(), ended(date(2026, 3, 9)))
    assert (duty.settled_on, duty.until) == (None, date(2026, 3, 9))
    (later,) = owed("officer_named", care(), ended(date(2026, 3, 10)))
    assert later.settled_on == date(2026, 3, 10)


def test_reviews_are_due_after_twenty_working_days_three_months_and_six() -> None:
    found = owed(
        "review_held",
        care(),
        review(date(2026, 3, 30), 30),
        review(date(2026, 7, 1), 31),
        review(date(2026, 12, 30), 32),
    )
    assert [(d.place, d.since, d.due, d.done_on, d.settled_on) for d in found] == [
        (1, CARE, date(2026, 3, 30), date(2026, 3, 30), date(2026, 3, 30)),
        (2, date(2026, 3, 30), date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 1)),
        (3, date(2026, 7, 1), date(2027, 1, 1), date(2026, 12, 30), date(2026, 12, 30)),
        (4, date(2026, 12, 30), date(2027, 6, 30), None, date(2027, 7, 1)),
    ]


def test_an_earlier_day_that_a_review_named_is_the_day_due() -> None:
    found = owed("review_held", care(), review(date(2026, 3, 20), next_due="2026-05-01"))
    assert found[-1].due == date(2026, 5, 1)


def test_what_the_source_says_of_a_review_is_kept_beside_what_the_days_say() -> None:
    first, _ = owed("review_held", care(), review(date(2026, 4, 20), on_time=True))
    assert (first.done_on, first.due, first.told_on_time) == (
        date(2026, 4, 20), date(2026, 3, 30), True,
    )  # fmt: skip


def test_care_begins_anew_after_it_ended_and_not_where_it_goes_on() -> None:
    twice = owed("officer_named", care(), ended(date(2026, 6, 1)), care(date(2026, 9, 1), 2))
    assert [duty.since for duty in twice] == [CARE, date(2026, 9, 1)]
    on = owed("officer_named", care(), ended(date(2026, 6, 1)), care(date(2026, 6, 1), 2))
    assert [duty.since for duty in on] == [CARE]


def test_short_breaks_and_the_years_from_eighteen_owe_nothing() -> None:
    assert owed("review_held", care(legal_status="V4")) == []
    born = event("person.updated", "A", 3, date(2020, 1, 1), date_of_birth="2008-03-10")
    (duty,) = owed("review_held", care(), born)
    assert (duty.until, duty.settled_on) == (date(2026, 3, 10), None)


def test_a_start_that_is_only_known_to_be_by_then_is_said() -> None:
    (duty,) = owed("officer_named", care(date_basis="by_this_date"))
    assert not duty.is_exact
    assert owed("officer_named", care())[0].is_exact

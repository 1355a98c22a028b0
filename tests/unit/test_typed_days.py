"""A day is understood as people type it, and nothing else is."""

from datetime import date

import pytest

from services.web.kit.typed_days import typed_day

MEANT = date(2026, 3, 7)


@pytest.mark.parametrize("month", ["3", "03", "March", "march", "MAR", "Marc"])
@pytest.mark.parametrize("year", ["2026", "26"])
@pytest.mark.parametrize("day", ["7", "07"])
def test_a_month_by_name_and_a_year_of_two_digits_are_understood(
    day: str, month: str, year: str
) -> None:
    assert typed_day(day, month, year) == MEANT


@pytest.mark.parametrize(
    ("month", "number"), [("sep", 9), ("Sept", 9), ("June", 6), ("Jul", 7), ("may", 5)]
)
def test_each_month_is_its_own(month: str, number: int) -> None:
    assert typed_day("1", month, "2026") == date(2026, number, 1)


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [("31", "2", "2026"), ("x", "3", "2026"), ("7", "Ma", "2026"), ("7", "Ju", "26"),
     ("7", "Marsh", "2026"), ("7", "13", "2026"), ("7", "3", "6"), ("7", "3", "026"),
     ("7", "3", "20266"), ("-7", "3", "2026"), ("\u0667", "3", "2026"), ("7", "", "2026"),
     ("0", "3", "2026"), ("7", "3", "0000")],
)  # fmt: skip
def test_what_is_no_day_is_none(day: str, month: str, year: str) -> None:
    assert typed_day(day, month, year) is None

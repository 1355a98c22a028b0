"""Dates as Excel, report servers and databases write them."""

from datetime import date

import pytest

from services.imports.tabular.dates import iso, parse_day

JUNE = date(2025, 6, 3)


@pytest.mark.parametrize(
    "cell",
    [
        "03/06/2025", "3.6.2025", "2025-06-03", "03/06/2025 00:00", "03/06/2025 0:00",
        "03/06/2025 12:00:00 AM", "2025-06-03T00:00:00", "2025-06-03 00:00:00.000",
        "2025-06-03 09:15", "03/06/2025 11:59:59 PM", " 03/06/2025 ",
    ],
)  # fmt: skip
def test_a_time_of_day_beside_a_date_is_left_aside(cell: str) -> None:
    assert parse_day(cell) == JUNE


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2008-06-30T23:00:00Z", "2008-07-01"),
        ("2008-06-30T22:59:59Z", "2008-06-30"),
        ("2008-12-31T23:00:00Z", "2008-12-31"),
        ("2008-07-01T00:30:00+02:00", "2008-06-30"),
        ("2008-06-30 23:00 UTC", "2008-07-01"),
    ],
)
def test_a_moment_is_the_day_that_it_is_in_london(cell: str, day: str) -> None:
    assert iso(cell) == day


@pytest.mark.parametrize(
    "cell",
    [
        "45811", "03-Jun-25", "20250603", "2025/06/03", "31/02/2025", "03/06/25", "soon",
        "03/06/2025 25:00", "03/06/2025 13:00 PM", "2025-06-03T00:00:00+25:00",
    ],
)  # fmt: skip
def test_what_may_be_meant_otherwise_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="DD/MM/YYYY"):
        parse_day(cell)

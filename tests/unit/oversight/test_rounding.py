"""Figures to one place: never better than they are, and never worse for how numbers are held."""

import pytest

from services.oversight.rounding import to_one_place


@pytest.mark.parametrize(
    ("value", "more", "fewer"),
    [(94.96, 94.9, 95.0), (5.01, 5.0, 5.1), (0.0, 0.0, 0.0), (100.0, 100.0, 100.0)],
)
def test_it_is_down_where_more_is_better_and_else_up(
    value: float, more: float, fewer: float
) -> None:
    assert to_one_place(value, "more") == more
    assert to_one_place(value, "fewer") == fewer


def test_what_has_one_place_stays() -> None:
    for tenths in range(1001):
        share = 100 * tenths / 1000
        assert to_one_place(share, "fewer") == to_one_place(share, "more") == tenths / 10

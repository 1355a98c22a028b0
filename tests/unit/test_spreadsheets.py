"""What a spreadsheet would run is defused, whatever stands before it."""

import pytest

from services.spreadsheets import defused


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "\r=1", "  =1", "\u00a0=1", "\u3000=1",
        "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", "\u200b=1", "\u202e=1", "\ufe621",
        "\u2007\u2009=1", "\ufeff=1",
    ],
)  # fmt: skip
def test_a_formula_is_made_text(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", " ", "4471", "EL-1", "a=b", "£5", "(1)", "é"])
def test_anything_else_is_left_as_it_is(cell: str) -> None:
    assert defused(cell) == cell

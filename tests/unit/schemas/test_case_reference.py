"""Case references: their form, and how they stand in an address."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.case_reference import as_segment, from_segment, is_case_reference
from tests.share import share_of


@pytest.mark.parametrize("good", ["4471", "EL-1", "ns/7", ".", "..", "X/judgement", "a" * 64])
def test_a_reference_is_of_letters_digits_and_few_signs(good: str) -> None:
    assert is_case_reference(good)


@pytest.mark.parametrize(
    "bad", ["", " ", "P 1", "a" * 65, "P\n", "é", "٤", "P~", "!", "<b>", "P?x", "P#", "%2F", "P\\"]
)
def test_anything_else_is_none(bad: str) -> None:
    assert not is_case_reference(bad)


@settings(max_examples=share_of(100))
@given(st.from_regex(r"[A-Za-z0-9_./:-]{1,64}", fullmatch=True))
def test_each_reference_has_a_segment_of_its_own_that_leads_nowhere_else(reference: str) -> None:
    segment = as_segment(reference)
    assert from_segment(segment) == reference
    assert "/" not in segment
    assert segment not in (".", "..")

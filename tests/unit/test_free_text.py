"""Names in free text are found whatever stands before them, in one pass over the text."""

import pytest

from services.web.forms.answers import MOST_TEXT, Answers
from services.web.forms.free_text import suspected_names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Oliver was seen.", ["Oliver"]),
        ("Seen at home.   Oliver Smith was there.", ["Oliver Smith"]),
        ("Seen. \t Pathway Plan agreed", []),
        ("told Mr Brown and Oliver", ["Mr Brown", "Oliver"]),
    ],
)
def test_names_are_found(text: str, found: list[str]) -> None:
    assert suspected_names(text) == found


def test_a_text_that_is_too_long_is_refused_before_it_is_read() -> None:
    answers = Answers(lambda name: "Oliver Smith " * MOST_TEXT if name == "outcome" else "")
    answers.text("outcome", "Enter the outcome")
    assert list(answers.faults) == ["outcome"]
    assert "characters or fewer" in answers.faults["outcome"]
    assert not answers.asks_about_names

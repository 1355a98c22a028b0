"""Names in free text are found whatever stands before them, in one pass over the text."""

import pytest

from services.web.forms.answers import MOST_TEXT, Answers
from services.web.forms.free_text import suspected_details, suspected_names


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ring 07700 900123 tonight.", [("07700 900123", "a telephone number")]),
        ("Ring (020) 7946 0958.", [("(020) 7946 0958", "a telephone number")]),
        ("Ring 020 7946 0958 or +44 20 7946 0958.",
         [("020 7946 0958", "a telephone number"), ("+44 20 7946 0958", "a telephone number")]),
        ("Moved to SW1A 1AA.", [("SW1A 1AA", "a postcode")]),
        ("moved to m11ae", [("m11ae", "a postcode")]),
        ("Write to jo.bloggs+x@council.example.uk.",
         [("jo.bloggs+x@council.example.uk", "an e-mail address")]),
        ("Lives at 12b Old Mill Lane, first floor.", [("12b Old Mill Lane", "a street")]),
        ("14 High St", [("14 High St", "a street")]),
    ],
)  # fmt: skip
def test_where_somebody_lives_or_can_be_reached_is_found(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert suspected_details(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Reviewed on 03/11/2026 and 20 11 2026; next on 2026-12-01.",
        "Case 104233, action 7; 28 days; 2 Pathway Plans; a 5 week way to go.",
        "U4 and Z1 of the return; EL-20993; 0123456.",
        "The 20 working days of the IRO handbook; 56% in 12 weeks.",
    ],
)
def test_dates_numbers_and_codes_are_none(text: str) -> None:
    assert suspected_details(text) == []


def test_each_is_said_once_and_what_it_may_be() -> None:
    text = "Seen at 12 Oliver Road; Jayden was there, 07700 900123."
    answers = Answers(lambda name: text if name == "outcome" else "")
    answers.text("outcome", "Enter the outcome")
    said = answers.faults["outcome"]
    assert said.startswith(
        "‘Jayden’ may be a name; ‘12 Oliver Road’ may be a street; ‘07700 900123’ may be a "
        "telephone number. Write"
    )
    confirmed = Answers(lambda name: {"outcome": text, "no_names": "yes"}.get(name, ""))
    assert confirmed.text("outcome") == text
    assert not confirmed.faults


def test_a_text_of_the_greatest_length_is_read_at_once() -> None:
    for piece in ("0 ", "12 Old Mill ", "a.", "AB1 ", "a@b"):
        suspected_details((piece * MOST_TEXT)[:MOST_TEXT])

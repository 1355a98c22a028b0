"""The young people of the cases (57 to 65 and 79 to 87), against this reading.

Each case is told as events and asked with the words of its row.
"""

from __future__ import annotations

from typing import Any

import pytest

from .reading import since_basis
from .story import PE, PP, PW, TODAY, UA, UP, VI, Story, on, plus


@pytest.mark.parametrize(("codes", "rag"), [("SBUS", "red"), ("SUS", "green")])
def test_57_one_id_sent_again(codes: str, rag: str) -> None:
    story = Story().born("2006-01-10")
    for night, code in enumerate(codes, start=2):
        data: dict[str, Any] = {"accommodation_id": "a", "date": "2026-06-01", "code": code}
        if code == "U":
            data["suitable"] = True
        key = "other" if code == "U" else "same"
        story.send("accommodation.started", data, f"2026-06-{night:02}", id=key)
    assert story.rag(UA) == rag


def test_58_the_second_review() -> None:
    story = Story().born("2014-01-10").care("2026-01-05", legal_status="C2")
    story.add("permanence.agreed", "2026-01-06", plan_id="x", plan="adoption")
    assert story.changes(PE, "2026-01-05", "2026-03-01") == [
        ("2026-01-05", "green"),
        ("2026-02-03", "amber"),
    ]
    assert story.sure(PE, "2026-02-03").rules == ("PE5",)
    story.review("2026-01-20", "looked_after")
    assert story.changes(PE, "2026-01-05", "2026-06-01") == [
        ("2026-01-05", "green"),
        ("2026-04-21", "amber"),
    ]
    assert story.sure(PE, "2026-04-21").rules == ("PE4",)


def test_59_a_next_review_two_years_on() -> None:
    story = Story().born("2014-01-10").care("2026-01-05", legal_status="C2")
    story.add("permanence.agreed", "2026-01-06", plan_id="x", plan="adoption")
    story.review("2026-01-20", "looked_after")
    story.review("2026-04-10", "looked_after", next_due="2028-04-10")
    assert story.changes(PE, "2026-01-20", "2026-12-01") == [
        ("2026-01-20", "green"),
        ("2026-10-11", "amber"),
    ]


def test_60_qualifying_in_unregistered_lodgings() -> None:
    story = Story().born("2009-01-10").person("2026-01-01", eligibility="qualifying")
    story.lives_in("2026-06-01", "E", suitable=True, registration="unregistered")
    found = story.sure(UA)
    assert (found.rag, found.statutory, found.rules) == ("red", "suitable", ("UA3",))
    rating = {"rag": "amber", "rationale": "x", "authorised_by": "m", "expires": "2026-06-30"}
    assert story.review("2026-06-10", "oversight", concern=UA, rating=rating).rag(UA) == "amber"


def moved(authorised: bool, first: str) -> Story:
    story = Story().born("2006-01-10").lives_in("2026-05-01", "U")
    story.action("2026-06-01", "2026-06-10")
    story.add("action.changed", first, action_id="t", due="2026-06-30")
    by: dict[str, Any] = {"authorised_by": "h1"} if authorised else {}
    return story.add("action.changed", "2026-06-25", action_id="t", due="2026-07-30", **by)


@pytest.mark.parametrize(
    ("authorised", "first", "red_from"),
    [
        (False, "2026-06-10", "2026-07-01"),
        (True, "2026-06-10", "2026-07-31"),
        (False, "2026-06-11", "2026-06-11"),
    ],
)
def test_61_an_action_moved(authorised: bool, first: str, red_from: str) -> None:
    story = moved(authorised, first)
    assert story.changes(UA, "2026-06-01", "2026-08-30") == [
        ("2026-06-01", "amber"),
        (red_from, "red"),
    ]
    assert story.sure(UA, red_from).rules == ("E1", "UA9")


@pytest.mark.parametrize(
    ("code", "start", "amber_from"),
    [
        ("W", "2026-06-05", "2026-06-10"),
        ("W", "2026-04-02", "2026-04-09"),
        ("V", "2026-04-02", "2026-04-10"),
    ],
)
def test_62_bed_and_breakfast_at_20(code: str, start: str, amber_from: str) -> None:
    story = Story().born("2006-01-10").lives_in(start, code, suitable=True)
    assert story.changes(UA, start, plus(start, 20)) == [(start, "green"), (amber_from, "amber")]
    assert story.sure(UA, amber_from).rules == ("UA10",)


def test_63_a_code_cleared() -> None:
    story = Story().born("2014-01-10").care("2026-01-01").placed("2026-01-01", "U4")
    story.add("placement.changed", "2026-06-01", placement_id="p", code=None)
    assert (story.rag(UP), story.sure(UP).rules) == ("amber", ("UP13",))
    assert story.asks("code")


def test_64_an_action_agreed_again() -> None:
    story = Story().born("2006-01-10").lives_in("2026-05-01", "U")
    story.action("2026-06-01", "2026-06-10")
    agreed = dict(story.events[-1]["data"])
    story.send("action.agreed", {**agreed, "due": "2026-06-30"}, "2026-06-10")
    story.send("action.agreed", {**agreed, "due": "2026-07-30"}, "2026-06-25")
    assert story.changes(UA, "2026-06-01", "2026-08-30") == [
        ("2026-06-01", "amber"),
        ("2026-07-01", "red"),
    ]


@pytest.mark.parametrize("code", ["U4", None, "T1"])
def test_65_a_temporary_placement_becomes_the_main_one(code: str | None) -> None:
    story = Story().born("2014-01-10").care("2026-03-01")
    story.placed("2026-03-01", "K2", registration="unregistered").placed("2026-05-01", "T4", "stay")
    story.add("placement.changed", "2026-05-05", placement_id="stay", code=code)
    green = [("2026-05-05", "green")] if code == "U4" else []
    assert story.changes(UP, "2026-05-01", "2026-06-15") == [("2026-05-01", "red"), *green]


def test_79_short_breaks_before_care() -> None:
    story = Story().born("2012-01-10").care("2025-01-10", legal_status="V3")
    story.placed("2025-01-10", "U4")
    story.add("care.changed", "2026-03-10", care_id="c", legal_status="C2")
    for concern in (PE, VI):
        assert story.rags(concern, "2025-01-10", "2026-03-09") == {"none"}
    story.review("2026-03-20", "looked_after")
    assert story.sure(PE, "2026-06-09").rules == ()
    assert story.sure(PE, "2026-06-10").rules == ("PE2",)
    assert story.rag(VI, "2026-03-17") == "green"
    assert story.sure(VI, "2026-03-18").rules == ("VI1",)


@pytest.mark.parametrize(
    ("reason", "rag"),
    [
        ("unsafe", "amber"),
        ("damp", "amber"),
        ("shared_house", "green"),
        ("", "green"),
        (None, "green"),
    ],
)
def test_80_suitable_and_yet_a_reason(reason: str | None, rag: str) -> None:
    story = Story().born("2006-01-10")
    story.lives_in("2026-06-01", "U", suitable="Yes", unsuitable_reason=reason)
    assert story.rag(UA) == rag
    assert story.sure(UA).rules == (() if rag == "green" else ("UA9",))


def test_81_a_number_as_urn_and_words_that_nobody_knows() -> None:
    details: dict[str, Any] = {"urn": 1234567, "registration": "not registered"}
    story = Story().born("2014-01-10").care("2026-03-01").placed("2026-03-01", "K2", **details)
    assert story.changes(UP, "2026-03-01", "2026-06-01") == [
        ("2026-03-01", "amber"),
        (plus("2026-03-01", 29), "red"),
    ]
    assert story.sure(UP).rules == ("UP8",)
    details["registration"] = ""
    story = Story().born("2014-01-10").care("2026-03-01").placed("2026-03-01", "K2", **details)
    assert story.rag(UP) == "green"
    story = Story().born("2006-01-10").person("2026-01-01", in_touch="phone off")
    story.lives_in("2026-06-01", "U", suitable=True)
    assert (story.rag(UA), story.sure(UA).rules) == ("amber", ("UA12",))


def test_82_known_only_by_a_date() -> None:
    story = Story().born("2004-01-10")
    story.lives_in("2026-01-01", "B", suitable=True, date_basis="by_this_date")
    assert since_basis(story.life(), UA, TODAY) == "at_least"
    late = on("2026-08-01")
    assert story.rag(UA, late) == "amber"
    assert since_basis(story.life(), UA, late) == "at_least"
    story.review("2026-01-10", "accommodation_suitability", suitable=True)
    assert story.rag(UA, late) == "amber"
    assert since_basis(story.life(), UA, late) == "exact"
    story = Story().born("2014-01-10")
    details = {"period_id": "k", "date_basis": "by_this_date"}
    story.add("pre_proceedings.started", "2026-01-01", **details)
    assert story.rag(PP) == "red"
    assert since_basis(story.life(), PP, TODAY) == "at_least"


def test_83_care_started_in_error_at_19() -> None:
    story = Story().born("2007-01-10").lives_in("2026-03-01", "S").care("2026-05-01")
    assert story.rag(UA) == "red"
    assert story.life().since(UA, TODAY) == on("2026-03-01")


def test_84_closed_and_eligible_again() -> None:
    story = Story().born("2006-01-10").person("2025-01-10", eligibility="former_relevant")
    story.add("person.closed", "2026-03-01", reason="no_longer_eligible")
    story.person("2026-05-01", eligibility="former_relevant")
    for concern, rag in ((VI, "red"), (PW, "red"), (UA, "amber")):
        assert story.changes(concern, "2026-02-20", "2026-06-15") == [
            ("2026-02-20", rag),
            ("2026-03-01", "none"),
            ("2026-05-01", rag),
        ]


@pytest.mark.parametrize("ended", [False, True])
def test_85_a_move_undone(ended: bool) -> None:
    story = Story().born("2007-01-10").person("2025-02-01", eligibility="former_relevant")
    story.lives_in("2026-05-01", "S").lives_in("2026-11-03", "E", "new", suitable=True)
    story.add("accommodation.ended", "2026-11-05", accommodation_id="new")
    if ended:
        story.add("accommodation.ended", "2026-11-04", accommodation_id="a")
    assert story.changes(UA, "2026-11-01", "2026-11-20") == [
        ("2026-11-01", "red"),
        ("2026-11-03", "green"),
        ("2026-11-05", "amber" if ended else "red"),
    ]
    rules = ("UA11",) if ended else ("UA1", "UA8", "UA11")
    assert story.sure(UA, "2026-11-05").rules == rules
    assert story.asks("may be current", "2026-11-05") != ended


def test_86_a_placement_undone() -> None:
    story = Story().born("2012-01-10").care("2026-01-01", legal_status="C2")
    story.placed("2026-01-01", "H5", registration="unregistered").placed("2026-11-03", "U1", "new")
    story.add("placement.ended", "2026-11-05", placement_id="new")
    found = story.sure(UP, "2026-11-05")
    assert (found.rag, found.statutory) == ("red", "unlawful")
    assert found.rules == ("UP1", "UP2", "UP10")
    assert story.asks("may be current", "2026-11-05")
    assert story.rag(UP, "2026-11-04") == "green"
    assert story.care_ends("2026-11-10").rag(UP, "2026-11-10") == "none"


def test_87_a_suitable_dwelling_that_may_be_current() -> None:
    story = Story().born("2006-01-10").person("2025-02-01", eligibility="former_relevant")
    story.lives_in("2026-03-01", "B", suitable=True).lives_in("2026-05-01", "U", "new")
    story.add("accommodation.ended", "2026-06-01", accommodation_id="new")
    found = story.sure(UA)
    assert (found.rag, found.rules, found.statutory) == ("amber", ("UA11",), "suitable")

"""The young people of the cases (31 to 56), against this reading.

Each case is told as events and asked with the words of its row.
"""

from __future__ import annotations

import pytest

from .story import PE, TODAY, UA, UP, Story, on, plus


def test_31_short_breaks_and_homeless() -> None:
    story = Story().born("2011-01-10").care("2026-01-01", legal_status="V3")
    assert story.rag(UP) == "none"
    assert story.lives_in("2026-06-10", "S").rag(UP) == "red"
    assert story.sure(UP).rules == ("UP11",)


def test_32_eligible_and_never_heard_of() -> None:
    story = Story().born("2008-03-10").person("2025-02-01", eligibility="eligible")
    assert story.rag(UA, "2026-03-09") == "red"
    assert story.rag(UA, "2026-03-10") == "amber"


def test_33_suitable_then_homeless_then_suitable() -> None:
    story = Story().born("2006-01-10").lives_in("2026-01-01", "U", suitable=True)
    changed = "accommodation.changed"
    story.add(changed, "2026-06-01", accommodation_id="a", unsuitable_reason="homeless")
    assert story.rag(UA) == "red"
    assert "UA1" in story.sure(UA).rules
    story.add(changed, "2026-06-10", accommodation_id="a", suitable=True)
    assert story.rag(UA) == "green"


def test_34_back_in_care_then_adopted() -> None:
    story = Story().born("2009-01-10").care("2020-01-01", "one")
    story.care_ends("2025-02-01", "one", reason="E5").care("2025-06-01", "two")
    story.care_ends("2026-03-01", "two", reason="E12")
    assert story.rag(UA, "2025-04-01") == "red"
    assert story.rag(UA) == "none"


def test_35_care_from_18_never_ended() -> None:
    story = Story().born("2007-01-10").care("2025-03-10")
    days = story.life().days(UA, on("2025-03-10"), TODAY)
    assert {one.rag if one else "none" for one in days} == {"amber"}
    assert story.rag(UA, "2025-03-09") == "none"


def test_36_a_temporary_placement_alone() -> None:
    story = Story().born("2014-01-10").care("2026-03-01").placed("2026-03-01", "T0")
    assert story.rag(UP, plus("2026-03-01", 28)) == "green"
    assert story.rag(UP, plus("2026-03-01", 29)) == "amber"
    assert story.sure(UP, plus("2026-03-01", 29)).rules == ("UP12",)
    story = Story().born("2014-01-10").care("2026-03-01").placed("2026-03-01", "T4")
    assert story.rag(UP, plus("2026-03-01", 7)) == "green"
    assert story.sure(UP, plus("2026-03-01", 8)).rules == ("UP14",)
    assert story.rag(UP, plus("2026-03-01", 8)) == "amber"


def test_37_a_code_in_small_letters() -> None:
    assert Story().born("2006-01-10").lives_in("2026-06-01", "s ").rag(UA) == "red"


def test_38_codes_not_known() -> None:
    story = Story().born("2006-01-10").lives_in("2026-06-01", "0", suitable=True)
    assert (story.rag(UA), story.sure(UA).rules) == ("amber", ("UA14",))
    assert story.asks("code")
    story = Story().born("2014-01-10").care("2026-06-01").placed("2026-06-01", "M3")
    assert (story.rag(UP), story.sure(UP).rules) == ("amber", ("UP13",))
    assert story.asks("code")


def test_39_a_change_dated_before_the_start() -> None:
    story = Story().born("2006-01-10").lives_in("2026-01-10", "U", suitable=True)
    change = {"accommodation_id": "a", "date": "2026-01-05", "suitable": False}
    story.send("accommodation.changed", change, "2026-01-12")
    assert story.rag(UA, "2026-01-20") == "red"


def test_40_sent_again_each_night() -> None:
    story = Story().born("2006-01-10").lives_in("2026-06-01", "S")
    once = story.life()
    for night in range(2, 9):
        story.events.append({**story.events[1], "time": f"2026-06-{night:02}T02:00:00Z"})
    again = story.life()
    assert again.events == once.events
    assert again.verdict(UA, TODAY) == once.verdict(UA, TODAY)
    assert not story.asks("content")


def test_41_short_breaks_in_an_unregistered_home() -> None:
    story = Story().born("2011-01-10").care("2026-01-01", legal_status="V4")
    story.placed("2026-03-01", "K2", registration="unregistered")
    assert story.rag(UP, "2026-02-28") == "none"
    there = story.sure(UP, "2026-03-01")
    assert (there.rag, there.statutory, there.rules) == ("red", "unlawful", ("UP1",))
    story.lives_in("2026-05-01", "W")
    assert story.sure(UP, "2026-05-01").rules == ("UP1", "UP11")


def test_42_care_ended_on_the_birthday_or_the_day_after() -> None:
    story = Story().born("2008-03-10").care("2020-01-01").care_ends("2026-03-10", reason="E2")
    assert story.rags(UA, "2026-03-01", "2026-04-01") == {"none"}
    story = Story().born("2008-03-10").care("2020-01-01").care_ends("2026-03-11", reason="E2")
    assert story.changes(UA, "2026-03-01", "2026-04-01") == [
        ("2026-03-01", "none"),
        ("2026-03-10", "amber"),
    ]
    assert story.sure(UA).rules == ("UA11",)


@pytest.mark.parametrize("late", ["V4", "C1"])
def test_43_two_changes_before_the_start(late: str) -> None:
    story = Story().born("2014-01-10").care("2026-01-10", legal_status="C2")
    days = {"V4": "2026-01-01", "C1": "2026-01-05"}
    early = "C1" if late == "V4" else "V4"
    for status, sent in ((early, "2026-02-01"), (late, "2026-02-02")):
        data = {"care_id": "c", "date": days[status], "legal_status": status}
        story.send("care.changed", data, sent)
    assert (story.verdict(PE) is None) == (late == "V4")


@pytest.mark.parametrize("again", ["2026-06-01", "2026-06-02"])
def test_44_returned_home_told_again(again: str) -> None:
    story = Story().born("2006-01-10").person("2026-03-01", in_touch="returned_home")
    story.lives_in("2026-04-01", "S").person("2026-06-01", in_touch="yes")
    story.person(again, in_touch="returned_home")
    runs = story.changes(UA, "2026-04-01", "2026-06-15")
    none = [("2026-06-02", "none")] if again == "2026-06-02" else []
    assert runs == [("2026-04-01", "red"), *none]


def test_45_no_plan_and_care_started_again() -> None:
    story = Story().born("2014-01-10").care("2025-01-15", "one", legal_status="C2")
    story.care("2025-11-20", "two", legal_status="C2")
    life = story.life()
    assert story.rags(PE, "2025-05-16", "2026-06-15") == {"red"}
    assert life.since(PE, TODAY) == on("2025-05-16")


def test_46_care_that_continues() -> None:
    story = Story().born("2014-01-10").care("2026-01-10", "one").placed("2026-01-10", "U4")
    story.care_ends("2026-03-01", "one").care("2026-03-01", "two")
    assert story.rags(UP, "2026-01-10", "2026-06-15") == {"green"}
    story = Story().born("2014-01-10").care("2026-01-10", "one").placed("2026-01-10", "U4")
    story.care_ends("2026-03-01", "one").care("2026-03-02", "two")
    assert story.changes(UP, "2026-02-20", "2026-06-15") == [
        ("2026-02-20", "green"),
        ("2026-03-01", "none"),
        ("2026-03-02", "amber"),
        ("2026-03-06", "red"),
    ]
    assert story.sure(UP).rules == ("UP10",)


@pytest.mark.parametrize("closed", [False, True])
def test_47_no_placement_closed_or_not(closed: bool) -> None:
    story = Story().born("2014-01-10").care("2026-06-01")
    if closed:
        story.add("person.closed", "2026-06-02", reason="transferred")
    assert story.changes(UP, "2026-06-01", "2026-06-15") == [
        ("2026-06-01", "amber"),
        ("2026-06-05", "red"),
    ]


def test_48_a_placement_without_care() -> None:
    story = Story().born("2009-01-10").person("2026-01-01", eligibility="eligible")
    story.placed("2026-02-01", "U4").add("placement.ended", "2026-05-01", placement_id="p")
    assert story.rags(UA, "2026-02-01", "2026-04-30") == {"none"}
    assert story.rag(UA, "2026-05-01") == "red"
    assert story.sure(UA).rules == ("UA11",)


def test_49_a_short_break_is_no_care_to_leave() -> None:
    story = Story().born("2009-01-10").care("2026-01-10", legal_status="V3")
    story.care_ends("2026-05-01", reason="E4A")
    assert story.rag(UA) == "none"
    story.add("care.changed", "2026-04-30", care_id="c", legal_status="V2")
    assert story.rag(UA) == "red"


def test_50_unregistered_in_capitals_with_a_urn() -> None:
    story = Story().born("2014-01-10").care("2026-01-01")
    story.placed("2026-01-01", "K2", urn="1234567", registration="Unregistered")
    found = story.sure(UP)
    assert (found.rag, found.statutory, found.rules) == ("red", "unlawful", ("UP1",))


def test_51_homeless_in_capitals_and_a_line_end() -> None:
    story = Story().born("2006-01-10")
    story.lives_in("2026-06-01", "U", suitable=True, unsuitable_reason="Homeless")
    assert story.rag(UA) == "red"
    assert "UA1" in story.sure(UA).rules
    story = Story().born("2006-01-10").lives_in("2026-06-01", "S\n")
    assert "UA1" in story.sure(UA).rules


@pytest.mark.parametrize(
    ("word", "rag", "rule"), [("false", "red", "UA8"), ("perhaps", "amber", "UA9")]
)
def test_52_a_judgement_in_words(word: str, rag: str, rule: str) -> None:
    story = Story().born("2006-01-10").lives_in("2026-05-01", "U", suitable=True)
    story.review("2026-06-01", "accommodation_suitability", suitable=word)
    assert (story.rag(UA), story.sure(UA).rules) == (rag, (rule,))


def test_53_former_relevant_in_two_words() -> None:
    story = Story().born("2006-01-10").person("2026-01-01", eligibility="Former Relevant")
    assert (story.rag(UA), story.sure(UA).rules) == ("amber", ("UA11",))


@pytest.mark.parametrize("concern", ["permanance", None])
def test_54_an_oversight_review_for_a_misspelt_concern(concern: str | None) -> None:
    story = Story().born("2006-01-10").lives_in("2026-05-01", "U", suitable=False)
    story.action("2026-06-01", "2026-06-20").review("2026-06-05", "oversight", concern=concern)
    assert story.rag(UA, "2026-06-20") == ("red" if concern else "amber")
    assert story.asks("concern") == (concern is not None)
    assert story.rag(UA, "2026-06-21") == "red"


def test_55_a_system_s_birth() -> None:
    story = Story().born("1900-01-01").person("2026-01-01", eligibility="former_relevant")
    story.lives_in("2026-06-01", "S")
    assert story.rag(UA) == "red"
    assert story.asks("date_of_birth")


def test_56_a_temporary_placement_unregistered() -> None:
    story = Story().born("2014-01-10").care("2026-03-01").placed("2026-03-01", "U4")
    stories = {"unregistered": Story(), "nothing": Story()}
    for registration, one in stories.items():
        one.events = list(story.events)
        fields = {"registration": registration} if registration == "unregistered" else {}
        one.placed("2026-04-01", "T4", "stay", **fields)
    assert stories["unregistered"].rag(UP, "2026-03-31") == "green"
    assert stories["unregistered"].sure(UP, "2026-04-01").rules == ("UP1",)
    assert stories["unregistered"].rag(UP, "2026-04-01") == "red"
    assert stories["unregistered"].sure(UP, plus("2026-04-01", 8)).rules == ("UP1", "UP14")
    assert stories["nothing"].changes(UP, "2026-04-01", "2026-04-15") == [
        ("2026-04-01", "green"),
        ("2026-04-09", "amber"),
    ]

"""Care leavers of the annual return: who, in which year, with what, and from which day."""

from datetime import date
from typing import Any

import pytest

from tests.story import Story
from tests.unit.assessment.annual_return.returned import (
    columns,
    leaver_on,
    returned,
    rules_on,
)

BORN = "2007-06-10"
"""17 on 10 June 2024, 18 in 2025, 19 in 2026, 22 in 2029."""
EIGHTEEN = "2025-06-10"


def left_care(on: str = "2025-01-10", **facts: str) -> Story:
    """In care from 2020 to the given day, in touch, working, in a flat of their own."""
    known: dict[str, Any] = {"in_touch": "yes", "activity": "F5"} | facts
    story = Story(born=BORN).care("2020-03-01").care_ended(on, "E5")
    return story.add("person.updated", on=on, **known).lives(on, "U", suitable=True)


def test_a_care_leaver_is_returned_as_on_the_birthday() -> None:
    story = left_care()
    entry = leaver_on(story, "2026-03-31", 2025)
    assert columns(entry) == ("YES", "F5", "U1")
    assert entry
    assert (entry.age, entry.about, entry.suitability) == (18, date(2025, 6, 10), "suitable")
    assert rules_on(story, "2026-03-31", 2025) == set()


def test_a_move_after_the_birthday_changes_the_next_year_s_row_alone() -> None:
    story = left_care().lives("2025-06-11", "W", id="a2", suitable=False)
    assert columns(leaver_on(story, "2026-03-31", 2025)) == ("YES", "F5", "U1")
    assert columns(leaver_on(story, "2027-03-31", 2026)) == ("YES", "F5", "W2")


def test_before_the_birthday_it_is_as_on_the_day() -> None:
    story = left_care().lives("2025-05-01", "S", id="a2")
    assert columns(leaver_on(story, "2025-04-30", 2025)) == ("YES", "F5", "U1")
    assert columns(leaver_on(story, "2025-05-01", 2025)) == ("YES", "F5", "S2")


@pytest.mark.parametrize(
    ("ended", "seventeen", "eighteen"),
    [
        ("2024-06-09", True, True),  # the day before the 17th birthday
        ("2024-06-10", True, True),  # on it: looked after up to the day before
        ("2024-06-11", False, True),  # looked after on it (rule 1007)
        ("2025-06-10", False, True),  # left on the 18th birthday
    ],
)
def test_whoever_is_looked_after_on_the_birthday_is_not_returned(
    ended: str, seventeen: bool, eighteen: bool
) -> None:
    story = left_care(ended)
    assert (leaver_on(story, "2025-03-31", 2024) is not None) is seventeen
    assert (leaver_on(story, "2026-03-31", 2025) is not None) is eighteen


@pytest.mark.parametrize("told", [{"eligibility": "eligible"}, {}])
def test_care_that_nobody_ended_ends_at_18_and_they_are_returned_from_then_on(
    told: dict[str, str],
) -> None:
    story = Story(born=BORN, **told).care("2020-03-01")
    assert leaver_on(story, "2025-06-09", 2025) is None
    assert leaver_on(story, EIGHTEEN, 2025) is not None


@pytest.mark.parametrize(
    ("start", "end", "is_returned"),
    [
        ("2023-04-01", "2023-07-01", True),  # 91 days, 21 of them after 16
        ("2023-04-02", "2023-07-01", False),  # 90
        ("2023-03-01", "2023-06-10", False),  # 101, none after the 16th birthday
        ("2023-03-01", "2023-06-11", True),
    ],
)
def test_it_takes_13_weeks_since_14_and_a_day_after_16(
    start: str, end: str, is_returned: bool
) -> None:
    story = Story(born=BORN).care(start).care_ended(end, "E4A")
    assert (leaver_on(story, "2026-03-31", 2025) is not None) is is_returned


def test_short_breaks_do_not_count() -> None:
    story = Story(born=BORN).care("2022-01-01", status="V4").care_ended("2024-01-01", "E8")
    assert returned(story).care_leavers == []


@pytest.mark.parametrize("reason", ["E2", "E3", "E11", "E12"])
def test_nobody_is_returned_who_died_in_care_was_adopted_or_went_to_another_council(
    reason: str,
) -> None:
    assert returned(left_care_by(reason)).care_leavers == []


def left_care_by(reason: str) -> Story:
    return Story(born=BORN).care("2020-03-01").care_ended("2024-01-10", reason)


def test_one_told_to_be_a_care_leaver_is_returned_without_any_care_held() -> None:
    story = Story(born=BORN, eligibility="former_relevant", in_touch="yes", activity="F1")
    story.lives("2025-01-01", "U", suitable=True)
    assert columns(leaver_on(story, "2026-03-31", 2025)) == ("YES", "F1", "U1")
    assert rules_on(story, "2026-03-31", 2025) == set()


def test_where_the_care_that_is_held_is_too_short_that_is_said() -> None:
    story = Story(born=BORN, eligibility="relevant", in_touch="no")
    story.care("2024-01-01").care_ended("2024-02-01", "E4A")
    assert ("1001", "CHILD") in rules_on(story, "2026-03-31", 2025)


def test_where_eligibility_says_otherwise_than_care_the_doubt_is_said() -> None:
    story = left_care(eligibility="qualifying")
    assert leaver_on(story, "2026-03-31", 2025) is not None
    assert ("doubt", "CHILD") in rules_on(story, "2026-03-31", 2025)


@pytest.mark.parametrize(("touch", "code"), [("died", "DIED"), ("returned_home", "RHOM")])
def test_with_died_and_home_nothing_else_is_asked(touch: str, code: str) -> None:
    story = left_care().add("person.updated", on="2025-05-01", in_touch=touch)
    entry = leaver_on(story, "2026-03-31", 2025)
    assert columns(entry) == (code, "0", "0")
    assert entry
    assert entry.suitability == "not counted"


def test_nobody_is_returned_who_is_told_to_have_died_while_in_care() -> None:
    story = Story(born=BORN).care("2020-03-01")
    story.add("person.updated", on="2025-01-10", in_touch="died")
    assert returned(story).care_leavers == []
    assert [it.ceased for it in returned(story).episodes if it.ended] == ["E2"]


@pytest.mark.parametrize(
    ("touch", "code"), [("no", "NO"), ("refused", "REFU"), ("not_required", "NREQ")]
)
def test_without_contact_what_is_not_known_is_0(touch: str, code: str) -> None:
    story = Story(born=BORN).care("2020-03-01").care_ended("2025-01-10", "E5")
    story.add("person.updated", on="2025-01-10", in_touch=touch)
    entry = leaver_on(story, "2026-03-31", 2025)
    assert columns(entry) == (code, "0", "0")
    assert entry
    assert entry.suitability == "no information"
    known = story.lives("2025-02-01", "B", suitable=True)
    assert columns(leaver_on(known, "2026-03-31", 2025)) == (code, "0", "B1")


def test_in_touch_and_nothing_known_is_missing_and_never_0() -> None:
    story = Story(born=BORN).care("2020-03-01").care_ended("2025-01-10", "E5")
    story.add("person.updated", on="2025-01-10", in_touch="yes", full_time_education="none")
    entry = leaver_on(story, "2026-03-31", 2025)
    assert columns(entry) == ("YES", "", "")
    assert rules_on(story, "2026-03-31", 2025) == {("132", "ACTIV"), ("missing", "ACCOM")}


def test_full_time_education_tells_the_activity_where_no_code_was_sent() -> None:
    for education, code in (("higher", "F1"), ("further", "F2")):
        story = Story(born=BORN, eligibility="former_relevant", full_time_education=education)
        assert columns(leaver_on(story, "2026-03-31", 2025))[1] == code


@pytest.mark.parametrize(
    ("code", "facts", "sent"),
    [
        ("S", {}, "S2"),
        ("X", {"suitable": True}, "X2"),
        ("U", {"unsuitable_reason": "homeless", "suitable": False}, "U2"),
        ("W", {"suitable": False}, "W2"),
        ("W", {"suitable": True}, "W1"),
    ],
)
def test_the_digit_is_what_the_list_counts(code: str, facts: dict[str, object], sent: str) -> None:
    story = left_care().lives("2025-02-01", code, id="a2", **facts)
    assert columns(leaver_on(story, "2026-03-31", 2025))[2] == sent


@pytest.mark.parametrize("letter", ["G", "H", "R"])
def test_abroad_deported_and_not_known_where_are_not_counted(letter: str) -> None:
    story = left_care().lives("2025-02-01", letter, id="a2", suitable=False)
    entry = leaver_on(story, "2026-03-31", 2025)
    assert columns(entry)[2] == f"{letter}2"
    assert entry
    assert entry.suitability == "not counted"


def test_what_was_not_known_on_the_birthday_is_taken_from_the_month_after() -> None:
    def moved(on: str) -> Story:
        story = Story(born=BORN).care("2020-03-01").care_ended("2025-01-10", "E5")
        story.add("person.updated", on="2025-01-10", in_touch="yes", activity="F5")
        return story.lives(on, "U", suitable=True)

    soon, late = moved("2025-07-11"), moved("2025-07-12")
    assert columns(leaver_on(soon, "2025-07-10", 2025))[2] == ""
    assert columns(leaver_on(soon, "2025-07-11", 2025))[2] == "U1"
    assert columns(leaver_on(soon, "2026-03-31", 2025))[2] == "U1"
    assert columns(leaver_on(late, "2026-03-31", 2025))[2] == ""
    assert rules_on(late, "2026-03-31", 2025) == {("missing", "ACCOM")}


def test_what_is_known_of_the_birthday_stays_and_each_gap_is_filled_alone() -> None:
    story = Story(born=BORN).care("2020-03-01").care_ended("2025-01-10", "E5")
    story.add("person.updated", on="2025-01-10", in_touch="yes", activity="F5")
    story.lives("2025-06-20", "U", suitable=True)
    story.add("person.updated", on="2025-06-25", in_touch="refused", activity="G5")
    assert columns(leaver_on(story, "2026-03-31", 2025)) == ("YES", "F5", "U1")
    gone = left_care(in_touch="yes").add("person.updated", on="2025-06-25", in_touch="died")
    assert columns(leaver_on(gone, "2026-03-31", 2025)) == ("YES", "F5", "U1")


def test_what_is_found_out_within_the_month_stays_though_something_is_missing_still() -> None:
    story = Story(born=BORN).care("2020-03-01").care_ended("2025-01-10", "E5")
    story.add("person.updated", on="2025-01-10", in_touch="yes")
    story.lives("2025-06-20", "U", suitable=True)
    for on in ("2025-06-20", "2025-07-11", "2025-07-12", "2026-03-31"):
        assert columns(leaver_on(story, on, 2025)) == ("YES", "", "U1")


@pytest.mark.parametrize("facts", [{"in_touch": "yes"}, {"activity": "F5"}])
def test_contact_and_activity_are_filled_too(facts: dict[str, Any]) -> None:
    known: dict[str, Any] = {"in_touch": "yes", "activity": "F5"}
    before = {name: value for name, value in known.items() if name not in facts}
    story = Story(born=BORN).care("2020-03-01").care_ended("2025-01-10", "E5")
    story.add("person.updated", on="2025-01-10", **before).lives("2025-01-10", "U", suitable=True)
    story.add("person.updated", on="2025-06-15", **facts)
    assert columns(leaver_on(story, "2026-03-31", 2025)) == ("YES", "F5", "U1")


def test_the_month_after_a_birthday_in_march_goes_on_into_april() -> None:
    story = Story(born="2008-03-20").care("2020-03-01").care_ended("2025-06-10", "E5")
    story.add("person.updated", on="2025-06-10", in_touch="yes", activity="F5")
    story.lives("2026-04-05", "U", suitable=True)
    assert columns(leaver_on(story, "2026-03-31", 2025)) == ("YES", "F5", "")
    assert columns(leaver_on(story, "2026-04-05", 2025)) == ("YES", "F5", "U1")


def test_without_contact_what_was_told_before_it_was_lost_says_nothing_of_the_day() -> None:
    story = left_care().add("person.updated", on="2025-03-01", in_touch="no")
    assert columns(leaver_on(story, "2026-03-31", 2025)) == ("NO", "0", "0")


def test_of_activity_and_education_the_later_is_believed() -> None:
    story = left_care(activity="G5")
    story.add("person.updated", on="2025-02-01", full_time_education="higher")
    assert columns(leaver_on(story, "2026-03-31", 2025))[1] == "F1"
    left = left_care(activity="F1").add(
        "person.updated", on="2025-02-01", full_time_education="none"
    )
    assert columns(leaver_on(left, "2026-03-31", 2025))[1] == ""
    works = left_care(activity="F5").add(
        "person.updated", on="2025-02-01", full_time_education="none"
    )
    assert columns(leaver_on(works, "2026-03-31", 2025))[1] == "F5"


def test_eligible_at_18_is_a_care_leaver_whatever_care_is_held() -> None:
    story = Story(born=BORN, eligibility="eligible")
    assert leaver_on(story, "2025-06-09", 2025) is None
    assert leaver_on(story, "2025-06-10", 2025) is not None
    short = Story(born=BORN, eligibility="eligible").care("2025-04-01")
    assert ("1001", "CHILD") in rules_on(short, "2025-06-10", 2025)


def test_an_activity_of_0_is_none() -> None:
    story = left_care(activity="0")
    assert rules_on(story, "2026-03-31", 2025) == {("132", "ACTIV")}
    assert columns(leaver_on(story, "2026-03-31", 2025))[1] == ""


def test_from_22_on_it_is_as_on_the_latest_day_of_the_year() -> None:
    story = left_care().lives("2029-11-01", "S", id="a2")
    assert columns(leaver_on(story, "2029-10-31", 2029))[2] == "U1"
    assert columns(leaver_on(story, "2029-11-01", 2029))[2] == "S2"
    assert columns(leaver_on(story, "2030-08-01", 2029))[2] == "S2"
    ages = {entry.year: entry.age for entry in returned(story).care_leavers}
    assert ages == {year: year - 2007 for year in range(2025, 2033)}


def test_at_17_nobody_is_in_a_foyer_or_with_a_former_carer() -> None:
    story = left_care("2024-01-10")
    for code, rule in (("T", "347"), ("Z", "3001")):
        there = left_care("2024-01-10").lives("2024-02-01", code, id="a2", suitable=True)
        assert (rule, "ACCOM") in rules_on(there, "2025-03-31", 2024)
        assert (rule, "ACCOM") not in rules_on(there, "2026-03-31", 2025)
    assert rules_on(story, "2025-03-31", 2024) == set()


def test_without_a_date_of_birth_that_is_what_is_missing() -> None:
    story = Story(eligibility="former_relevant", in_touch="yes", activity="F5")
    story.raw[0]["data"]["date"] = "2025-05-01"
    story.lives("2025-05-02", "U", suitable=True)
    entry = leaver_on(story, "2026-03-31", 2025)
    assert entry
    assert (entry.age, entry.born) == (None, None)
    assert rules_on(story, "2026-03-31", 2025) == {("missing", "DOB")}


def test_whoever_was_never_in_care_is_never_returned() -> None:
    assert returned(Story(born=BORN).lives("2025-01-01", "U")).care_leavers == []


def test_a_letter_that_no_list_knows_is_no_letter() -> None:
    story = left_care().lives("2025-02-01", "Q", id="a2", suitable=True)
    assert columns(leaver_on(story, "2026-03-31", 2025))[2] == ""
    assert ("133", "ACCOM") in rules_on(story, "2026-03-31", 2025)

"""The young people of the cases (1 to 30), against this reading.

Each case is told as events and asked with the words of its row.
"""

from __future__ import annotations

import pytest

from .reading import Verdict, first_day, read_all
from .story import PE, PP, TODAY, UA, UP, Story, on, plus


def test_01_homeless_at_18_with_a_care_period_never_ended() -> None:
    story = Story().born("2008-01-10").care("2020-01-01").lives_in("2026-06-01", "S")
    assert story.rag(UA) == "red"


def test_02_left_at_18_still_called_eligible_no_address() -> None:
    story = Story().born("2008-01-10").person("2024-02-01", eligibility="eligible")
    story.care("2020-01-01").care_ends("2026-01-10", reason="E17")
    assert story.rag(UA) == "amber"
    assert story.sure(UA).rules == ("UA11",)


def test_03_returned_home_then_homeless() -> None:
    story = Story().born("2006-01-10").person("2024-01-10", eligibility="former_relevant")
    story.person("2026-03-01", in_touch="returned_home").lives_in("2026-06-01", "S")
    assert story.rag(UA, "2026-04-10") == "none"
    assert story.rag(UA, "2026-06-10") == "red"


def test_04_homeless_then_closed() -> None:
    story = Story().born("2006-01-10").lives_in("2026-03-01", "S")
    story.add("person.closed", "2026-04-01", reason="referral closed")
    assert story.rag(UA) == "red"
    assert story.asks("closed")


def test_05_looked_after_in_bed_and_breakfast() -> None:
    story = Story().born("2009-01-10").care("2024-01-01").lives_in("2026-06-15", "W")
    assert story.rag(UP) == "red"
    assert "UP11" in story.sure(UP).rules


def test_06_z12_at_17_registration_not_told() -> None:
    story = Story().born("2009-01-10").care("2024-01-01").placed("2026-06-15", "Z12")
    assert (story.rag(UP), story.sure(UP).statutory) == ("red", None)


def test_07_childrens_home_without_urn() -> None:
    story = Story().born("2012-01-10").care("2026-01-01").placed("2026-01-01", "K2")
    assert story.rag(UP, plus("2026-01-01", 28)) == "amber"
    assert story.rag(UP, plus("2026-01-01", 29)) == "red"


def test_08_a_night_in_hospital_hides_nothing() -> None:
    story = Story().born("2014-01-10").care("2026-03-01")
    story.placed("2026-03-01", "K2", "main", registration="unregistered")
    story.placed("2026-05-10", "T1", "ward")
    story.add("placement.ended", "2026-05-12", placement_id="ward")
    days = story.life().days(UP, on("2026-03-01"), TODAY)
    assert {one.rag for one in days if one} == {"red"}
    assert None not in days
    life = story.life()
    shown = life.lookup(UP, TODAY, first_day(life), TODAY)
    assert shown["since"] == on("2026-03-01")
    assert shown["not_green_since"] == on("2026-03-01")


def test_09_relevant_refuses_contact_no_address() -> None:
    story = Story().born("2009-01-10")
    story.person("2026-02-01", eligibility="relevant", in_touch="refused")
    assert story.rag(UA) == "red"


def test_10_out_of_touch_judged_long_ago() -> None:
    story = Story().born("2006-01-10").person("2026-02-01", in_touch="no")
    story.lives_in("2024-12-15", "U", suitable=True)
    assert story.rag(UA) == "amber"
    assert story.sure(UA).rules == ("UA12", "UA13")


def test_11_rated_green_every_27_days() -> None:
    story = Story().born("2006-01-10").lives_in("2026-01-01", "V", suitable=False)
    for number in range(8):
        day = plus("2026-01-01", 27 * number)
        rating = {
            "rag": "green",
            "rationale": "settled",
            "authorised_by": "m1",
            "expires": plus(day, 60),
        }
        story.review(day, "oversight", concern=UA, rating=rating)
    days = story.life().days(UA, on("2026-01-01"), TODAY)
    assert {one.rag for one in days if one} == {"amber"}
    assert {one.rule_rag for one in days if one} == {"red"}


def test_12_reviewed_and_acted_upon() -> None:
    story = Story().born("2007-01-10").lives_in("2026-01-01", "U", suitable=False)
    story.review("2026-06-05", "accommodation_suitability")
    story.action("2026-06-01", "2026-06-20")
    story.add("action.completed", "2026-06-14", action_id="t")
    assert story.rag(UA) == "amber"
    story = Story().born("2007-01-10").lives_in("2026-01-01", "U", suitable=False)
    story.review("2026-06-05", "accommodation_suitability").action("2026-06-01", "2027-12-15")
    assert story.rag(UA) == "red"


@pytest.mark.parametrize(("reason", "rag"), [(None, "amber"), ("shared_house", "green")])
def test_13_a_student(reason: str | None, rag: str) -> None:
    story = Story().born("2007-01-10")
    story.person("2025-09-01", eligibility="former_relevant", full_time_education="higher")
    story.lives_in("2026-06-01", "U", suitable=False, unsuitable_reason=reason)
    assert story.rag(UA) == rag
    assert story.sure(UA).statutory == "unsuitable"
    assert story.asks("unsuitable_reason") == (reason is None)


def test_14_remanded() -> None:
    story = Story().born("2009-01-10").care("2026-01-15", legal_status="J1")
    story.placed("2026-01-15", "R5")
    assert (story.rag(PE), story.rag(UP)) == ("none", "none")


def test_15_plan_agreed_before_care_began() -> None:
    story = Story().born("2014-01-10").care("2026-01-15", legal_status="C2")
    story.add("permanence.agreed", "2026-01-12", plan_id="x", plan="relatives")
    story.review("2026-02-05", "looked_after")
    assert story.rags(PE, "2026-01-15", "2026-05-05") == {"green"}
    assert story.sure(PE, "2026-05-06").rules == ("PE4",)


def test_16_the_later_plan_withdrawn() -> None:
    story = Story().born("2014-01-10").care("2025-01-15", legal_status="C2")
    story.add("permanence.agreed", "2025-02-01", plan_id="a", plan="relatives")
    story.add("permanence.agreed", "2025-09-01", plan_id="b", plan="adoption")
    story.add("permanence.withdrawn", "2026-02-01", plan_id="b")
    story.review("2026-01-15", "looked_after")
    assert story.rag(PE, plus("2026-02-01", 84)) == "amber"
    assert story.rag(PE, plus("2026-02-01", 85)) == "red"


def test_17_supported_accommodation_before_the_birth_is_fed() -> None:
    story = Story().care("2026-06-01").placed("2026-06-01", "K3", urn="1234567")
    assert (story.rag(UP), story.sure(UP).statutory) == ("red", None)
    rating = {"rag": "green", "rationale": "x", "authorised_by": "m", "expires": "2026-06-30"}
    story.review("2026-06-10", "oversight", concern=UP, rating=rating)
    assert (story.rag(UP), story.sure(UP).rule_rag) == ("amber", "red")


def test_18_residential_employment() -> None:
    story = Story().born("2008-12-01").care("2025-01-01").placed("2025-01-01", "P3")
    assert story.rag(UP, "2025-01-01") == "amber"
    assert story.sure(UP).rules == ("UP9",)
    assert story.rag(UP) == "amber"


def test_19_unregistered_supported_lodgings() -> None:
    story = Story().born("2009-01-10").person("2026-02-01", eligibility="relevant")
    story.lives_in("2026-06-01", "E", registration="unregistered", suitable=True)
    assert (story.rag(UA), story.sure(UA).statutory) == ("red", "unlawful")


def test_20_decided_not_yet_issued() -> None:
    start = "2026-01-01"
    ended = {"period_id": "k", "outcome": "care_proceedings"}
    story = Story().born("2014-01-10").add("pre_proceedings.started", start, period_id="k")
    story.add("pre_proceedings.ended", plus(start, 70), **ended)
    assert [story.rag(PP, plus(start, n)) for n in (80, 84, 85, 95)] == ["amber"] * 2 + ["red"] * 2
    story.add("pre_proceedings.ended", plus(start, 70), issued_on=plus(start, 95), **ended)
    assert [story.rag(PP, plus(start, n)) for n in (84, 85, 94, 95)] == [
        "amber",
        "red",
        "red",
        "none",
    ]


def test_21_sixteenth_birthday_in_supported_accommodation() -> None:
    story = Story().born("2009-03-10").care("2024-05-01")
    story.placed("2024-05-01", "K3", registration="registered")
    before = story.sure(UP, "2025-03-09")
    assert (before.rag, before.statutory) == ("red", "unlawful")
    assert story.rag(UP, "2025-03-10") == "green"


def test_22_semi_independent_across_the_law() -> None:
    story = Story().born("2006-03-10").care("2023-01-01").placed("2023-05-01", "H5")
    assert story.rag(UP, "2023-10-27") == "red"
    assert story.sure(UP, "2023-10-27").rules == ("UP4",)
    assert story.rag(UP, "2023-10-28") == "amber"
    assert story.sure(UP, "2023-10-28").rules == ("UP3",)
    assert story.rag(UP, plus("2023-10-28", 28)) == "amber"
    assert story.rag(UP, plus("2023-10-28", 29)) == "red"


def test_23_extended_pre_proceedings() -> None:
    start = "2026-01-01"
    story = Story().born("2014-01-10").add("pre_proceedings.started", start, period_id="k")
    story.review("2026-01-20", "pre_proceedings")
    extension = {"period_id": "k", "until": plus(start, 100), "authorised_by": "h1"}
    story.add("pre_proceedings.extended", plus(start, 80), **extension)
    rags = [story.rag(PP, plus(start, n)) for n in (84, 85, 100, 101, 113)]
    assert rags == ["amber", "amber", "amber", "red", "red"]


def test_24_corrected_in_one_batch() -> None:
    story = Story().born("2006-01-10")
    batch = {"time": "2026-06-02T02:00:00Z"}
    for sequence, code in ((1, "S"), (2, "B")):
        data = {"accommodation_id": "a", "date": "2026-06-01", "code": code, "suitable": True}
        story.send("accommodation.started", data, "2026-06-02", sequence=sequence, **batch)
    assert story.rag(UA) == "green"
    story.events.reverse()
    assert story.rag(UA) == "green"


def test_25_one_id_with_different_content_in_either_order() -> None:
    def seen(order: tuple[str, str]) -> Verdict | None:
        story = Story().born("2006-01-10")
        for code in order:
            data = {"accommodation_id": "a", "date": "2026-06-01", "code": code}
            story.send("accommodation.started", data, "2026-06-02", id="same")
            story.events[-1]["time"] = "2026-06-02T02:00:00Z"
        assert story.asks("content")
        return story.verdict(UA)

    assert seen(("S", "B")) == seen(("B", "S")) is not None


def test_26_the_retraction_arrives_first() -> None:
    story = Story().born("2006-01-10")
    story.add("event.retracted", None, id="wrong")
    story.send(
        "accommodation.started",
        {"accommodation_id": "a", "date": "2026-06-01", "code": "S"},
        "2026-06-01",
        id="wrong",
    )
    assert story.rag(UA) == "none"


def test_27_a_merge_retracted() -> None:
    story = Story().born("2006-01-10").lives_in("2026-06-01", "S")
    story.send("person.updated", {"date_of_birth": "2006-01-10"}, "2026-01-01", subject="ann")
    story.send("person.merged", {"into": "ann"}, "2026-06-02", id="merge")
    merged = read_all(story.events)
    assert set(merged) == {"ann"}
    assert merged["ann"].verdict(UA, TODAY) is not None
    story.send("event.retracted", {"id": "merge"}, "2026-07-02")
    parted = read_all(story.events)
    assert set(parted) == {"ann", "anna"}
    assert parted["ann"].verdict(UA, TODAY) is None
    assert parted["anna"].verdict(UA, TODAY) is not None


def test_28_custody() -> None:
    end = "2026-08-01"
    story = Story().born("2006-01-10").lives_in("2026-01-01", "X", expected_end=end)
    assert [story.rag(UA, plus(end, n)) for n in (-43, -42, 0)] == ["amber", "red", "red"]
    story = Story().born("2006-01-10")
    story.lives_in("2026-01-01", "X", expected_end=end, move_on_plan=True)
    assert [story.rag(UA, plus(end, n)) for n in (-42, 0, 1)] == ["amber", "amber", "red"]


def test_29_born_on_29_february() -> None:
    story = Story().born("2008-02-29").lives_in("2026-02-01", "V")
    assert "UA2" in story.sure(UA, "2026-02-28").rules
    assert story.rag(UA, "2026-02-28") == "red"
    assert "UA2" not in story.sure(UA, "2026-03-01").rules


def test_30_the_action_passes_its_due_date() -> None:
    story = Story().born("2006-01-10").lives_in("2026-01-01", "U", suitable=False)
    story.review("2026-06-05", "accommodation_suitability").action("2026-06-01", "2026-06-20")
    assert (story.rag(UA, "2026-06-20"), story.rag(UA, "2026-06-21")) == ("amber", "red")
    assert story.sure(UA, "2026-06-21").rules == ("UA8",)
    story = Story().born("2006-01-10").lives_in("2026-01-01", "U")
    story.action("2026-06-01", "2026-06-20")
    assert (story.rag(UA, "2026-06-20"), story.rag(UA, "2026-06-21")) == ("amber", "red")
    assert story.sure(UA, "2026-06-21").rules == ("E1", "UA9")

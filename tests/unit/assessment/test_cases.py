"""The forty young people of the case book, each as events."""

import pytest

from tests.story import PE, PP, UA, UP, Story, after

TODAY = "2026-11-20"
BORN_18 = "2008-05-01"
BORN_17 = "2009-05-01"
BORN_19 = "2007-05-01"
BORN_20 = "2006-05-01"


def test_01_street_homeless_at_18_is_red_though_her_care_was_never_ended_in_the_record() -> None:
    she = Story(born=BORN_18).care("2015-03-01").lives("2026-10-01", "S")
    assert she.rag(UA, TODAY) == "red"


def test_02_care_ended_at_18_and_no_address_is_amber_though_still_eligible() -> None:
    he = Story(born=BORN_18, eligibility="eligible").care("2015-03-01")
    he.care_ended("2026-05-01", "E5")
    assert he.rag(UA, TODAY) == "amber"
    assert he.rules(UA, TODAY) == ["UA11"]


def test_03_returned_home_is_none_until_a_later_address_of_no_fixed_abode() -> None:
    he = Story(born=BORN_20, eligibility="former_relevant")
    he.add("person.updated", on="2026-03-10", in_touch="returned_home")
    he.lives("2026-06-01", "S")
    assert he.rag(UA, "2026-04-15") == "none"
    assert he.rag(UA, "2026-06-15") == "red"


def test_04_a_closed_referral_hides_no_homelessness_and_is_asked_about() -> None:
    she = Story(born=BORN_19, eligibility="former_relevant").lives("2026-08-01", "S")
    she.add("person.closed", on="2026-09-01", reason="referral closed")
    assert she.rag(UA, TODAY) == "red"
    assert [question.field for question in she.questions(TODAY)] == ["reason"]


def test_05_looked_after_without_a_placement_in_bed_and_breakfast_is_red() -> None:
    he = Story(born=BORN_17).care("2026-10-01").lives("2026-11-01", "W")
    assert he.rag(UP, TODAY) == "red"
    assert "UP11" in he.rules(UP, TODAY)


def test_06_z12_at_17_with_registration_not_told_is_red_from_the_first_day() -> None:
    she = Story(born=BORN_17).care("2026-11-01").placed("2026-11-01", "Z12")
    status = she.status(UP, "2026-11-01")
    assert status is not None
    assert (status.rag, status.statutory) == ("red", None)


def test_07_a_home_without_a_urn_is_amber_for_28_days_then_red() -> None:
    he = Story(born="2012-05-01").care("2026-09-01").placed("2026-09-01", "K2")
    assert he.rag(UP, after("2026-09-01", 28)) == "amber"
    assert he.rag(UP, after("2026-09-01", 29)) == "red"


def test_08_two_days_in_hospital_hide_no_unregistered_home() -> None:
    she = Story(born="2014-05-01").care("2026-03-02")
    she.placed("2026-03-02", "K2", registration="unregistered")
    she.placed("2026-05-10", "T1", id="hospital")
    she.add("placement.ended", on="2026-05-12", placement_id="hospital")
    for on in ("2026-05-09", "2026-05-10", "2026-05-11", "2026-05-12", TODAY):
        status = she.status(UP, on)
        assert status is not None
        assert (status.rag, status.since.isoformat()) == ("red", "2026-03-02")


def test_09_a_relevant_child_who_refuses_contact_and_has_no_address_is_red() -> None:
    he = Story(born=BORN_17, eligibility="relevant", in_touch="refused")
    assert he.rag(UA, TODAY) == "red"


def test_10_out_of_touch_and_judged_long_ago_is_amber_for_both() -> None:
    she = Story(born=BORN_20, eligibility="former_relevant", in_touch="no")
    she.lives("2025-05-20", "U", suitable=True)
    assert she.rag(UA, TODAY) == "amber"
    assert she.rules(UA, TODAY) == ["UA12", "UA13"]


def test_11_a_night_shelter_rated_green_every_27_days_is_amber_at_best() -> None:
    he = Story(born=BORN_20, eligibility="former_relevant").lives("2026-07-01", "V", suitable=False)
    for n in range(6):
        rated = after("2026-07-02", 27 * n)
        he.reviewed(
            rated.isoformat(),
            "oversight",
            concern="unsuitable_accommodation",
            rating={
                "rag": "green",
                "rationale": "settled",
                "authorised_by": "m1",
                "expires": after(rated, 60).isoformat(),
            },
        )
    status = he.status(UA, TODAY)
    assert status is not None
    assert (status.rag, status.rule_rag) == ("amber", "red")


@pytest.mark.parametrize(
    ("due", "completed", "colour"),
    [("2026-11-25", "2026-11-19", "amber"), ("2028-05-20", None, "red")],
)
def test_12_a_review_and_an_action_keep_it_amber_only_while_the_action_is_timely(
    due: str, completed: str | None, colour: str
) -> None:
    she = Story(born=BORN_19, eligibility="former_relevant")
    she.lives("2026-10-01", "U", suitable=False, unsuitable_reason="unsafe")
    she.reviewed("2026-11-10", "oversight").action("2026-11-10", due)
    if completed:
        she.add("action.completed", on=completed, action_id="ac1")
    assert she.rag(UA, TODAY) == colour


def test_13_a_student_is_amber_until_the_reason_is_told() -> None:
    he = Story(born=BORN_19, eligibility="former_relevant", full_time_education="higher")
    he.lives("2026-09-20", "U", suitable=False)
    assert he.rag(UA, TODAY) == "amber"
    assert "unsuitable_reason" in [question.field for question in he.questions(TODAY)]
    he.add(
        "accommodation.changed",
        on="2026-09-20",
        time="2026-10-01T09:00:00Z",
        accommodation_id="a1",
        unsuitable_reason="shared_house",
    )
    status = he.status(UA, TODAY)
    assert status is not None
    assert (status.rag, status.statutory) == ("green", "unsuitable")


def test_14_on_remand_in_a_young_offender_institution_neither_concern_applies() -> None:
    he = Story(born=BORN_17).care("2026-06-20", status="J1").placed("2026-06-20", "R5")
    assert he.rag(PE, TODAY) == "none"
    assert he.rag(UP, TODAY) == "none"


def test_15_a_plan_agreed_three_days_before_care_began_counts() -> None:
    she = Story(born="2018-05-01").care("2026-06-04")
    she.add("permanence.agreed", on="2026-06-01", plan_id="a", plan="adoption")
    she.reviewed("2026-06-25", "looked_after", next_due="2026-12-20")
    assert she.rag(PE, "2026-09-25") == "green"
    assert (she.rag(PE, "2026-09-26"), she.rules(PE, "2026-09-26")) == ("amber", ["PE4"])


def test_16_a_withdrawn_second_plan_is_amber_then_red_though_the_first_stands() -> None:
    he = Story(born="2018-05-01").care("2026-01-05")
    he.reviewed("2026-01-20", "looked_after").reviewed("2026-04-10", "looked_after")
    he.reviewed("2026-10-10", "looked_after")
    he.add("permanence.agreed", on="2026-03-01", plan_id="A", plan="return_home")
    he.add("permanence.agreed", on="2026-04-01", plan_id="B", plan="adoption")
    he.add("permanence.withdrawn", on="2026-08-01", plan_id="B", reason="no match")
    assert he.rag(PE, "2026-07-31") == "green"
    assert he.rag(PE, "2026-08-01") == "amber"
    assert he.rag(PE, after("2026-08-01", 84)) == "amber"
    assert he.rag(PE, after("2026-08-01", 85)) == "red"


def test_17_k3_of_unknown_age_is_red_not_unlawful_and_may_be_lowered_to_amber() -> None:
    she = Story().care("2026-10-01").placed("2026-10-01", "K3", urn="1234567")
    status = she.status(UP, TODAY)
    assert status is not None
    assert (status.rag, status.statutory) == ("red", None)
    she.reviewed(
        "2026-11-15",
        "oversight",
        concern="unregulated_placement",
        rating={
            "rag": "green",
            "rationale": "birth certificate seen",
            "authorised_by": "m1",
            "expires": "2026-12-01",
        },
    )
    assert she.rag(UP, TODAY) == "amber"


def test_18_residential_employment_at_17_is_amber_and_never_red_by_time() -> None:
    he = Story(born=BORN_17).care("2025-06-01").placed("2025-06-01", "P3")
    assert {he.rag(UP, day) for day in ("2025-06-02", TODAY, "2027-04-30")} == {"amber"}
    assert he.rules(UP, TODAY) == ["UP9"]


def test_19_unregistered_supported_lodgings_at_17_are_unlawful() -> None:
    she = Story(born=BORN_17, eligibility="relevant")
    she.lives("2026-09-01", "E", suitable=True, registration="unregistered")
    status = she.status(UA, TODAY)
    assert status is not None
    assert (status.rag, status.statutory) == ("red", "unlawful")


def test_20_decided_and_not_issued_stays_tracked_until_proceedings_are_issued() -> None:
    start = "2026-03-01"
    he = Story(born="2020-05-01").add("pre_proceedings.started", on=start, period_id="pp")
    he.reviewed("2026-04-01", "pre_proceedings")
    he.add(
        "pre_proceedings.ended",
        on=after(start, 70).isoformat(),
        period_id="pp",
        outcome="care_proceedings",
    )
    he.add(
        "pre_proceedings.ended",
        on=after(start, 70).isoformat(),
        period_id="pp",
        time="2026-06-05T09:00:00Z",
        outcome="care_proceedings",
        issued_on=after(start, 95).isoformat(),
    )
    assert he.rag(PP, after(start, 84)) == "amber"
    assert he.rag(PP, after(start, 85)) == "red"
    assert he.rag(PP, after(start, 94)) == "red"
    assert he.rag(PP, after(start, 95)) == "none"


def test_21_the_16th_birthday_in_registered_supported_accommodation_turns_unlawful_to_green() -> (
    None
):
    she = Story(born="2009-03-10").care("2024-09-01")
    she.placed("2024-09-01", "K3", urn="1234567")
    before, birthday = she.status(UP, "2025-03-09"), she.status(UP, "2025-03-10")
    assert before is not None
    assert birthday is not None
    assert (before.rag, before.statutory) == ("red", "unlawful")
    assert (birthday.rag, birthday.statutory) == ("green", "lawful")


def test_22_h5_across_the_law_of_october_2023() -> None:
    he = Story(born="2006-05-01").care("2023-09-01").placed("2023-09-01", "H5")
    assert he.rag(UP, "2023-10-27") == "red"
    assert he.rules(UP, "2023-10-27") == ["UP4"]
    assert he.rag(UP, "2023-10-28") == "amber"
    assert he.rules(UP, "2023-10-28") == ["UP3"]
    assert he.rag(UP, after("2023-10-28", 28)) == "amber"
    assert he.rag(UP, after("2023-10-28", 29)) == "red"


def test_23_twelve_and_sixteen_weeks_of_pre_proceedings_with_an_extension() -> None:
    start = "2026-03-01"
    she = Story(born="2020-05-01").add("pre_proceedings.started", on=start, period_id="pp")
    she.add(
        "pre_proceedings.extended",
        on=after(start, 80).isoformat(),
        period_id="pp",
        until=after(start, 100).isoformat(),
        authorised_by="head of service",
    )
    assert she.rag(PP, after(start, 84)) == "amber"
    assert she.rag(PP, after(start, 85)) == "amber"
    assert she.rag(PP, after(start, 100)) == "amber"
    assert she.rag(PP, after(start, 101)) == "red"
    assert she.rag(PP, after(start, 113)) == "red"
    assert she.rules(PP, after(start, 113))[:2] == ["PP1", "PP2"]


def test_24_a_start_corrected_in_the_same_batch_counts_by_sequence() -> None:
    he = Story(born=BORN_19, eligibility="former_relevant")
    when = "2026-10-01T02:00:00Z"
    for sequence, code in ((2, "B"), (1, "S")):
        he.add(
            "accommodation.started",
            on="2026-09-30",
            time=when,
            sequence=sequence,
            accommodation_id="a1",
            code=code,
            suitable=True,
        )
    assert he.rag(UA, TODAY) == "green"


def test_25_one_id_with_two_contents_gives_one_answer_in_either_order_and_a_question() -> None:
    def moved(*order: int) -> Story:
        she = Story(born=BORN_19, eligibility="former_relevant")
        for number in order:
            she.add(
                "accommodation.started",
                on="2026-09-30",
                id="same",
                accommodation_id="a1",
                time=f"2026-10-0{number}T02:00:00Z",
                code=("S", "B")[number - 1],
                suitable=True,
            )
        return she

    one, other = moved(1, 2), moved(2, 1)
    assert one.rag(UA, TODAY) == other.rag(UA, TODAY) == "green"
    assert [question.field for question in one.questions(TODAY)] == ["id"]


def test_26_a_retraction_that_arrives_first_still_retracts() -> None:
    he = Story(born=BORN_19, eligibility="former_relevant")
    he.retract("wrong")
    he.lives("2026-08-01", "B", suitable=True)
    he.add("accommodation.started", on="2026-09-30", id="wrong", accommodation_id="a2", code="S")
    assert he.rag(UA, TODAY) == "green"


def test_27_a_retracted_merge_gives_two_young_people_again() -> None:
    she = Story("p1", born=BORN_19, eligibility="former_relevant")
    she.lives("2026-08-01", "B", suitable=True)
    she.add("person.updated", person="p2", date="2026-01-01", date_of_birth=BORN_19)
    she.add("accommodation.started", person="p2", on="2026-09-01", accommodation_id="x", code="S")
    she.add("person.merged", person="p2", id="merge", time="2026-09-20T00:00:00Z", into="p1")
    assert she.rag(UA, TODAY, "p1") == "red"
    assert she.rag(UA, TODAY, "p2") == "none"
    she.retract("merge", person="p2", time="2026-10-20T00:00:00Z")
    assert she.rag(UA, TODAY, "p1") == "green"
    assert she.rag(UA, TODAY, "p2") == "red"


def test_28_custody_is_amber_until_six_weeks_before_a_release_that_nobody_planned() -> None:
    end = "2026-12-31"
    he = Story(born=BORN_19, eligibility="former_relevant").lives(
        "2026-01-10", "X", expected_end=end
    )
    assert he.rag(UA, after(end, -43)) == "amber"
    assert he.rag(UA, after(end, -42)) == "red"
    assert he.rag(UA, end) == "red"
    he.add("accommodation.changed", on="2026-11-01", accommodation_id="a1", move_on_plan=True)
    assert he.rag(UA, end) == "amber"
    assert he.rag(UA, after(end, 1)) == "red"


def test_29_born_on_a_leap_day_becomes_18_on_the_first_of_march() -> None:
    she = Story(born="2008-02-29", eligibility="relevant").lives("2026-02-20", "V", suitable=True)
    assert she.rag(UA, "2026-02-28") == "red"
    assert "UA2" in she.rules(UA, "2026-02-28")
    assert "UA2" not in she.rules(UA, "2026-03-01")


def test_30_an_action_that_passes_its_due_date_makes_it_red() -> None:
    he = Story(born=BORN_19, eligibility="former_relevant")
    he.lives("2026-11-01", "U", suitable=False, unsuitable_reason="unsafe")
    he.reviewed("2026-11-05", "accommodation_suitability").action("2026-11-05", "2026-11-15")
    assert he.rag(UA, "2026-11-15") == "amber"
    assert he.rag(UA, "2026-11-16") == "red"
    assert he.rules(UA, "2026-11-16") == ["UA8"]
    she = Story(born=BORN_19, eligibility="former_relevant").lives("2026-11-01", "U")
    she.action("2026-11-05", "2026-11-15")
    assert she.rag(UA, "2026-11-15") == "amber"
    assert she.rules(UA, "2026-11-16") == ["E1", "UA9"]


def test_31_no_fixed_abode_during_short_breaks_is_red() -> None:
    he = Story(born="2011-05-01").care("2026-09-01", status="V3").lives("2026-11-01", "S")
    assert he.rag(UP, TODAY) == "red"
    assert he.rag(UP, "2026-10-31") == "none"


def test_32_eligible_and_no_care_ever_heard_of_is_red_at_17_and_amber_at_18() -> None:
    at_17 = Story(born=BORN_17, eligibility="eligible")
    at_18 = Story(born=BORN_18, eligibility="eligible")
    assert at_17.rag(UA, TODAY) == "red"
    assert at_18.rag(UA, TODAY) == "amber"


def test_33_homeless_by_reason_alone_is_red_until_judged_suitable_without_a_reason() -> None:
    she = Story(born=BORN_20, eligibility="former_relevant").lives("2026-08-01", "U", suitable=True)
    she.add(
        "accommodation.changed",
        on="2026-09-01",
        accommodation_id="a1",
        unsuitable_reason="homeless",
    )
    assert she.rag(UA, "2026-09-15") == "red"
    assert "UA1" in she.rules(UA, "2026-09-15")
    she.add("accommodation.changed", on="2026-10-01", accommodation_id="a1", suitable=True)
    assert she.rag(UA, TODAY) == "green"


def test_34_adopted_at_17_after_coming_back_into_care_is_no_care_leaver() -> None:
    he = Story(born=BORN_17).care("2020-01-01").care_ended("2025-06-01", "E5")
    he.care("2025-09-01", id="c2").care_ended("2026-06-01", "E12", id="c2")
    assert he.rag(UA, TODAY) == "none"


def test_35_care_begun_at_18_ends_on_the_day_it_starts() -> None:
    she = Story(born="2007-05-01").care("2025-07-01")
    assert she.rag(UA, "2025-06-30") == "none"
    assert she.rag(UA, "2025-07-01") == "amber"
    assert she.rules(UA, TODAY) == ["UA11"]


def test_36_a_temporary_placement_alone_is_amber_after_28_days() -> None:
    he = Story(born="2014-05-01").care("2026-03-01").placed("2026-03-01", "T0")
    assert he.rag(UP, after("2026-03-01", 28)) == "green"
    assert he.rag(UP, after("2026-03-01", 29)) == "amber"
    assert he.rules(UP, after("2026-03-01", 29)) == ["UP12"]
    he = Story(born="2014-05-01").care("2026-03-01").placed("2026-03-01", "T4")
    assert he.rag(UP, after("2026-03-01", 7)) == "green"
    assert (he.rag(UP, after("2026-03-01", 8)), he.rules(UP, after("2026-03-01", 8))) == (
        "amber",
        ["UP14"],
    )


def test_37_a_code_is_read_in_capitals_and_without_spaces() -> None:
    assert Story(born=BORN_19).lives("2026-08-01", "s ").rag(UA, TODAY) == "red"


def test_38_codes_in_no_list_are_amber_and_asked_about_never_refused() -> None:
    she = Story(born=BORN_19).lives("2026-08-01", "0", suitable=True)
    assert she.rag(UA, TODAY) == "amber"
    assert she.rules(UA, TODAY) == ["UA14"]
    he = Story(born="2014-05-01").care("2026-08-01").placed("2026-08-01", "M3")
    assert he.rag(UP, TODAY) == "amber"
    assert he.rules(UP, TODAY) == ["UP13"]
    assert [question.field for question in he.questions(TODAY)] == ["code"]


def test_39_a_change_dated_before_the_start_counts_as_dated_on_it() -> None:
    he = Story(born=BORN_19, eligibility="former_relevant").lives("2026-01-10", "U", suitable=True)
    he.add(
        "accommodation.changed",
        on="2026-01-05",
        time="2026-01-12T09:00:00Z",
        accommodation_id="a1",
        suitable=False,
    )
    assert he.rag(UA, TODAY) == "red"


def test_40_the_same_event_sent_each_night_is_one_event_and_no_question() -> None:
    she = Story(born=BORN_19, eligibility="former_relevant")
    for night in range(1, 9):
        she.add(
            "accommodation.started",
            on="2026-09-01",
            id="same",
            accommodation_id="a1",
            time=f"2026-10-0{night}T02:00:00Z",
            code="B",
            suitable=True,
        )
    assert she.rag(UA, TODAY) == "green"
    assert she.questions(TODAY) == []

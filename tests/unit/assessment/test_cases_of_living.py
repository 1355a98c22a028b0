"""Cases 41 to 88 of docs/cases.md: where young people live, and care that ends and continues."""

import pytest

from tests.story import PE, UA, UP, Story, after

TODAY = "2026-11-20"
BORN_17 = "2009-05-01"
BORN_18 = "2008-05-01"
BORN_19 = "2007-05-01"
BORN_20 = "2006-05-01"
BORN_12 = "2014-05-01"


def asked(story: Story, on: str) -> list[str]:
    return [question.field for question in story.questions(on)]


def test_41_short_breaks_in_an_unregistered_home_are_unlawful() -> None:
    he = Story(born="2011-05-01").care("2026-01-10", status="V4")
    he.placed("2026-09-01", "K2", registration="unregistered")
    assert he.rag(UP, "2026-08-31") == "none"
    status = he.status(UP, "2026-09-01")
    assert status is not None
    assert (status.rag, status.statutory, he.rules(UP, "2026-09-01")) == (
        "red",
        "unlawful",
        ["UP1"],
    )
    he.lives("2026-10-01", "W")
    assert he.rules(UP, "2026-10-01") == ["UP1", "UP11"]


def test_42_the_18th_birthday_ends_care_without_a_reason() -> None:
    def ended(on: str) -> Story:
        she = Story(born=BORN_18).care("2015-03-01")
        return she.care_ended(on, "E2")

    assert ended("2026-05-01").rag(UA, "2026-05-02") == "none"
    late = ended("2026-05-02")
    assert late.rag(UA, "2026-04-30") == "none"
    assert (late.rag(UA, "2026-05-01"), late.rag(UA, "2026-05-03")) == ("amber", "amber")


@pytest.mark.parametrize(("v4_sent", "c1_sent", "rag"), [(2, 1, "none"), (1, 2, "red")])
def test_43_of_changes_dated_before_the_start_the_last_sent_counts(
    v4_sent: int, c1_sent: int, rag: str
) -> None:
    he = Story(born=BORN_12).care("2026-01-10", status="C2")
    for status, on, sent in (("V4", "2026-01-01", v4_sent), ("C1", "2026-01-05", c1_sent)):
        he.add(
            "care.changed", on=on, care_id="c1", legal_status=status,
            time=f"2026-02-0{sent}T09:00:00Z",
        )  # fmt: skip
    assert he.rag(PE, TODAY) == rag


@pytest.mark.parametrize(("again", "rag"), [("2026-06-01", "red"), ("2026-06-02", "none")])
def test_44_returned_home_goes_by_the_last_answer_of_each_day(again: str, rag: str) -> None:
    he = Story(born=BORN_20, eligibility="former_relevant")
    he.add("person.updated", on="2026-03-01", in_touch="returned_home")
    he.lives("2026-04-01", "S")
    he.add("person.updated", on="2026-06-01", in_touch="yes", time="2026-06-01T08:00:00Z")
    he.add("person.updated", on=again, in_touch="returned_home", time=f"{again}T09:00:00Z")
    assert he.rag(UA, "2026-05-31") == "red"
    assert he.rag(UA, "2026-06-02") == rag


def test_45_care_that_continues_began_when_the_first_period_did() -> None:
    he = Story(born=BORN_12).care("2025-03-03").care("2026-02-01", id="c2")
    status = he.status(PE, "2026-08-03")
    assert status is not None
    assert (status.rag, status.since.isoformat()) == ("red", "2025-07-04")
    assert he.rag(PE, "2026-02-01") == "red"


@pytest.mark.parametrize(
    ("begun", "colours"),
    [
        ("2026-06-01", ["green", "green", "green"]),
        ("2026-06-02", ["none", "amber", "red"]),
    ],
)
def test_46_care_ended_and_begun_on_one_day_cuts_no_placement(
    begun: str, colours: list[str]
) -> None:
    he = Story(born=BORN_12).care("2025-01-10").placed("2025-01-10", "U4")
    he.care_ended("2026-06-01", "X1").care(begun, id="c2")
    days = ("2026-06-01", "2026-06-02", "2026-06-06")
    assert [he.rag(UP, day) for day in days] == colours


@pytest.mark.parametrize("closed", [False, True])
def test_47_a_closing_silences_no_missing_placement(closed: bool) -> None:
    he = Story(born=BORN_12).care("2026-06-01")
    if closed:
        he.add("person.closed", on="2026-06-02", reason="transferred")
    assert he.rag(UP, after("2026-06-01", 3)) == "amber"
    assert he.rag(UP, after("2026-06-01", 4)) == "red"


def test_48_eligible_in_a_placement_has_not_left_care() -> None:
    she = Story(born=BORN_17, eligibility="eligible").placed("2026-03-01", "U4")
    she.add("placement.ended", on="2026-06-01", placement_id="pl1")
    assert she.rag(UA, "2026-05-31") == "none"
    assert (she.rag(UA, "2026-06-01"), she.rules(UA, "2026-06-01")) == ("red", ["UA11"])


@pytest.mark.parametrize(("on_its_last_day", "rag"), [("V3", "none"), ("V2", "red")])
def test_49_short_breaks_make_no_care_leaver(on_its_last_day: str, rag: str) -> None:
    he = Story(born=BORN_17).care("2026-01-10", status="V3")
    he.add("care.changed", on="2026-05-30", care_id="c1", legal_status=on_its_last_day)
    he.care_ended("2026-06-01", "E8")
    assert he.rag(UA, "2026-06-02") == rag


def test_50_unregistered_in_capitals_is_believed_over_the_urn() -> None:
    he = Story(born=BORN_12).care("2026-06-01")
    he.placed("2026-06-01", "K2", urn="1234567", registration="Unregistered")
    status = he.status(UP, "2026-06-01")
    assert status is not None
    assert (status.rag, status.statutory, he.rules(UP, "2026-06-01")) == (
        "red",
        "unlawful",
        ["UP1"],
    )


def test_51_homeless_in_capitals_and_a_code_with_a_line_end_are_read() -> None:
    by_reason = Story(born=BORN_20, eligibility="former_relevant")
    by_reason.lives("2026-06-01", "B", suitable=True, unsuitable_reason="Homeless")
    by_code = Story(born=BORN_20, eligibility="former_relevant").lives("2026-06-01", "S\n")
    for story in (by_reason, by_code):
        assert story.rag(UA, TODAY) == "red"
        assert "UA1" in story.rules(UA, TODAY)


@pytest.mark.parametrize(
    ("answer", "rag", "rule"), [("false", "red", "UA8"), ("perhaps", "amber", "UA9")]
)
def test_52_a_judgement_that_cannot_be_read_is_none(answer: str, rag: str, rule: str) -> None:
    he = Story(born=BORN_20, eligibility="former_relevant")
    he.lives("2026-06-01", "B", suitable=True)
    he.reviewed("2026-11-01", "accommodation_suitability", suitable=answer)
    assert (he.rag(UA, TODAY), he.rules(UA, TODAY)) == (rag, [rule])


def test_53_words_are_read_with_capitals_and_spaces() -> None:
    he = Story(born=BORN_20, eligibility="Former Relevant")
    assert (he.rag(UA, TODAY), he.rules(UA, TODAY)) == ("amber", ["UA11"])


@pytest.mark.parametrize(("concern", "rag"), [("permanance", "red"), (None, "amber")])
def test_54_a_review_for_a_misspelt_concern_lowers_nothing(concern: str | None, rag: str) -> None:
    he = Story(born=BORN_20, eligibility="former_relevant")
    he.lives("2026-06-01", "B", suitable=False).action("2026-11-01", "2026-11-25")
    he.reviewed("2026-11-10", "oversight", **({"concern": concern} if concern else {}))
    assert he.rag(UA, TODAY) == rag
    assert ("concern" in asked(he, TODAY)) == (concern is not None)
    if concern is None:
        assert he.rag(UA, "2026-11-26") == "red"


def test_55_a_birth_in_1900_is_not_believed() -> None:
    he = Story(born="1900-01-01", eligibility="former_relevant").lives("2026-06-01", "S")
    assert he.rag(UA, TODAY) == "red"
    assert "date_of_birth" in asked(he, TODAY)


def test_56_a_temporary_placement_is_asked_about_too() -> None:
    def on_top(**facts: str) -> Story:
        he = Story(born=BORN_12).care("2025-01-10").placed("2025-01-10", "U4")
        return he.placed("2026-06-01", "T4", id="pl2", **facts)

    unregistered, plain = on_top(registration="unregistered"), on_top()
    assert unregistered.rules(UP, "2026-06-01") == ["UP1"]
    assert unregistered.rules(UP, after("2026-06-01", 8)) == ["UP1", "UP14"]
    assert plain.rag(UP, after("2026-06-01", 7)) == "green"
    assert plain.rag(UP, after("2026-06-01", 8)) == "amber"


@pytest.mark.parametrize(("other_between", "rag"), [(True, "red"), (False, "green")])
def test_57_an_event_sent_again_as_it_was_first_counts_as_of_when(
    other_between: bool, rag: str
) -> None:
    """S, B, S: with B between, the S is of its last sending, so the U before it counts no more."""

    def sent(he: Story, code: str, minute: int, id_: str, suitable: bool) -> None:
        he.add(
            "accommodation.started", on="2026-06-01", id=id_, accommodation_id="a1", code=code,
            suitable=suitable, time=f"2026-06-02T09:{minute:02}:00Z",
        )  # fmt: skip

    he = Story(born=BORN_20, eligibility="former_relevant")
    sent(he, "S", 1, "one", suitable=False)
    if other_between:
        sent(he, "B", 2, "one", suitable=True)
    sent(he, "U", 3, "other", suitable=True)
    sent(he, "S", 4, "one", suitable=False)
    assert he.rag(UA, "2026-06-10") == rag


def test_60_qualifying_at_17_is_red_and_not_unlawful_and_may_be_rated() -> None:
    she = Story(born=BORN_17, eligibility="qualifying")
    she.lives("2026-06-01", "E", registration="unregistered", suitable=True)
    status = she.status(UA, TODAY)
    assert status is not None
    assert (status.rag, status.statutory, she.rules(UA, TODAY)) == ("red", "suitable", ["UA3"])
    she.reviewed(
        "2026-11-19", "oversight", concern=str(UA),
        rating={"rag": "amber", "rationale": "moving on Friday", "authorised_by": "hos-1",
                "expires": "2026-11-30"},
    )  # fmt: skip
    assert she.rag(UA, TODAY) == "amber"


@pytest.mark.parametrize(
    ("code", "start", "green", "amber"),
    [
        ("W", "2026-11-06", "2026-11-10", "2026-11-11"),  # a Friday
        ("W", "2026-04-02", "2026-04-08", "2026-04-09"),  # the Thursday before Easter
        ("V", "2026-11-02", "2026-11-09", "2026-11-10"),
    ],
)
def test_62_bed_and_breakfast_of_an_adult_is_for_two_working_days(
    code: str, start: str, green: str, amber: str
) -> None:
    he = Story(born=BORN_20, eligibility="former_relevant").lives(start, code, suitable=True)
    assert he.rag(UA, green) == "green"
    assert (he.rag(UA, amber), he.rules(UA, amber)) == ("amber", ["UA10"])


def test_63_a_code_that_is_cleared_is_not_known() -> None:
    he = Story(born=BORN_12).care("2025-01-10").placed("2025-01-10", "U4")
    he.add("placement.changed", on="2026-06-01", placement_id="pl1", code=None)
    assert (he.rag(UP, "2026-06-01"), he.rules(UP, "2026-06-01")) == ("amber", ["UP13"])
    assert "code" in asked(he, "2026-06-01")


@pytest.mark.parametrize(("code", "rag"), [("U4", "green"), (None, "red"), ("T1", "red")])
def test_65_a_temporary_placement_that_stays_becomes_the_main_one(
    code: str | None, rag: str
) -> None:
    he = Story(born=BORN_12).care("2025-01-10")
    he.placed("2025-01-10", "K2", registration="unregistered").placed("2026-06-01", "T4", id="pl2")
    he.add("placement.changed", on="2026-06-06", placement_id="pl2", code=code)
    assert he.rag(UP, "2026-06-05") == "red"
    assert he.rag(UP, "2026-06-06") == rag


@pytest.mark.parametrize(
    ("reason", "rag", "rules"),
    [
        ("unsafe", "amber", ["UA9"]),
        ("damp", "amber", ["UA9"]),
        ("shared_house", "green", []),
        ("", "green", []),
        (None, "green", []),
    ],
)
def test_80_suitable_with_a_reason_why_it_is_not_is_not_judged(
    reason: str | None, rag: str, rules: list[str]
) -> None:
    he = Story(born=BORN_20, eligibility="former_relevant")
    he.lives("2026-11-01", "B", suitable="Yes", unsuitable_reason=reason)
    assert (he.rag(UA, TODAY), he.rules(UA, TODAY)) == (rag, rules)
    assert ("suitable" in asked(he, TODAY)) == (rag == "amber")


def test_81_registration_that_cannot_be_read_is_not_asked_of_the_urn() -> None:
    def placed(registration: str) -> Story:
        he = Story(born=BORN_12, in_touch="phone off").care("2026-06-01")
        return he.placed("2026-06-01", "K2", urn=1234567, registration=registration)

    assert placed("not registered").rag(UP, "2026-06-01") == "amber"
    late = after("2026-06-01", 29)
    assert (placed("not registered").rag(UP, late), placed("not registered").rules(UP, late)) == (
        "red",
        ["UP8"],
    )
    assert placed("").rag(UP, "2026-06-01") == "green"
    out_of_touch = Story(born=BORN_20, eligibility="former_relevant", in_touch="phone off")
    out_of_touch.lives("2026-11-01", "B", suitable=True)
    assert out_of_touch.rules(UA, TODAY) == ["UA12"]


def test_83_care_begun_in_error_at_19_hides_no_homelessness() -> None:
    he = Story(born=BORN_19, eligibility="former_relevant").lives("2026-06-01", "S")
    he.care("2026-09-01")
    status = he.status(UA, TODAY)
    assert status is not None
    assert (status.rag, status.since.isoformat()) == ("red", "2026-06-01")


def test_85_a_move_that_was_undone_hides_no_homelessness() -> None:
    def undone() -> Story:
        she = Story(born=BORN_19, eligibility="former_relevant").lives("2026-08-01", "S")
        she.lives("2026-11-03", "E", id="a2", suitable=True)
        return she.add("accommodation.ended", on="2026-11-05", accommodation_id="a2")

    she = undone()
    assert [she.rag(UA, f"2026-11-0{day}") for day in (2, 3, 4, 5)] == [
        "red",
        "green",
        "green",
        "red",
    ]
    assert she.rules(UA, "2026-11-05") == ["UA1", "UA8", "UA11"]
    assert "accommodation_id" in asked(she, "2026-11-05")
    she.add("accommodation.ended", on="2026-11-04", accommodation_id="a1")
    assert (she.rag(UA, "2026-11-05"), she.rules(UA, "2026-11-05")) == ("amber", ["UA11"])


def test_86_an_undone_move_hides_no_unregistered_placement() -> None:
    he = Story(born="2012-05-01").care("2026-01-10")
    he.placed("2026-01-10", "H5", registration="unregistered")
    he.placed("2026-11-03", "U1", id="pl2")
    he.add("placement.ended", on="2026-11-05", placement_id="pl2")
    he.care_ended("2026-11-10", "E4A")
    status = he.status(UP, "2026-11-05")
    assert status is not None
    assert (status.rag, status.statutory) == ("red", "unlawful")
    assert set(he.rules(UP, "2026-11-05")) == {"UP1", "UP2", "UP10"}
    assert "placement_id" in asked(he, "2026-11-05")
    assert he.rag(UP, "2026-11-10") == "none"


def test_87_beside_a_suitable_home_that_was_never_ended_nothing_is_recorded() -> None:
    he = Story(born=BORN_20, eligibility="former_relevant").lives("2026-08-01", "B", suitable=True)
    he.lives("2026-11-03", "U", id="a2", suitable=True)
    he.add("accommodation.ended", on="2026-11-10", accommodation_id="a2")
    status = he.status(UA, TODAY)
    assert status is not None
    assert (status.rag, status.statutory, he.rules(UA, TODAY)) == ("amber", "suitable", ["UA11"])

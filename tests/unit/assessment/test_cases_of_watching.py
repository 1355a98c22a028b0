"""Cases 41 to 88 of docs/cases.md: actions, reviews, visits, pathway plans, and missing."""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.status import Concern
from tests.story import PE, PP, UA, Story, after

VI, PW, MI = Concern.VISITS, Concern.PATHWAY_PLAN, Concern.MISSING
BORN_12 = "2014-05-01"
BORN_20 = "2006-05-01"


def colours(story: Story, concern: Concern, *days: str) -> list[str]:
    return [story.rag(concern, day) for day in days]


def in_foster_care(start: str, **facts: str) -> Story:
    return Story(born=BORN_12, **facts).care(start).placed(start, "U4")


def visited(story: Story, *days: str, kind: str | None = "looked_after") -> Story:
    told: dict[str, Any] = {"kind": kind} if kind else {}
    for day in days:
        story.add("visit.completed", on=day, **told)
    return story


def test_58_the_second_review_is_due_three_months_after_the_first() -> None:
    reviewed = Story(born=BORN_12).care("2026-01-05").reviewed("2026-01-20", "looked_after")
    reviewed.add("permanence.agreed", on="2026-01-21", plan_id="p", plan="adoption")
    assert colours(reviewed, PE, "2026-04-20", "2026-04-21") == ["green", "amber"]
    assert reviewed.rules(PE, "2026-04-21") == ["PE4"]
    never = Story(born=BORN_12).care("2026-01-05")
    never.add("permanence.agreed", on="2026-01-21", plan_id="p", plan="adoption")
    assert colours(never, PE, "2026-02-02", "2026-02-03") == ["green", "amber"]
    assert never.rules(PE, "2026-02-03") == ["PE5"]


def test_59_a_next_date_two_years_on_puts_no_review_off() -> None:
    he = Story(born=BORN_12).care("2026-01-05").reviewed("2026-01-20", "looked_after")
    he.add("permanence.agreed", on="2026-01-21", plan_id="p", plan="adoption")
    he.reviewed("2026-04-10", "looked_after", next_due="2028-04-10")
    assert colours(he, PE, "2026-10-10", "2026-10-11") == ["green", "amber"]


def moved(first_move: str, **second: Any) -> Story:
    """Not judged, with an action due on 10 June that is moved to 30 June, then to 30 July."""
    he = Story(born=BORN_20, eligibility="former_relevant").lives("2026-05-01", "B")
    he.action("2026-05-20", "2026-06-10")
    he.add("action.changed", on=first_move, action_id="ac1", due="2026-06-30")
    return he.add("action.changed", on="2026-06-25", action_id="ac1", due="2026-07-30", **second)


def test_61_the_first_move_in_time_counts_and_a_second_only_with_authority() -> None:
    he = moved("2026-06-10")
    assert colours(he, UA, "2026-06-30", "2026-07-01") == ["amber", "red"]
    assert "due" in [question.field for question in he.questions("2026-07-01")]
    authorised = moved("2026-06-10", authorised_by="hos-1")
    assert colours(authorised, UA, "2026-07-30", "2026-07-31") == ["amber", "red"]
    assert colours(moved("2026-06-11"), UA, "2026-06-10", "2026-06-11") == ["amber", "red"]


def test_64_a_due_date_told_by_agreeing_again_is_a_move() -> None:
    he = Story(born=BORN_20, eligibility="former_relevant").lives("2026-05-01", "B")
    for on, due in (("05-20", "06-10"), ("06-10", "06-30"), ("06-25", "07-30")):
        he.action("2026-05-20", f"2026-{due}")
        he.raw[-1]["time"] = f"2026-{on}T12:00:00Z"
    assert colours(he, UA, "2026-06-30", "2026-07-01") == ["amber", "red"]


def test_66_a_first_visit_within_a_week_and_one_every_six_weeks() -> None:
    never = in_foster_care("2026-03-01")
    assert colours(never, VI, "2026-03-08", "2026-03-09", "2026-03-15", "2026-03-16") == [
        "green", "amber", "amber", "red",
    ]  # fmt: skip
    assert never.rules(VI, "2026-03-09") == ["VI1"]
    once = visited(in_foster_care("2026-03-01"), "2026-03-08")
    assert colours(once, VI, "2026-04-19", "2026-04-20", "2026-04-26", "2026-04-27") == [
        "green", "amber", "amber", "red",
    ]  # fmt: skip
    assert once.rules(VI, "2026-04-20") == ["VI2"]
    other = visited(in_foster_care("2026-03-01"), "2026-03-08", kind="care_leaver")
    assert colours(other, VI, "2026-03-09", "2026-03-16") == ["amber", "red"]


def test_67_moving_puts_no_visit_off() -> None:
    he = visited(in_foster_care("2026-03-01"), "2026-03-02")
    for place in range(1, 12):
        he.placed(after("2026-03-01", 6 * place).isoformat(), "U6", id=f"m{place}")
    assert he.rag(VI, after("2026-03-02", 42)) == "green"
    assert (he.rag(VI, after("2026-03-02", 43)), he.rules(VI, after("2026-03-02", 43))) == (
        "amber",
        ["VI2"],
    )
    she = visited(in_foster_care("2026-03-01"), "2026-03-08").placed("2026-03-20", "U6", id="m")
    assert colours(she, VI, "2026-03-27", "2026-03-28") == ["green", "amber"]
    assert she.rules(VI, "2026-03-28") == ["VI1"]


def test_68_in_a_placement_that_is_to_last_every_three_months_after_a_year() -> None:
    def settled(visit: str) -> Story:
        he = in_foster_care("2025-01-10")
        he.add("permanence.agreed", on="2025-03-01", plan_id="p", plan="long_term_fostering")
        return visited(he, visit)

    he = settled("2026-01-31")
    assert colours(he, VI, "2026-04-30", "2026-05-01") == ["green", "amber"]
    early = settled("2025-11-28")
    assert colours(early, VI, "2026-01-09", "2026-01-10", "2026-01-11") == [
        "green", "amber", "green",
    ]  # fmt: skip
    he.add("permanence.withdrawn", on="2026-02-10", plan_id="p")
    assert colours(he, VI, "2026-03-14", "2026-03-15") == ["green", "amber"]


def test_69_an_unlawful_placement_is_visited_every_week() -> None:
    def turned(*visits: str) -> Story:
        he = Story(born=BORN_12).care("2026-02-01")
        he.placed("2026-02-01", "K2", registration="registered")
        he.add(
            "placement.changed", on="2026-03-01", placement_id="pl1", registration="unregistered"
        )
        return visited(he, "2026-02-20", *visits)

    assert colours(turned(), VI, "2026-03-08", "2026-03-09", "2026-03-16") == [
        "green", "amber", "red",
    ]  # fmt: skip
    assert turned().rules(VI, "2026-03-09") == ["VI3"]
    assert colours(turned("2026-03-08"), VI, "2026-03-15", "2026-03-16") == ["green", "amber"]
    k3 = Story(born="2012-01-01").care("2026-02-01").placed("2026-02-01", "K3")
    visited(k3, "2026-02-10")
    assert colours(k3, VI, "2026-02-17", "2026-02-18") == ["green", "amber"]


def test_70_with_parents_every_week_until_the_first_review() -> None:
    he = Story(born=BORN_12).care("2026-02-01").placed("2026-02-01", "P1")
    visited(he, "2026-02-02").reviewed("2026-03-12", "looked_after")
    assert colours(he, VI, "2026-02-09", "2026-02-10") == ["green", "amber"]
    assert he.rules(VI, "2026-02-10") == ["VI4"]
    assert colours(he, VI, "2026-03-12", "2026-03-16", "2026-03-17") == ["green", "green", "amber"]


def care_leaver(born: str, since: str, **facts: Any) -> Story:
    he = Story(born=born).care("2020-01-10")
    return he.add("person.updated", on=since, **facts)


def test_71_a_care_leaver_is_visited_every_two_months() -> None:
    he = care_leaver("2008-03-01", "2026-03-10", eligibility="former_relevant", in_touch="yes")
    assert colours(he, VI, "2026-05-10", "2026-05-11", "2026-05-17", "2026-05-18") == [
        "green", "amber", "amber", "red",
    ]  # fmt: skip
    assert he.rules(VI, "2026-05-11") == ["VI5"]
    visited(he, "2026-05-01", kind="care_leaver")
    assert colours(he, VI, "2026-07-01", "2026-07-02") == ["green", "amber"]
    he.add("person.updated", on="2026-08-01", in_touch="refused")
    assert he.rag(VI, "2026-08-01") == "none"


def test_72_nobody_drops_out_of_visits_at_18() -> None:
    he = care_leaver("2008-03-01", "2025-01-10", eligibility="eligible")
    assert colours(he, VI, "2026-03-01", "2026-05-01", "2026-05-02") == ["green", "green", "amber"]


def test_73_a_first_pathway_plan_within_three_months() -> None:
    he = Story(born="2010-02-10").care("2020-01-10")
    he.add("person.updated", on="2026-01-10", eligibility="eligible")
    assert colours(
        he, PW, "2026-02-09", "2026-02-10", "2026-05-10", "2026-05-11", "2026-08-10", "2026-08-11"
    ) == ["none", "green", "green", "amber", "amber", "red"]
    adult = Story(born=BORN_20)
    adult.add("person.updated", on="2026-02-01", eligibility="former_relevant", in_touch="yes")
    assert colours(adult, PW, "2026-05-01", "2026-05-02") == ["green", "red"]
    assert adult.rules(PW, "2026-05-02") == ["PW1"]


def test_74_a_pathway_plan_is_reviewed_every_six_months() -> None:
    def planned(**facts: str) -> Story:
        he = Story(born="2007-01-10")
        he.add("person.updated", on="2025-02-01", eligibility="former_relevant", in_touch="yes")
        return he.reviewed("2025-08-31", "pathway_plan", **facts)

    he = planned(next_due="2027-01-01")
    days = ("2026-02-28", "2026-03-01", "2026-08-28", "2026-08-29")
    assert colours(he, PW, *days) == ["green", "amber", "amber", "red"]
    early = planned(next_due="2025-11-30")
    assert colours(early, PW, "2025-11-30", "2025-12-01") == ["green", "amber"]
    he.add("person.updated", on="2026-03-10", in_touch="not required")
    assert he.rag(PW, "2026-03-10") == "none"


def missing(*spells: tuple[str, str | None], born: str = BORN_12) -> Story:
    he = Story(born=born).care("2025-01-10").placed("2025-01-10", "U4")
    for number, (start, end) in enumerate(spells, 1):
        he.add("missing.started", on=start, missing_id=f"m{number}")
        if end:
            he.add("missing.ended", on=end, missing_id=f"m{number}")
    return he


def test_75_missing_is_red_and_an_interview_is_due_on_return() -> None:
    he = missing(("2026-06-01", "2026-06-03"))
    days = [
        "2026-06-01",
        "2026-06-02",
        *(after("2026-06-03", n).isoformat() for n in (0, 3, 4, 28, 29)),
    ]
    assert colours(he, MI, *days) == ["red", "red", "none", "none", "amber", "amber", "none"]
    other = missing(("2026-05-01", "2026-05-02"), ("2026-06-01", "2026-06-03"))
    other.add("return_interview.completed", on="2026-06-04", missing_id="m1")
    assert other.rag(MI, after("2026-06-03", 4)) == "amber"
    he.add("return_interview.completed", on="2026-06-05", missing_id="m1")
    assert he.rag(MI, after("2026-06-03", 4)) == "none"
    rated = missing(("2026-06-01", None))
    rated.reviewed(
        "2026-06-01", "oversight", concern="missing",
        rating={"rag": "green", "rationale": "seen", "authorised_by": "x", "expires": "2026-06-20"},
    )  # fmt: skip
    assert rated.rag(MI, "2026-06-02") == "red"


def test_76_away_for_less_than_a_night_has_no_colour_and_cuts_nothing() -> None:
    he = Story(born=BORN_12).care("2025-01-10").placed("2025-01-10", "U4")
    he.add("missing.started", on="2026-06-01", missing_id="a", kind="absent")
    assert he.rag(MI, "2026-06-01") == "none"
    she = missing(("2026-06-01", None))
    she.add("missing.started", on="2026-06-03", missing_id="a", kind="Absent")
    she.add("missing.ended", on="2026-06-03", missing_id="a")
    assert colours(she, MI, "2026-06-02", "2026-06-03", "2026-06-04") == ["red", "red", "red"]


def test_77_three_times_in_ninety_days_is_often() -> None:
    he = missing(
        ("2026-06-01", "2026-06-02"), ("2026-06-20", "2026-06-21"), ("2026-07-10", "2026-07-11")
    )
    for day in ("2026-06-02", "2026-06-21", "2026-07-11"):
        he.add("return_interview.completed", on=day)
    days = (after("2026-06-01", 89).isoformat(), after("2026-06-01", 90).isoformat())
    assert colours(he, MI, "2026-07-09", "2026-07-11", *days) == ["none", "amber", "amber", "none"]


def test_78_whoever_went_missing_from_care_is_missing_until_they_return() -> None:
    at_18 = missing(("2026-06-01", None), born="2008-06-10")
    assert colours(at_18, MI, "2026-06-09", "2026-06-10", "2026-08-01") == ["red", "red", "red"]
    ended = missing(("2026-06-01", None)).care_ended("2026-06-05", "E4A")
    assert colours(ended, MI, "2026-06-04", "2026-06-05") == ["red", "red"]
    before = missing(("2026-06-10", None)).care_ended("2026-06-05", "E4A")
    assert before.rag(MI, "2026-06-10") == "none"


def test_79_care_does_not_begin_with_short_breaks() -> None:
    he = Story(born=BORN_12).care("2025-01-10", status="V3").placed("2025-01-10", "U4")
    he.add("care.changed", on="2026-03-10", care_id="c1", legal_status="C2")
    assert colours(he, PE, "2026-03-09", "2026-03-10") == ["none", "green"]
    assert colours(he, VI, "2026-03-09", "2026-03-17", "2026-03-18") == ["none", "green", "amber"]
    assert he.rules(VI, "2026-03-18") == ["VI1"]
    assert "PE2" in he.rules(PE, "2026-06-10")
    assert "PE2" not in he.rules(PE, "2026-06-09")


def test_82_a_colour_that_counts_from_a_start_known_by_a_day_is_at_least_as_old() -> None:
    def basis(story: Story, concern: Concern, on: str | date) -> str:
        status = story.status(concern, on)
        assert status is not None
        return status.since_basis

    he = Story(born=BORN_20, eligibility="former_relevant")
    he.lives("2026-01-10", "B", suitable=True, date_basis="by_this_date")
    assert (basis(he, UA, "2026-01-10"), basis(he, UA, "2026-08-10")) == ("at_least", "at_least")
    he.reviewed("2026-02-10", "accommodation_suitability", suitable=True)
    assert (he.rag(UA, "2026-09-10"), basis(he, UA, "2026-09-10")) == ("amber", "exact")
    unborn = Story().add(
        "pre_proceedings.started", on="2026-01-10", period_id="p", date_basis="by_this_date"
    )
    assert basis(unborn, PP, date(2026, 1, 10) + timedelta(days=90)) == "at_least"


@pytest.mark.parametrize("again", [False, True])
def test_84_a_closing_ends_visits_and_pathway_plan_until_eligibility_is_told_again(
    again: bool,
) -> None:
    he = Story(born="2006-01-10")
    he.add("person.updated", on="2025-01-10", eligibility="former_relevant", in_touch="yes")
    assert colours(he, VI, "2026-05-31") == colours(he, PW, "2026-05-31") == ["red"]
    he.add("person.closed", on="2026-06-01", reason="no_longer_eligible")
    if again:
        he.add("person.updated", on="2026-07-01", eligibility="former_relevant")
    for concern in (UA, VI, PW):
        assert he.rag(concern, "2026-06-01") == "none"
    assert (
        colours(he, VI, "2026-10-01")
        == colours(he, PW, "2026-10-01")
        == (["red"] if again else ["none"])
    )


def test_88_from_21_support_is_given_on_request() -> None:
    he = Story(born="2004-01-10", eligibility="former_relevant")
    he.reviewed("2023-01-10", "pathway_plan")
    visited(he, "2023-01-10", kind="care_leaver")
    he.add("person.updated", on="2026-07-01", in_touch="yes")
    assert colours(he, PW, "2023-07-11", "2024-01-09") == ["amber", "amber"]
    assert colours(he, PW, "2025-01-10", "2026-06-30", "2026-07-01") == ["none", "none", "red"]
    assert colours(he, VI, "2025-01-10", "2026-06-30", "2026-07-01") == ["none", "none", "red"]

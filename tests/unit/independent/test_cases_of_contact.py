"""The young people of the cases about visits, pathway plans and being missing (66 to 78, 88)."""

from __future__ import annotations

import pytest

from .story import MI, PW, UP, VI, Story, plus


def settled(**details: str) -> Story:
    """Looked after at 12 in long-term foster care."""
    return Story().born("2014-01-10").care("2026-03-01", legal_status="C2", **details)


def test_66_the_first_visit_and_the_next() -> None:
    story = settled().placed("2026-03-01", "U4")
    none = [("2026-03-01", "green"), ("2026-03-09", "amber"), ("2026-03-16", "red")]
    assert story.changes(VI, "2026-03-01", "2026-06-15") == none
    assert story.sure(VI, "2026-03-09").rules == ("VI1",)
    other = settled().placed("2026-03-01", "U4").visited("2026-03-08", "care_leaver")
    assert other.changes(VI, "2026-03-01", "2026-06-15") == none
    for kind in ("looked_after", None):
        seen = settled().placed("2026-03-01", "U4").visited("2026-03-08", kind)
        assert seen.changes(VI, "2026-03-01", "2026-06-15") == [
            ("2026-03-01", "green"),
            ("2026-04-20", "amber"),
            ("2026-04-27", "red"),
        ]
        assert seen.sure(VI, "2026-04-20").rules == ("VI2",)


def test_67_moved_again_and_again() -> None:
    story = settled().placed("2026-03-01", "U4", "p0").visited("2026-03-02")
    for number in range(1, 10):
        story.placed(plus("2026-03-02", 6 * number), "U4", f"p{number}")
    assert story.rags(VI, "2026-03-01", "2026-04-13") == {"green"}
    assert (story.rag(VI, "2026-04-14"), story.sure(VI, "2026-04-14").rules) == ("amber", ("VI2",))
    story = settled().placed("2026-03-01", "U4").visited("2026-03-08")
    story.placed("2026-03-20", "U4", "next")
    assert story.changes(VI, "2026-03-02", "2026-03-30") == [
        ("2026-03-02", "green"),
        ("2026-03-28", "amber"),
    ]
    assert story.sure(VI, "2026-03-28").rules == ("VI1",)


def long_term(visit: str) -> Story:
    """Fostered for the long term since March 2025, visited once."""
    story = Story().born("2014-01-10").care("2025-01-01", legal_status="C2")
    story.placed("2025-03-01", "U4")
    story.add("permanence.agreed", "2025-04-01", plan_id="x", plan="Long-term fostering")
    return story.visited(visit)


def test_68_long_term_fostering() -> None:
    story = long_term("2026-01-31").visited("2026-03-02")
    assert story.rags(VI, "2026-03-03", "2026-06-02") == {"green"}
    story = Story().born("2014-01-10").care("2024-01-01", legal_status="C2")
    story.placed("2024-03-01", "U4")
    story.add("permanence.agreed", "2024-04-01", plan_id="x", plan="long_term_fostering")
    story.visited("2026-01-31")
    assert story.changes(VI, "2026-02-01", "2026-05-30") == [
        ("2026-02-01", "green"),
        ("2026-05-01", "amber"),
        ("2026-05-08", "red"),
    ]
    story.add("permanence.withdrawn", "2026-02-10", plan_id="x")
    assert story.changes(VI, "2026-02-10", "2026-03-16")[1:] == [("2026-03-15", "amber")]
    early = long_term("2026-01-10")
    assert early.changes(VI, "2026-01-10", "2026-04-20") == [
        ("2026-01-10", "green"),
        ("2026-02-22", "amber"),
        ("2026-03-01", "red"),
        ("2026-03-02", "green"),
        ("2026-04-11", "amber"),
        ("2026-04-18", "red"),
    ]


def test_69_unregistered_or_unlawful() -> None:
    story = Story().born("2014-01-10").care("2026-02-01").placed("2026-02-01", "K2", urn="1234567")
    story.visited("2026-02-20")
    changed = {"placement_id": "p", "registration": "unregistered"}
    story.add("placement.changed", "2026-03-01", **changed)
    assert story.changes(VI, "2026-02-21", "2026-03-20") == [
        ("2026-02-21", "green"),
        ("2026-03-09", "amber"),
        ("2026-03-16", "red"),
    ]
    assert story.sure(VI, "2026-03-09").rules == ("VI3",)
    story.visited("2026-03-08")
    assert story.changes(VI, "2026-02-21", "2026-03-20") == [
        ("2026-02-21", "green"),
        ("2026-03-16", "amber"),
    ]
    story = Story().born("2012-01-10").care("2026-02-01").placed("2026-02-01", "K3")
    story.visited("2026-02-05")
    assert story.sure(UP, "2026-02-05").statutory == "unlawful"
    assert story.changes(VI, "2026-02-01", "2026-02-15")[1:] == [("2026-02-13", "amber")]


def test_70_with_parents() -> None:
    story = settled().placed("2026-03-01", "P1").visited("2026-03-02")
    assert story.changes(VI, "2026-03-01", "2026-03-11")[1:] == [("2026-03-10", "amber")]
    assert story.sure(VI, "2026-03-10").rules == ("VI4",)
    story.review("2026-03-12", "looked_after")
    assert story.changes(VI, "2026-03-10", "2026-04-20") == [
        ("2026-03-10", "amber"),
        ("2026-03-12", "green"),
        ("2026-04-14", "amber"),
    ]
    assert story.sure(VI, "2026-04-14").rules == ("VI2",)


def test_71_a_care_leaver_is_visited() -> None:
    story = Story().born("2008-01-10").care("2020-01-01").care_ends("2026-01-10", reason="E17")
    story.person("2026-03-10", eligibility="former_relevant")
    assert story.changes(VI, "2026-03-10", "2026-06-15") == [
        ("2026-03-10", "green"),
        ("2026-05-11", "amber"),
        ("2026-05-18", "red"),
    ]
    story.visited("2026-05-01", "care_leaver")
    assert story.changes(VI, "2026-03-10", "2026-07-05") == [
        ("2026-03-10", "green"),
        ("2026-07-02", "amber"),
    ]
    assert story.person("2026-06-01", in_touch="refused").rag(VI) == "none"


def test_72_still_called_eligible_at_18() -> None:
    story = Story().born("2008-01-10").person("2024-02-01", eligibility="eligible")
    story.care("2020-01-01").visited("2026-01-05")
    assert story.changes(VI, "2026-01-06", "2026-04-01") == [
        ("2026-01-06", "green"),
        ("2026-03-11", "amber"),
        ("2026-03-18", "red"),
    ]
    assert story.sure(VI, "2026-03-11").rules == ("VI5",)


def test_73_no_pathway_plan() -> None:
    story = Story().born("2010-02-10").care("2020-01-01")
    story.person("2026-01-15", eligibility="eligible")
    assert story.changes(PW, "2026-01-15", "2026-09-01") == [
        ("2026-01-15", "none"),
        ("2026-02-10", "green"),
        ("2026-05-11", "amber"),
        ("2026-08-11", "red"),
    ]
    story = Story().born("2006-01-10").person("2026-02-01", eligibility="former_relevant")
    assert story.changes(PW, "2026-02-01", "2026-09-01") == [
        ("2026-02-01", "green"),
        ("2026-05-02", "red"),
    ]


def test_74_a_pathway_plan_grows_old() -> None:
    def planned(**details: str) -> Story:
        story = Story().born("2006-01-10").person("2025-02-01", eligibility="former_relevant")
        return story.review("2025-08-31", "pathway_plan", **details)

    assert planned(next_due="2029-01-01").changes(PW, "2025-08-31", "2026-09-30") == [
        ("2025-08-31", "green"),
        ("2026-03-01", "amber"),
        ("2026-08-29", "red"),
    ]
    soon = planned(next_due="2025-11-30")
    assert soon.changes(PW, "2025-08-31", "2026-01-30")[1:] == [("2025-12-01", "amber")]
    assert soon.person("2025-12-10", in_touch="not required").rag(PW, "2025-12-10") == "none"


@pytest.mark.parametrize("interview", [None, "m", "", "other"])
def test_75_missing_for_two_days(interview: str | None) -> None:
    story = settled().gone_missing("2026-05-01", "2026-05-03")
    if interview is not None:
        named = {"missing_id": interview} if interview else {}
        story.add("return_interview.completed", "2026-05-05", **named)
    late = [("2026-05-07", "amber"), ("2026-06-01", "none")]
    assert story.changes(MI, "2026-04-30", "2026-06-15") == [
        ("2026-04-30", "none"),
        ("2026-05-01", "red"),
        ("2026-05-03", "none"),
        *(late if interview in (None, "other") else []),
    ]


def test_75_rated_green_while_missing() -> None:
    story = settled().gone_missing("2026-05-01")
    rating = {"rag": "green", "rationale": "x", "authorised_by": "m", "expires": "2026-05-20"}
    assert story.review("2026-05-02", "oversight", concern=MI, rating=rating).rag(MI) == "red"


def test_76_absent_for_less_than_a_night() -> None:
    story = settled().gone_missing("2026-05-01", "2026-05-02", kind="absent")
    assert story.rags(MI, "2026-05-01", "2026-06-15") == {"none"}
    story = settled().gone_missing("2026-05-01")
    story.gone_missing("2026-05-03", "2026-05-04", "n", kind="absent")
    assert story.rags(MI, "2026-05-01", "2026-06-15") == {"red"}


def test_77_often_missing() -> None:
    story = settled()
    for number, day in enumerate(("2026-03-10", "2026-04-10", "2026-05-10")):
        story.gone_missing(day, plus(day, 1), f"m{number}")
        story.add("return_interview.completed", plus(day, 1), missing_id=f"m{number}")
    assert story.changes(MI, "2026-05-09", "2026-07-01") == [
        ("2026-05-09", "none"),
        ("2026-05-10", "red"),
        ("2026-05-11", "amber"),
        (plus("2026-03-10", 90), "none"),
    ]
    assert story.sure(MI, "2026-05-10").rules == ("MI1", "MI3")


def test_78_missing_and_no_longer_in_care() -> None:
    story = Story().born("2008-05-10").care("2020-01-01").gone_missing("2026-05-01")
    assert story.rags(MI, "2026-05-01", "2026-06-15") == {"red"}
    story = Story().born("2011-01-10").care("2020-01-01").gone_missing("2026-05-01")
    assert story.care_ends("2026-05-05").rags(MI, "2026-05-01", "2026-06-15") == {"red"}
    story = Story().born("2011-01-10").care("2020-01-01").care_ends("2026-04-30")
    assert story.gone_missing("2026-05-01").rag(MI) == "none"


def test_88_from_21_only_who_is_in_touch() -> None:
    story = Story().born("2004-01-10").person("2023-01-10", eligibility="former_relevant")
    story.review("2024-05-01", "pathway_plan").visited("2024-03-01", "care_leaver")
    assert story.changes(PW, "2024-12-01", "2025-06-30") == [
        ("2024-12-01", "amber"),
        ("2025-01-10", "none"),
    ]
    assert story.rags(VI, "2025-01-10", "2025-06-30") == {"none"}
    story.person("2025-07-01", in_touch="yes")
    assert (story.rag(PW, "2025-07-01"), story.rag(VI, "2025-07-01")) == ("red", "red")

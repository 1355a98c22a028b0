"""Episodes of the annual return: where one ends and the next begins, and what would fail."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.story import Story
from tests.unit.assessment.annual_return.returned import episodes_on, rules_on

BORN = "2012-06-10"


def in_care(code: str = "U6", start: str = "2025-03-01", **facts: Any) -> Story:
    """In care from a day, placed on it with the carer of another provider and a URN."""
    fields = {"provider": "PR4", "urn": "SC123456"} | facts
    given = {name: value for name, value in fields.items() if value is not None}
    return Story(born=BORN).care(start).placed(start, code, **given)


def sent(story: Story) -> list[tuple[str, str, str, str, str]]:
    """Each episode: first day, why it began, legal status, placement, why it ended."""
    return [
        (str(it.began), it.reason, it.legal_status, it.placement, it.ceased)
        for it in episodes_on(story, "2028-01-01")
    ]


def test_care_goes_on_in_one_episode_while_nothing_changes() -> None:
    story = in_care()
    assert sent(story) == [("2025-03-01", "S", "C2", "U6", "")]
    (episode,) = episodes_on(story, "2030-06-09")
    assert episode.ended is None
    (episode,) = episodes_on(story, "2030-06-10")  # the 18th birthday
    assert str(episode.ended) == "2030-06-10"
    assert (episode.provider, episode.urn) == ("PR4", "SC123456")
    assert rules_on(story, "2026-03-31", 1) == set()


def test_each_change_begins_another_and_says_what_changed() -> None:
    story = in_care()
    story.add("care.changed", on="2025-04-01", care_id="c1", legal_status="E1")
    story.placed("2025-05-01", "K2", id="pl2", provider="PR4", urn="SC999999")
    story.add("placement.changed", on="2025-06-01", placement_id="pl2", urn="SC888888")
    story.add("care.changed", on="2025-07-01", care_id="c1", legal_status="C2")
    story.placed("2025-07-01", "U6", id="pl3", provider="PR1", urn="SC777777")
    story.care_ended("2025-08-01", "E4A")
    assert sent(story) == [
        ("2025-03-01", "S", "C2", "U6", "X1"),
        ("2025-04-01", "L", "E1", "U6", "X1"),
        ("2025-05-01", "P", "E1", "K2", "X1"),
        ("2025-06-01", "T", "E1", "K2", "X1"),
        ("2025-07-01", "B", "C2", "U6", "E4A"),
    ]


def test_a_temporary_move_is_an_episode_and_the_placement_comes_after_it() -> None:
    story = in_care()
    story.placed("2025-04-01", "T1", id="pl2")
    story.add("placement.ended", on="2025-04-20", placement_id="pl2", reason="back")
    assert [code for _, _, _, code, _ in sent(story)] == ["U6", "T1", "U6"]
    assert rules_on(story, "2026-03-31", 2) == set()


def test_who_comes_back_into_care_begins_with_s_again() -> None:
    story = in_care().care_ended("2025-08-01", "E4A")
    story.care("2025-10-01", id="c2").placed("2025-10-01", "U6", id="pl2", provider="PR1",
                                             urn="SC123456")  # fmt: skip
    assert [(start, reason, ceased) for start, reason, _, _, ceased in sent(story)] == [
        ("2025-03-01", "S", "E4A"),
        ("2025-10-01", "S", ""),
    ]


@pytest.mark.parametrize(
    ("code", "facts", "rule"),
    [
        ("U6", {"provider": None}, ("526", "PLACE_PROVIDER")),
        ("U6", {"provider": "PR9"}, ("178", "PLACE_PROVIDER")),
        ("U6", {"provider": "PR0"}, ("550", "PLACE_PROVIDER")),
        ("U6", {"provider": "PR3"}, ("529", "PLACE_PROVIDER")),
        ("P1", {"provider": "PR1", "urn": None}, ("527", "PLACE_PROVIDER")),
        ("P1", {"provider": "PR2", "urn": None}, ("528", "PLACE_PROVIDER")),
        ("P1", {"provider": "PR4", "urn": None}, ("530", "PLACE_PROVIDER")),
        ("P1", {"provider": "PR5", "urn": None}, ("531", "PLACE_PROVIDER")),
        ("Z12", {"provider": "PR4", "urn": None}, ("213", "PLACE_PROVIDER")),
        ("K2", {"urn": None}, ("218", "URN")),
        ("R2", {}, ("222", "URN")),
        ("Q1", {}, ("146", "PLACE")),
        ("A5", {"provider": "PR1"}, ("408", "LS")),
        ("K3", {}, ("371", "PLACE")),
        ("K3", {"deprivation_of_liberty": True}, ("710", "PLACE")),
        ("U6", {"deprivation_of_liberty": True}, ("709", "PLACE")),
    ],
)
def test_what_would_fail_is_said_with_its_column(
    code: str, facts: dict[str, Any], rule: tuple[str, str]
) -> None:
    assert rule in rules_on(in_care(code, **facts), "2026-04-01", 1)


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("K2", {"urn": "XXXXXXX"}),
        ("K2", {"urn": None, "country": "Scotland"}),
        ("P1", {"provider": "PR0", "urn": None}),
        ("Z12", {"provider": None, "urn": None, "deprivation_of_liberty": True}),
        ("K2", {"deprivation_of_liberty": True}),
    ],
)
def test_what_would_not_is_not(code: str, facts: dict[str, Any]) -> None:
    assert rules_on(in_care(code, **facts), "2026-04-01", 1) == set()


@pytest.mark.parametrize(
    ("code", "days", "rule"), [("T1", 42, "375"), ("T3", 21, "376"), ("T4", 7, "379")]
)
def test_a_temporary_move_may_last_so_long_and_no_day_longer(
    code: str, days: int, rule: str
) -> None:
    began = date(2025, 4, 1)
    story = in_care().placed(str(began), code, id="pl2")
    last, after = (str(began + timedelta(days=days + more)) for more in (0, 1))
    assert (rule, "PLACE") not in rules_on(story, last, 2)
    assert (rule, "PLACE") in rules_on(story, after, 2)


def test_a_code_that_the_list_has_no_more_fails_from_that_day_on() -> None:
    story = in_care("Z1", provider=None, urn=None, start="2024-05-01")
    assert rules_on(story, "2025-03-31", 1) == set()
    assert rules_on(story, "2025-04-01", 1) == {("146", "PLACE")}


def test_an_unknown_end_of_care_and_a_missing_placement_are_missing() -> None:
    story = Story(born=BORN).care("2025-03-01", status="V2").care_ended("2025-05-01", "E8")
    assert rules_on(story, "2026-03-31", 1) == {("missing", "PLACE")}
    grown = Story(born="2007-06-10").care("2025-03-01").placed("2025-03-01", "U6", provider="PR1",
                                                               urn="SC123456")  # fmt: skip
    assert rules_on(grown, "2025-06-09", 1) == set()
    assert rules_on(grown, "2025-06-10", 1) == {("148", "REC")}


def test_a_start_that_is_only_known_to_be_by_then_is_said() -> None:
    story = Story(born=BORN).add(
        "care.started", on="2025-03-01", care_id="c1", legal_status="C2",
        date_basis="by_this_date",
    )  # fmt: skip
    story.placed("2025-03-01", "U6", provider="PR1", urn="SC123456")
    assert rules_on(story, "2026-03-31", 1) == {("missing", "DECOM")}


def test_some_legal_statuses_last_no_longer_than_law_lets_them() -> None:
    story = Story(born=BORN).care("2025-03-01", status="L1")
    story.placed("2025-03-01", "U6", provider="PR1", urn="SC123456")
    story.placed("2025-03-03", "U6", id="pl2", provider="PR1", urn="SC123457")
    assert rules_on(story, "2025-03-04", 2) == set()
    assert rules_on(story, "2025-03-05", 2) == {("361", "LS")}


def test_remand_is_for_10_and_over_and_parents_are_no_section_20() -> None:
    young = Story(born="2016-06-10").care("2025-03-01", status="J1")
    assert ("358", "LS") in rules_on(young, "2026-03-31", 1)
    home = Story(born=BORN).care("2025-03-01", status="V2")
    home.placed("2025-03-01", "P1", provider="PR0")
    assert rules_on(home, "2026-03-31", 1) == {("378", "LS")}


def test_care_neither_starts_nor_ends_in_a_temporary_move() -> None:
    story = Story(born=BORN).care("2025-03-01").placed("2025-03-01", "T0")
    story.care_ended("2025-03-20", "E4A")
    assert rules_on(story, "2026-03-31", 1) == {("380", "PLACE"), ("381", "REC")}


def test_adoption_and_guardianship_follow_their_placements() -> None:
    for code, reason, rule in (("U6", "E11", "390"), ("K2", "E45", "516")):
        story = in_care(code).care_ended("2025-08-01", reason)
        assert (rule, "REC") in rules_on(story, "2026-03-31", 1)
    fine = in_care("U6").care_ended("2025-08-01", "E45")
    assert rules_on(fine, "2026-03-31", 1) == set()


def test_short_breaks_have_rules_of_their_own() -> None:
    story = Story(born=BORN).care("2025-03-01", status="V3")
    story.placed("2025-03-01", "U4", provider="PR1", urn="SC123456")
    assert rules_on(story, "2025-03-18", 1) == {("214", "URN"), ("384", "PLACE")}
    assert ("365", "LS") in rules_on(story, "2025-03-19", 1)

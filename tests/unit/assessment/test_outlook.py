"""What would change it: each promise is tried again with the events that it names."""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.policy import Policy
from schemas.status import Concern, Rag
from services.assessment.derivation import Derivation, Rules, derive
from services.assessment.knowledge import Knowledge
from services.assessment.outlook import Outlook, outlook
from services.assessment.resolution import receive, resolve
from tests.story import Story
from tests.unit.assessment.test_case_line import read

UA, UP, PP = (
    Concern.UNSUITABLE_ACCOMMODATION, Concern.UNREGULATED_PLACEMENT, Concern.PRE_PROCEEDINGS,
)  # fmt: skip
TODAY = date(2026, 11, 20)
RULES = Rules.of(Policy())


def derived(story: Story) -> tuple[Derivation, list[Any]]:
    received = receive(read(story.raw), RULES.policy)
    knowledge = Knowledge(received, RULES.policy, RULES.rulebook)
    (resolved,) = resolve(received, RULES.policy).values()
    return derive(resolved, RULES, knowledge, {}), received


def ahead(story: Story, concern: Concern, day: date = TODAY) -> Outlook:
    found, received = derived(story)
    line = found.assessment.periods[concern]
    return outlook(concern, day, found.facts, received, line, found.cases[concern], RULES)


def leaver() -> Story:
    return Story("A", born="2006-05-01", eligibility="former_relevant", in_touch="yes",
                 team="north", personal_adviser="w1")  # fmt: skip


def unsuitable() -> Story:
    return leaver().lives("2026-09-01", "U", suitable=False, unsuitable_reason="unsafe")


def colour(story: Story, concern: Concern, day: date = TODAY) -> Rag:
    found, _ = derived(story)
    return next(p.rag for p in found.assessment.periods[concern] if p.covers(day))


def test_unsuitable_a_review_and_an_action_make_it_amber_and_a_judgement_or_move_green() -> None:
    better = ahead(unsuitable(), UA).better
    assert better[Rag.AMBER] == (("an action due within 28 days", "a review of it"),)
    assert better[Rag.GREEN] == (("judged suitable",), ("a move to somewhere suitable",))


def test_of_what_is_reviewed_only_the_action_is_wanting() -> None:
    story = unsuitable()
    story.add("review.completed", on="2026-11-10", review_id="r", kind="oversight",
              concern=UA.value)  # fmt: skip
    assert ahead(story, UA).better[Rag.AMBER] == (("an action due within 28 days",),)


def test_a_late_action_has_to_be_done_before_anything_helps() -> None:
    story = unsuitable()
    story.add("action.agreed", on="2026-10-01", action_id="t", concern=UA.value, what="find",
              owner="w1", due="2026-11-01", kind="move")  # fmt: skip
    assert ahead(story, UA).better[Rag.AMBER] == (("its late action done", "a review of it"),)


def test_homeless_is_lowered_by_nothing_but_a_place_to_live() -> None:
    story = leaver().lives("2026-11-01", "S")
    found = ahead(story, UA)
    assert found.better == {Rag.GREEN: (("a move to somewhere suitable",),)}
    assert found.worse is None


def test_an_unregistered_placement_is_put_right_by_registration_or_a_move() -> None:
    story = Story("A", born="2012-03-01", eligibility="none").care("2026-11-01")
    story.add("placement.started", on="2026-11-01", placement_id="p", code="K2",
              registration="unregistered")  # fmt: skip
    better = ahead(story, UP).better
    assert better == {Rag.GREEN: (("its registration",), ("a move to a registered placement",))}


def test_pre_proceedings_are_extended_or_reviewed() -> None:
    story = Story("A", born="2018-01-01")
    story.add("pre_proceedings.started", on="2026-08-20", period_id="x")
    assert colour(story, PP) is Rag.RED
    assert ahead(story, PP).better == {Rag.AMBER: (("an extension that somebody authorises",),)}


@pytest.mark.parametrize(("days", "expected"), [(0, None), (-1, Rag.RED)])
def test_what_will_make_it_worse_is_said_with_its_day(days: int, expected: Rag | None) -> None:
    """Reviewed and with an action, it is amber through the day the action is due, and red after."""
    story = unsuitable()
    story.add("review.completed", on="2026-11-18", review_id="r", kind="oversight",
              concern=UA.value)  # fmt: skip
    story.add("action.agreed", on="2026-11-18", action_id="t", concern=UA.value, what="find",
              owner="w1", due="2026-11-27", kind="move")  # fmt: skip
    turns = date(2026, 11, 28)
    worse = ahead(story, UA, turns + timedelta(days=days)).worse
    assert (worse and worse.rag) == expected
    if worse:
        assert worse.on == turns
        assert "an action is late" in worse.why


def test_it_is_said_when_a_red_climbs() -> None:
    story = unsuitable()
    first = ahead(story, UA, date(2026, 9, 1)).climbs
    assert first is not None
    assert (first.step, first.on) == ("team_manager", date(2026, 9, 3))
    assert ahead(story, UA, date(2026, 12, 30)).climbs is None  # with the chief officer already


def test_green_needs_nothing() -> None:
    story = leaver().lives("2026-09-01", "U", suitable=True)
    found = ahead(story, UA)
    assert found.better == {}
    assert found.climbs is None


def test_what_was_taken_back_helps_nobody() -> None:
    story = unsuitable()
    story.add("review.completed", on="2026-11-10", review_id="r", kind="oversight",
              concern=UA.value)  # fmt: skip
    review = story.raw[-1]
    taken_back = {**review, "id": "back", "type": "sightline.event.retracted.v1",
                  "data": {"id": review["id"]}}  # fmt: skip
    del taken_back["subject"]
    story.raw.append(taken_back)
    found, received = derived(story)
    line, cases = found.assessment.periods[UA], found.cases[UA]
    better = outlook(UA, TODAY, found.facts, received, line, cases, RULES).better
    assert better[Rag.AMBER] == (("an action due within 28 days", "a review of it"),)
    partly = [item for item in received if item.event.name != "event.retracted"]
    assert outlook(UA, TODAY, found.facts, partly, line, cases, RULES).better != better


def test_an_event_of_the_end_of_time_breaks_nothing() -> None:
    story = unsuitable()
    story.raw[-1]["time"] = "9999-12-31T23:59:59Z"
    assert ahead(story, UA).better[Rag.GREEN]


def test_of_two_placements_it_is_said_which_is_to_be_registered() -> None:
    story = Story("A", born="2012-03-01", eligibility="none").care("2026-11-01")
    story.add("placement.started", on="2026-11-01", placement_id="p", code="K2",
              registration="registered")  # fmt: skip
    story.add("placement.started", on="2026-11-18", placement_id="t", code="T4",
              registration="unregistered")  # fmt: skip
    better = ahead(story, UP).better
    assert better[Rag.GREEN][0] == ("registration of the temporary placement",)

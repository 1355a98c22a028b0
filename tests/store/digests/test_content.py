"""What a digest says: given these young people, on this Monday."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.policy import Policy
from schemas.recipients import Named
from schemas.status import Concern
from services.store import campaigns
from services.store.campaigns import Campaign
from services.store.database import Database
from tests.store.digests.council import (
    ADVISER,
    DIRECTOR,
    EVERYBODY,
    HEAD,
    LEAD_MEMBER,
    MANAGER,
    MONDAY,
    Council,
    parts,
)
from tests.story import UA, Story

NORTH: dict[str, Any] = {
    "team": "north", "service": "leaving", "personal_adviser": "w1", "team_manager": "m1",
}  # fmt: skip


@pytest.fixture
async def council(sqlite_store: Database) -> Council:
    return Council(sqlite_store)


def told(person: str, **facts: Any) -> Story:
    """A care leaver of 19."""
    return Story(person, born="2007-05-01", eligibility="former_relevant", **NORTH | facts)


def day(days_before: int) -> str:
    return (MONDAY - timedelta(days=days_before)).isoformat()


async def test_the_first_digest_says_that_there_is_no_last_week(council: Council) -> None:
    await council.receive(told("p1").lives(day(20), "S").raw, MONDAY - timedelta(days=20))
    digest = await council.digest()
    assert digest.first
    assert [line.reference for line in digest.newly_red] == ["p1"]
    await council.send_weekly_digests()
    _, text = parts(council.mail_to(DIRECTOR))
    assert "This is the first report" in text


async def test_newly_red_still_red_and_no_longer_red(council: Council) -> None:
    await council.receive(told("stays").lives(day(40), "S").raw, MONDAY - timedelta(days=40))
    stops = told("stops").lives(day(30), "S")
    await council.receive(stops.raw, MONDAY - timedelta(days=30))
    await council.send_weekly_digests(weeks_ago=1)
    await council.receive(told("new").lives(day(3), "S").raw, MONDAY - timedelta(days=3))
    moved = stops.lives(day(2), "U", id="a2", suitable=True)
    await council.receive(moved.raw, MONDAY - timedelta(days=2))
    digest = await council.digest()
    assert [line.reference for line in digest.newly_red] == ["new"]
    assert [line.reference for line in digest.still_red] == ["stays"]
    assert [(line.reference, line.why, line.now) for line in digest.stopped] == [
        ("stops", "Moved on", "green")
    ]
    (summary,) = [item for item in digest.concerns if item.concern is UA]
    assert summary.last_week is not None
    assert (summary.red, summary.last_week.red, summary.last_week.basis) == (2, 2, "as reported")


async def test_a_red_recorded_late_is_new_and_says_since_when(council: Council) -> None:
    await council.send_weekly_digests(weeks_ago=1)
    await council.receive(told("late").lives(day(30), "S").raw, MONDAY - timedelta(days=1))
    (line,) = (await council.digest()).newly_red
    assert line.recorded_late
    assert line.weeks_red == 4


async def test_what_was_reported_stays_as_it_was_said(council: Council) -> None:
    """Late news rewrites the past; what leaders were told then is not rewritten."""
    await council.receive(told("p1").lives(day(60), "B", suitable=True).raw)
    await council.send_weekly_digests(weeks_ago=1)
    await council.receive(told("late").lives(day(30), "S").raw, MONDAY - timedelta(days=1))
    summary = (await council.digest()).concerns[0]
    assert summary.red == 1
    assert summary.last_week is not None
    assert summary.last_week.red == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"suitable": True}, "Judged suitable"),
        ({"review": True}, "Plan only: reviewed, with an action in time; still unsuitable"),
        ({"rating": "amber"}, "Rated down: the rules still say red"),
        ({"corrected": True}, "Corrected: as now known it was not red last week"),
        ({"retracted": True}, "Corrected: as now known it was not red last week"),
        ({"died": True}, "Closed"),
    ],
)
async def test_why_a_case_stopped_being_red(
    council: Council, change: dict[str, Any], why: str
) -> None:
    story = told("p1").lives(day(50), "U", suitable=False, unsuitable_reason="unsafe")
    await council.receive(story.raw, MONDAY - timedelta(days=50))
    await council.send_weekly_digests(weeks_ago=1)
    if "suitable" in change:
        story.add("accommodation.changed", on=day(3), accommodation_id="a1", suitable=True)
    if "review" in change:
        story.reviewed(day(3), "oversight").action(day(3), day(-9))
    if "rating" in change:
        rating = {"rag": "amber", "rationale": "x", "authorised_by": "m1", "expires": day(-9)}
        story.reviewed(day(3), "oversight", concern=str(UA), rating=rating)
    if "corrected" in change:
        story.add("accommodation.started", on=day(50), time=f"{day(2)}T09:00:00Z",
                   accommodation_id="a1", code="U", suitable=True)  # fmt: skip
    if "died" in change:
        story.add("person.closed", on=day(3), reason="died")
    if "retracted" in change:
        story.retract("p1.2", id="r")
    await council.receive(story.raw, MONDAY - timedelta(days=1))
    digest = await council.digest()
    told_apart = digest.rated_down if "rating" in change else digest.stopped
    assert [line.why for line in told_apart] == [why]
    assert digest.stopped_count + digest.rated_down_count == 1


async def test_aged_out_at_18_and_pre_proceedings_ended(council: Council) -> None:
    born = (date(2008, 11, 12)).isoformat()
    he = Story("he", born=born, **NORTH).care("2026-01-05").placed("2026-01-05", "K2")
    she = Story("she", born="2020-05-01", **NORTH)
    she.add("pre_proceedings.started", on=day(100), period_id="x")
    await council.receive(he.raw + she.raw, MONDAY - timedelta(days=99))
    await council.send_weekly_digests(weeks_ago=1)
    she.add("pre_proceedings.ended", on=day(3), period_id="x", outcome="step_down")
    await council.receive(she.raw, MONDAY - timedelta(days=3))
    stopped = {line.reference: line.why for line in (await council.digest()).stopped}
    assert stopped == {"he": "Aged out", "she": "Pre-proceedings ended"}


async def test_still_red_is_ranked_by_how_long_it_has_not_been_green(council: Council) -> None:
    """A night in hospital, or a good rating, does not start the count again."""
    longer = told("longer", date=day(90)).lives(day(90), "U").lives(day(20), "S", id="a2")
    shorter = told("shorter", date=day(60)).lives(day(60), "S")
    await council.receive(longer.raw + shorter.raw, MONDAY - timedelta(days=20))
    await council.send_weekly_digests(weeks_ago=1)
    lines = (await council.digest()).still_red
    assert [(line.reference, line.weeks_red, line.weeks_not_green) for line in lines] == [
        ("longer", 2, 12),
        ("shorter", 8, 8),
    ]


async def test_actions_by_kind_owners_role_and_due_date_never_by_their_words(
    council: Council,
) -> None:
    story = told("p1").lives(day(50), "S").action(day(40), day(3))
    story.add("action.agreed", on=day(10), action_id="second", concern=str(UA), due=day(-10),
               what="ring the landlord", owner="somebody", kind="legal")  # fmt: skip
    await council.receive(story.raw, MONDAY - timedelta(days=9))
    (line,) = (await council.digest()).newly_red
    assert [(item.kind, item.owner, item.late) for item in line.actions] == [
        ("Find accommodation", "personal adviser", True),
        ("Legal advice", "another worker", False),
    ]
    await council.send_weekly_digests()
    for message in council.outbox.sent:
        assert "landlord" not in message.as_string()
        assert "safe" not in parts(message)[1].lower().replace("safety", "")


async def test_what_turns_red_in_the_next_14_days_if_nothing_happens(council: Council) -> None:
    near = Story("near", born="2020-05-01", **NORTH).add(
        "pre_proceedings.started", on=day(84 - 5), period_id="x"
    )
    far = Story("far", born="2020-05-01", **NORTH).add(
        "pre_proceedings.started", on=day(84 - 40), period_id="y"
    )
    await council.receive(near.raw + far.raw, MONDAY - timedelta(days=9))
    (line,) = (await council.digest()).turning
    assert (line.reference, line.on) == ("near", MONDAY + timedelta(days=6))
    assert [item.reference for item in (await council.digest(MANAGER)).turning] == ["near"]


async def test_a_red_without_a_team_goes_to_every_head_of_service(council: Council) -> None:
    story = Story("nobodys", born="2007-05-01", eligibility="former_relevant")
    await council.receive(story.lives(day(1), "S").raw, MONDAY - timedelta(days=1))
    digest = await council.digest(HEAD)
    assert [line.reference for line in digest.unowned] == ["nobodys"]
    assert [line.why for line in digest.needs_you] == [
        "no team, or nobody who still works here, is recorded"
    ]
    assert (await council.digest(ADVISER)).red == 0


async def test_who_needs_to_act_by_the_ladder(council: Council) -> None:
    """2 working days to the team manager, 5 to the head of service, 10 to the chief officer."""
    for person, days in (("four", 4), ("eight", 8), ("fifteen", 15)):
        story = told(person).lives(day(days), "B", suitable=False)
        await council.receive(story.raw, MONDAY - timedelta(days=days))

    async def needing(recipient: Any) -> set[str | None]:
        return {line.reference for line in (await council.digest(recipient)).needs_you}

    assert await needing(MANAGER) == {"four", "eight", "fifteen"}
    assert await needing(HEAD) == {"eight", "fifteen"}
    assert await needing(DIRECTOR) == {"fifteen"}


async def test_unlawful_is_the_chief_officers_the_same_day(council: Council) -> None:
    child = Story("child", born="2012-05-01", **NORTH).care(day(0))
    child.placed(day(0), "K2", registration="unregistered", deprivation_of_liberty=True)
    await council.receive(child.raw, MONDAY)
    council.now = council.week().due_at
    (line,) = (await council.digest()).needs_you
    assert (line.reference, line.unlawful) == ("child", True)


async def test_custody_and_deprivation_of_liberty_have_neutral_words(council: Council) -> None:
    custody = told("p1").lives(day(90), "X", expected_end=day(-20))
    child = Story("child", born="2012-05-01", **NORTH).care(day(9))
    child.placed(day(9), "K2", registration="unregistered", deprivation_of_liberty=True)
    await council.receive(custody.raw + child.raw, MONDAY - timedelta(days=8))
    await council.send_weekly_digests()
    for message in council.outbox.sent:
        html, text = parts(message)
        for word in ("custody", "prison", "liberty", "deprivation", "remand"):
            assert word not in (html + text + str(message["Subject"])).lower()
    assert "Next accommodation to be planned" in parts(council.mail_to(DIRECTOR))[1]


async def test_the_lead_member_is_sent_no_reference(council: Council) -> None:
    story = told("SECRET-REF").lives(day(30), "S").action(day(20), day(-20))
    await council.receive(story.raw, MONDAY - timedelta(days=20))
    await council.send_weekly_digests()
    html, text = parts(council.mail_to(LEAD_MEMBER))
    assert "SECRET-REF" not in html + text
    assert "Homeless" in text
    assert "SECRET-REF" in parts(council.mail_to(DIRECTOR))[1]


async def test_totals_are_totals_alone(sqlite_store: Database) -> None:
    totals = LEAD_MEMBER.model_copy(update={"detail": "totals"})
    council = Council(sqlite_store, recipients=(totals,))
    await council.receive(told("p1").lives(day(30), "S").raw, MONDAY - timedelta(days=20))
    digest = await council.digest(totals)
    assert (digest.red, digest.newly_red, digest.turning) == (1, (), ())


async def test_a_mail_identifies_nobody(council: Council) -> None:
    story = told("REF-77", initials="QZ", date_of_birth="2007-05-01").lives(day(30), "S")
    await council.receive(story.raw, MONDAY - timedelta(days=20))
    await council.send_weekly_digests()
    for message in council.outbox.sent:
        html, text = parts(message)
        assert not re.search(r"\bQZ\b|2007|w1\b", html + text)
        assert "REF" not in str(message["Subject"])


async def test_each_scope_sees_its_own(council: Council) -> None:
    stories = [
        told("mine"),
        told("team", personal_adviser="w2"),
        told("service", team="south", personal_adviser="w3"),
        told("other", team="x", service="safeguarding", personal_adviser="w4"),
    ]
    for story in stories:
        await council.receive(story.lives(day(30), "S").raw, MONDAY - timedelta(days=29))
    seen = [
        {line.reference for line in (await council.digest(recipient)).newly_red}
        for recipient in (ADVISER, MANAGER, HEAD, DIRECTOR)
    ]
    assert seen == [
        {"mine"},
        {"mine", "team"},
        {"mine", "team", "service"},
        {"mine", "team", "service", "other"},
    ]


async def test_the_baseline_says_what_became_of_those_red_then(sqlite_store: Database) -> None:
    council = Council(sqlite_store, Policy(baseline=MONDAY - timedelta(days=200)))
    still = told("still").lives(day(300), "S")
    settled = told("settled").lives(day(300), "S").lives(day(100), "U", id="b", suitable=True)
    await council.receive(still.raw + settled.raw, MONDAY - timedelta(days=90))
    baseline = (await council.digest()).baseline
    assert baseline is not None
    assert (baseline.basis, baseline.red, baseline.still_red, baseline.green) == (
        "as now known", 2, 1, 1,
    )  # fmt: skip


async def test_what_the_system_does_not_know(council: Council) -> None:
    story = told("p1").lives(day(30), "0", suitable=True)
    await council.receive(story.raw, MONDAY - timedelta(days=25))
    broken = story.raw[-1] | {"data": {"code": "B"}, "id": "bad"}
    await council.receive([broken], MONDAY - timedelta(days=20))
    digest = await council.digest()
    unknown = " ".join((*digest.unknown, *digest.unknown_here))
    assert "The feed /council/cms has been silent for 19 days" in unknown
    assert "1 event was refused and not settled" in unknown
    assert "1 question about 1 young person is open" in unknown
    assert "Permanence is not tracked" in unknown


async def test_an_untracked_concern_is_left_out_of_every_count(council: Council) -> None:
    child = Story("child", born="2015-05-01", **NORTH).care("2026-01-05").placed("2026-01-05", "U4")
    await council.receive(child.raw, MONDAY - timedelta(days=10))
    digest = await council.digest()
    permanence = next(item for item in digest.concerns if item.concern is Concern.PERMANENCE)
    assert (permanence.tracked, permanence.red) == (False, 0)
    assert digest.newly_red == ()
    other = Story("other", born="2015-05-01").care("2026-01-05")
    other.add("permanence.agreed", on="2026-02-01", plan_id="p", plan="adoption")
    await council.receive(other.raw, MONDAY - timedelta(days=9))
    assert {line.reference for line in (await council.digest()).newly_red} == {"child", "other"}


async def test_children_and_families_are_both_counted(council: Council) -> None:
    for child in ("one", "two", "three"):
        story = Story(child, born="2020-05-01", **NORTH).add(
            "pre_proceedings.started", on=day(100), period_id="x",
            family_id="f1" if child != "three" else "f2",
        )  # fmt: skip
        await council.receive(story.raw, MONDAY - timedelta(days=90))
    summary = (await council.digest()).concerns[2]
    assert (summary.red, summary.families) == (3, 2)


async def test_rated_down_is_counted(council: Council) -> None:
    story = told("p1").lives(day(50), "U", suitable=False, unsuitable_reason="unsafe")
    rating = {"rag": "green", "rationale": "x", "authorised_by": "m1", "expires": day(-9)}
    story.reviewed(day(3), "oversight", concern=str(UA), rating=rating)
    await council.receive(story.raw, MONDAY - timedelta(days=1))
    summary = (await council.digest()).concerns[0]
    assert (summary.red, summary.amber, summary.rated_down) == (0, 1, 1)


async def test_both_parts_of_the_mail_say_the_same(council: Council) -> None:
    story = told("p1").lives(day(50), "S").action(day(40), day(3))
    child = Story("c1", born="2012-05-01", **NORTH).care(day(9)).placed(day(9), "K2")
    await council.receive(story.raw + child.raw, MONDAY - timedelta(days=8))
    await council.send_weekly_digests(weeks_ago=1)
    await council.send_weekly_digests()
    for recipient in EVERYBODY:
        html, text = parts(council.mail_to(recipient))
        plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).lower()
        for line in (await council.digest(recipient)).still_red:
            for said in (line.reason, line.concern.heading, f"{line.weeks_red} weeks"):
                assert said.lower() in plain
                assert said.lower() in re.sub(r"\s+", " ", text).lower()


def for_phones(html: str) -> str:
    """The one sheet of styles, for narrow screens alone; Outlook knows no such thing."""
    sheet = html.split("<style>")[1].split("</style>", maxsplit=1)[0].strip()
    assert sheet.startswith("@media (max-width: 520px) {")
    assert sheet.count("@media") == 1
    return sheet


async def test_the_html_survives_outlook(council: Council) -> None:
    await council.receive(told("p<b>1").lives(day(50), "S").raw, MONDAY - timedelta(days=8))
    await council.send_weekly_digests()
    html, _ = parts(council.mail_to(DIRECTOR))
    assert "<b>1" not in html
    for barred in ("<svg", "<script", "flex", "grid", "<img", "rgba(", "var("):
        assert barred not in html.replace(for_phones(html), "")
    assert html.count("<style") == 1
    assert 'lang="en-GB"' in html
    assert html.count("<th scope=") > 3
    assert "RED" in html


async def test_a_reference_opens_the_case_page_and_the_record(sqlite_store: Database) -> None:
    council = Council(sqlite_store, case_url="https://cms.example/person/{person}")
    await council.receive(told("a/b:c").lives(day(50), "S").raw, MONDAY - timedelta(days=8))
    (line,) = (await council.digest()).newly_red
    assert line.link == "https://sightline.example/cases/a~b%3Ac?digest=2026-W47.director"
    assert line.case_link == "https://cms.example/person/a%2Fb%3Ac"


async def test_at_least_so_long_where_only_that_is_known(council: Council) -> None:
    story = told("p1").lives(day(50), "S", date_basis="by_this_date")
    await council.receive(story.raw, MONDAY - timedelta(days=8))
    (line,) = (await council.digest()).newly_red
    assert line.at_least
    await council.send_weekly_digests()
    assert "Red for at least 7 weeks" in parts(council.mail_to(DIRECTOR))[1]


async def test_a_red_child_who_was_merged_is_still_red_under_the_survivor(
    sqlite_store: Database,
) -> None:
    council = Council(sqlite_store, Policy(baseline=MONDAY - timedelta(days=7)))
    story = told("p1").lives(day(50), "S")
    await council.receive(story.raw, MONDAY - timedelta(days=20))
    await council.send_weekly_digests(weeks_ago=1)
    story.add("person.merged", time=f"{day(2)}T09:00:00Z", into="p2")
    await council.receive(story.raw, MONDAY - timedelta(days=2))
    digest = await council.digest()
    assert (digest.newly_red, digest.stopped) == ((), ())
    assert [line.reference for line in digest.still_red] == ["p2"]
    assert digest.baseline is not None
    assert (digest.baseline.basis, digest.baseline.still_red) == ("as now known", 1)


async def test_a_case_that_moves_between_teams_is_told_to_both(council: Council) -> None:
    other = MANAGER.model_copy(update={"id": "other", "teams": ("south",)})
    story = told("p1").lives(day(50), "S")
    await council.receive(story.raw, MONDAY - timedelta(days=20))
    await council.send_weekly_digests(weeks_ago=1)
    story.add("person.updated", date=day(2), team="south")
    await council.receive(story.raw, MONDAY - timedelta(days=2))
    (stopped,) = (await council.digest(MANAGER)).stopped
    assert (stopped.why, stopped.now) == ("Now overseen by another team", "red")
    (line,) = (await council.digest(other)).still_red
    assert line.moved_in


async def test_what_was_not_tracked_then_was_not_reported_then(council: Council) -> None:
    child = Story("child", born="2015-05-01", **NORTH).care("2026-01-05").placed("2026-01-05", "U4")
    await council.receive(child.raw, MONDAY - timedelta(days=30))
    await council.send_weekly_digests(weeks_ago=1)
    child.add("permanence.agreed", on=day(3), plan_id="p", plan="adoption", person="another")
    await council.receive(child.raw, MONDAY - timedelta(days=3))
    digest = await council.digest()
    permanence = digest.concerns[3]
    assert permanence.last_week is not None
    assert (permanence.red, permanence.last_week.red, digest.stopped) == (1, 0, ())
    assert [line.reference for line in digest.newly_red] == ["child"]


async def test_a_correction_does_not_start_the_clock_of_escalation_again(council: Council) -> None:
    story = told("p1").lives(day(50), "B", suitable=False)
    await council.receive(story.raw, MONDAY - timedelta(days=40))
    story.add("accommodation.started", on=day(50), time=f"{day(1)}T09:00:00Z",
               accommodation_id="a1", code="C", suitable=False)  # fmt: skip
    await council.receive(story.raw, MONDAY - timedelta(days=1))
    (line,) = (await council.digest()).needs_you
    assert line.why == "no open action for 28 working days"


async def test_what_was_only_heard_of_late_has_not_been_neglected_for_years(
    council: Council,
) -> None:
    await council.receive(told("p1").raw, MONDAY - timedelta(days=7))
    late = Story("p2", born="2009-05-01", eligibility="relevant", **NORTH)
    await council.receive(late.raw, MONDAY - timedelta(days=7))
    (line,) = (await council.digest(HEAD)).needs_you
    assert line.why == "no open action for 5 working days"
    assert line.weeks_red > 50


async def test_a_list_that_would_fill_a_mail_says_how_many_more_there_are(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.digests.compose._LONGEST_LIST", 2)
    for number in range(5):
        await council.receive(told(f"p{number}").lives(day(9), "S").raw, MONDAY - timedelta(days=8))
    await council.send_weekly_digests()
    text = parts(council.mail_to(DIRECTOR))[1]
    assert "RED (5)" in text
    assert "3 more are listed on Sightline." in text


async def test_somebody_to_whom_the_concern_does_not_apply_yet_is_told_to_their_team(
    council: Council,
) -> None:
    child = Story("child", born="2012-05-01", **NORTH).placed(day(-4), "H5")
    child.add("placement.changed", on=day(-4), placement_id="pl1", registration="unregistered")
    await council.receive(child.raw, MONDAY - timedelta(days=1))
    assert [line.reference for line in (await council.digest(MANAGER)).turning] == ["child"]


async def test_a_refused_message_cannot_put_its_words_into_a_mail(council: Council) -> None:
    await council.receive(told("p1").lives(day(9), "S").raw, MONDAY - timedelta(days=8))
    bad = told("p1").lives(day(9), "S").raw[-1] | {"source": "Jane Doe, missing", "data": {}}
    await council.receive([bad], MONDAY - timedelta(days=8))
    await council.send_weekly_digests()
    assert "Jane" not in council.mail_to(DIRECTOR).as_string()


async def test_a_reviewing_officer_s_escalation_is_in_digests_by_stage_and_date_alone(
    council: Council,
) -> None:
    story = told("p1").lives(day(60), "U", suitable=True)
    story.add("escalation.raised", date=day(50), escalation_id="e1", stage="formal",
              raised_by="iro1", reason="the plan for Morwenna drifts")  # fmt: skip
    await council.receive(story.raw, MONDAY - timedelta(days=40))
    digest = await council.digest()
    assert digest.escalated is not None
    assert (digest.escalated.open, digest.escalated.formal, digest.escalated.late) == (1, 1, 1)
    (line,) = digest.escalated.lines
    assert (line.reference, line.stage, line.late) == ("p1", "Formal, with the team manager", True)
    assert line.days_open == 36
    await council.send_weekly_digests()
    for who in (DIRECTOR, MANAGER, LEAD_MEMBER):
        html, text = parts(council.mail_to(who))
        assert "Reviewing officers’ escalations" in html
        assert "1 open, 1 of them formal; 1 overdue now or before" in " ".join(text.split())
        assert "Morwenna" not in html + text
        assert ("p1" in text) is (who is not LEAD_MEMBER)


async def test_without_an_escalation_a_digest_says_nothing_of_them(council: Council) -> None:
    await council.receive(told("p1").lives(day(20), "S").raw, MONDAY - timedelta(days=20))
    assert (await council.digest()).escalated is None
    await council.send_weekly_digests()
    html, _ = parts(council.mail_to(DIRECTOR))
    assert "Reviewing officers’ escalations</h2>" not in html
    assert "Not known yet: " in html


async def test_an_open_campaign_is_in_digests_by_day_and_number_alone(council: Council) -> None:
    await council.receive(told("p1").lives(day(20), "S").raw, MONDAY - timedelta(days=20))
    begun = Campaign(
        "c1", "For Morwenna", {}, MONDAY - timedelta(days=9), MONDAY - timedelta(days=9),
        MONDAY - timedelta(days=1), "h1", datetime(2026, 11, 7, 9, tzinfo=UTC),
    )  # fmt: skip
    async with council.database.writing() as connection:
        await campaigns.keep(connection, begun, {"p1": ["unsuitable_accommodation"]})
    await council.send_weekly_digests()
    html, text = parts(council.mail_to(DIRECTOR))
    words = "Begun on 7 November 2026: 1 of 1 left to be assessed by 15 November 2026 (overdue)"
    assert words in " ".join(text.split())
    assert "/campaigns/c1" in html
    assert "Morwenna" not in html + text
    lead = "".join(parts(council.mail_to(LEAD_MEMBER)))
    assert "1 of 1 left to be assessed" in lead
    assert "/campaigns/" not in lead
    told_since = told("p1").reviewed(day(1), "risk_assessment")
    await council.receive(told_since.raw, MONDAY)
    assert (await council.digest()).campaigns == ()


async def test_teams_are_called_by_their_names_where_the_directory_has_them(
    council: Council,
) -> None:
    context = council.mail_context
    north = Named(id="north", name="Leaving care, north")
    recipients = context.recipients.model_copy(update={"team": (north,)})
    council.mail_context = replace(context, recipients=recipients)
    await council.receive(told("p1").lives(day(20), "S").raw, MONDAY - timedelta(days=20))
    await council.send_weekly_digests()
    _, text = parts(council.mail_to(MANAGER))
    assert "Counted here: teams Leaving care, north (north)." in text

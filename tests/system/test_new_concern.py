"""A concern is declared once: a made-up one is walked through all that shows a concern."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from events.wire import Message
from schemas.digest import Digest
from schemas.policy import Policy
from schemas.recipients import Recipient, Recipients
from schemas.status import Concern, Period, Rag
from services.assessment import reason_category
from services.assessment.day import Day, Finding
from services.assessment.derivation import Rules
from services.assessment.rules import CONCERNS
from services.assessment.rules.declaration import Declaration
from services.digests.links import Links
from services.digests.mail import Mailbox
from services.digests.render import render_html, render_text
from services.digests.send import MailContext, preview
from services.digests.week import week_of
from services.oversight.cases import cases_listed, view_of
from services.oversight.summary import summarise, trend
from services.oversight.tracked import tracked_concerns
from services.oversight.trend_chart import reds_over_time
from services.store.case_filter import Filter
from services.store.database import Database
from services.store.scope import EVERYTHING
from services.tracking.handler import Tracker
from services.web.pages.case_downloads import as_csv
from services.web.pages.case_list_query import read_query
from tests.story import Story

TODAY = date(2026, 11, 23)
NAME, HEADING = "school", "Not in school"
DIRECTOR = Recipient(
    id="director", name="the Director", role="chief_officer", address="d@council.example"
)


def no_school(on: Day) -> list[Finding] | None:
    """Red while looked after: a rule to walk through, and no more."""
    if on.looked_after is None:
        return None
    return [Finding("SC1", Rag.RED, "No school is recorded.", {"events": []})]


def why_it_ended(before: Period, on: Day, after: Period) -> str:
    del before, on, after
    return "In school again"


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> Iterator[Concern]:
    """One more concern: a member of the enumeration, and its declaration."""
    member = str.__new__(Concern, NAME)
    member._name_, member._value_, member.heading = "SCHOOL", NAME, HEADING
    monkeypatch.setitem(Concern._member_map_, "SCHOOL", member)
    monkeypatch.setitem(Concern._value2member_map_, NAME, member)
    monkeypatch.setattr(Concern, "_member_names_", [*Concern._member_names_, "SCHOOL"])
    declaration = Declaration(
        concern=member,
        may_apply=lambda facts: bool(facts.care),
        assess=no_school,
        statutory=lambda _on, _findings: None,
        begins_with=lambda facts: facts.care,
        review_due=lambda _on, _rag: None,
        reviewed_on=lambda _on: None,
        ended=why_it_ended,
        no_longer="No longer looked after",
        age_limit=18,
        mark="star",
        dashes="1 1",
        categories={"SC1": "No school"},
    )
    monkeypatch.setitem(CONCERNS, member, declaration)
    reason_category._categories.cache_clear()
    yield member
    reason_category._categories.cache_clear()


async def test_a_new_concern_is_shown_everywhere_once_it_is_declared(
    school: Concern, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = date(2026, 6, 1)
    rules = Rules.of(Policy(council="Test Council", baseline=baseline))
    monkeypatch.setitem(
        cast("dict[str, Any]", rules.rulebook.sources), "SC1", rules.rulebook.sources["UA1"]
    )
    now = datetime.combine(TODAY, datetime.min.time(), UTC)
    tracker = Tracker(database, rules, lambda: now)
    child = Story("c1", born="2014-05-01", team="north", personal_adviser="w1").care("2026-01-05")
    await tracker.track([Message(orjson.dumps(event)) for event in child.raw])
    view = view_of(EVERYTHING, TODAY, tracked=tuple(Concern))
    async with database.reading() as connection:
        tracked = await tracked_concerns(connection, rules.policy)
        (case,) = await cases_listed(connection, view, Filter(concern=school))
        figures = await summarise(connection, view, tracked, None, baseline)
        points = await trend(connection, view)
    assert (case.rag, case.category, case.step) == (Rag.RED, "No school", None)
    own = figures[-1]
    assert (own.concern, own.tracked, own.now[Rag.RED]) == (school, True, 1)
    assert own.baseline is not None
    assert own.baseline.now[Rag.RED] == 1
    chart = reds_over_time(points)
    assert chart.lines[-1].mark == "star"
    assert read_query({"concern": NAME}).filter.concern is school
    assert f"c1,{HEADING},Red" in as_csv([case]).decode("utf-8-sig")
    digest = await _digest(database, rules.policy, tmp_path, now)
    assert [line.reason for line in digest.newly_red if line.concern is school] == ["No school"]
    assert HEADING in render_html(digest)
    assert HEADING in render_text(digest)


async def _digest(database: Database, policy: Policy, folder: Path, now: datetime) -> Digest:
    context = MailContext(
        database, policy, Recipients(recipient=(DIRECTOR,)), Mailbox(folder),
        Links("https://sightline.example"), "sightline@council.example", lambda: now,
    )  # fmt: skip
    return await preview(context, week_of(TODAY, policy.digest), DIRECTOR)

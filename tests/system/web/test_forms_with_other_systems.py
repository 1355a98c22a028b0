"""When the broker, the tracker or another system has a part in it."""

from pathlib import Path

import pytest
from faststream.nats import NatsBroker

from events.embedded import EmbeddedBroker
from schemas.policy import Pages, Policy, SourcePermissions
from services.store.database import Database
from services.web.forms import submission
from tests.store.tracking.tracker_harness import track
from tests.system.web.running_app import (
    ADVISER,
    MANAGER,
    RunningApp,
    care_leaver,
    running_app,
    text_of,
)
from tests.system.web.test_forms import REVIEW, stored_events

PATH = "/cases/L1/review/unsuitable_accommodation"


async def test_a_status_that_is_late_is_said_to_be(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "WAIT_SECONDS", 0.1)

    await track(sqlite_store, care_leaver("L1", code="U"))
    async with running_app(sqlite_store, broker, tmp_path, tracking=False) as served:
        adviser = await served.browser(ADVISER)
        sent = await adviser.fill(PATH, **REVIEW)
        after = text_of(await adviser.get(sent.headers["location"]))
        assert "Sent, and not back yet" in after
        assert "Unsuitable accommodation Red" in after


async def test_a_broker_that_does_not_answer_loses_nothing_that_was_typed(
    served: RunningApp, nats_server: EmbeddedBroker
) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    token = await adviser.token(PATH)
    adviser.client.timeout = 30
    assert nats_server._process is not None
    nats_server._process.kill()
    sent = await adviser.send(PATH, token, **REVIEW)
    assert sent.status_code == 503
    assert "the message broker does not answer" in text_of(sent)
    assert "The young person was seen and a plan was made." in sent.text
    assert await stored_events(served) == []


async def test_a_form_that_is_switched_off_leads_to_the_case_management_system(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> None:
    policy = Policy(council="Test", pages=Pages(forms={"review": "case_system"}))
    async with running_app(sqlite_store, broker, tmp_path, policy) as served:
        await served.receive(care_leaver("L1", code="U"))
        adviser = await served.browser(ADVISER)
        page = await adviser.get("/cases/L1")
        assert "Record a review in the case management system" in text_of(page)
        assert 'href="https://cms.example/person/L1"' in page.text
        form = await adviser.get(PATH)
        assert "this is recorded in the case management system" in text_of(form)
        sent = await adviser.send(PATH, await adviser.token("/"), **REVIEW)
        assert sent.status_code == 404
        assert await stored_events(served) == []


async def test_roles_and_sources_that_the_policy_does_not_allow_have_no_form(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> None:
    policy = Policy(
        council="Test",
        pages=Pages(may_acknowledge=("chief_officer",)),
        sources={"/sightline/pages": SourcePermissions(may_rate=False)},
    )
    async with running_app(sqlite_store, broker, tmp_path, policy) as served:
        await served.receive(care_leaver("L1", code="U"))
        manager = await served.browser(MANAGER)
        page = text_of(await manager.get("/cases/L1"))
        assert "Rate it until a date" not in page
        for form in ("rating", "acknowledgement"):
            answer = await manager.get(f"/cases/L1/{form}/unsuitable_accommodation")
            assert answer.status_code == 404

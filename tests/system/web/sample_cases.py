"""A council with cases of everybody's, and every address in it: what tests of access walk."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from httpx2 import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.bootstrap.lag import lag_of
from services.digests.send import make_week, send_due
from services.digests.unlawful_notice import notify
from services.digests.week import latest_due
from services.digests.weekly_analysis import make_weekly_analysis
from services.store import campaigns, policy_comparisons, sessions
from services.store.campaigns import Campaign
from services.store.policy_comparisons import PolicyChange, PolicyComparison
from services.store.sessions import Session
from services.web.kit.routing import PageRoute
from tests.store.refused import all_refused
from tests.system.web.running_app import (
    ADMINISTRATOR,
    ADVISER,
    ANALYST,
    DIRECTOR,
    HEAD,
    LEAD_MEMBER,
    MANAGER,
    OFFICER,
    OTHER_ADVISER,
    TODAY,
    Browser,
    RunningApp,
    care_leaver,
    event,
    in_unregistered_placement,
)

MISSING = "ZZ000"
"""A case that nobody ever heard of."""

ADVISERS_OWN = {"KN101", "FN404", "CN606"}
OTHERS_OWN = {"KS202", "FS505"}
OF_THE_TEAM = {"KN808"}
OF_THE_SERVICE = {"KL909"}
OF_NO_SERVICE = {"KU303"}
EVERY_CASE = ADVISERS_OWN | OTHERS_OWN | OF_THE_TEAM | OF_THE_SERVICE | OF_NO_SERVICE
MERGED = {"KM111": "KN101", "KX112": "KS202"}
EVERY_REFERENCE = EVERY_CASE | set(MERGED)

SCOPE: dict[tuple[str, Any], set[str]] = {
    ADVISER: ADVISERS_OWN,
    OTHER_ADVISER: OTHERS_OWN,
    MANAGER: ADVISERS_OWN | OF_THE_TEAM,
    HEAD: ADVISERS_OWN | OF_THE_TEAM | OF_THE_SERVICE | OF_NO_SERVICE,
    DIRECTOR: EVERY_CASE,
    ANALYST: EVERY_CASE,
    OFFICER: {"CN606"},
    LEAD_MEMBER: set(),
    ADMINISTRATOR: set(),
}
"""Whose cases are whose, as the issue says it."""

RED_BY_ACCOMMODATION = {"KN101", "KS202", "KU303", "KN808", "KL909"}
_REFERENCE = re.compile("|".join(sorted(EVERY_REFERENCE)))
_TOKEN = re.compile(r'(name="form" value=")[0-9a-f]+"')
_LOOK = "unsuitable_accommodation"


def _red(person: str, action: bool = True, **fields: Any) -> list[dict[str, Any]]:
    events = care_leaver(person, code="U", **fields)
    if action:
        agreed = event("action.agreed", person, TODAY - timedelta(days=9), action_id="x",
                       owner="w1", concern=_LOOK, what="find a flat",
                       due="2026-11-15")  # fmt: skip
        events.append(agreed)
    return events


def _of_no_service(person: str) -> list[dict[str, Any]]:
    events = _red(person, worker="w3", team=None)
    del events[0]["data"]["service"]
    return events


def _pre_proceedings(person: str, worker: str, team: str, service: str) -> list[dict[str, Any]]:
    begun = TODAY - timedelta(days=80)
    return [
        event("person.updated", person, begun, date_of_birth="2018-01-01", team=team,
              service=service, social_worker=worker),
        event("pre_proceedings.started", person, begun, period_id="pp"),
        event("review.completed", person, begun, review_id="r", kind="pre_proceedings"),
    ]  # fmt: skip


def _merged(person: str, into: str) -> dict[str, Any]:
    return event("person.merged", person, TODAY - timedelta(days=2), into=into)


async def add_sample_cases(served: RunningApp) -> None:
    """Cases of every scope, refused events, and a week's digests and a notice, sent."""
    broken = event("accommodation.started", "KN101", TODAY, accommodation_id="a9", code="S")
    broken["data"]["date"] = "no day at all"
    await served.receive(
        _red("KN101"),
        _red("KS202", worker="w2", team="south", service="safeguarding"),
        _of_no_service("KU303"),
        _red("KN808", worker="w9"),
        _red("KL909", action=False, worker="w9", team="west"),
        _pre_proceedings("FN404", "w1", "north", "leaving"),
        _pre_proceedings("FS505", "w2", "south", "safeguarding"),
        in_unregistered_placement("CN606"),
        event(
            "escalation.raised",
            "CN606",
            TODAY,
            escalation_id="e1",
            stage="formal",
            raised_by="iro1",
            reason="Placement not registered, or not lawful",
        ),
        [_merged(person, into) for person, into in MERGED.items()],
        broken,
        {**broken, "subject": "KS202", "id": "broken-2"},
    )
    campaign = Campaign(
        "c1", "A campaign", {}, TODAY, TODAY, TODAY, "d1", datetime(2026, 11, 20, 9, tzinfo=UTC)
    )
    async with served.runtime.database.writing() as connection:
        await campaigns.keep(connection, campaign, {who: [_LOOK] for who in EVERY_CASE})
        await add_comparison(connection, EVERY_CASE)
    today, mail_context = served.now, served.state.mail_context
    served.now = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
    await make_week(mail_context, latest_due(served.now, mail_context.policy.digest))
    await make_weekly_analysis(mail_context, latest_due(served.now, mail_context.policy.digest))
    await send_due(mail_context)
    served.now = today
    assert await notify(mail_context, lambda: lag_of(served.broker, served.runtime.database)) > 0
    await send_due(mail_context)
    async with served.runtime.database.reading() as connection:
        assert len(await all_refused(connection, state="open")) == 2


async def add_comparison(connection: AsyncConnection, people: Iterable[str]) -> None:
    """A policy that was tried, under which everybody of these has another colour today."""
    tried = PolicyComparison(
        "c1", "Stricter", "analyst", datetime(2026, 11, 20, 9, tzinfo=UTC), TODAY,
        {"UA13.days": 10}, {"UA13.days": 28},
    )  # fmt: skip
    changes = [
        PolicyChange(
            who, Concern.UNSUITABLE_ACCOMMODATION, TODAY, TODAY + timedelta(days=9), Rag.AMBER,
            Rag.RED, "UA13", "Judged long ago.", "north",
        )
        for who in sorted(people)
    ]  # fmt: skip
    await policy_comparisons.keep(connection, tried)
    await policy_comparisons.next_to_make(connection, tried.made_at, "somebody")
    await policy_comparisons.finish(connection, tried.id, "somebody", changes)


def address(route: PageRoute, person: str = MISSING) -> str:
    """An address that goes through a route; what it is about exists, where the case does."""
    ids = {"/actions/{about:path}": "x", "/escalations/{about:path}": "e1"}
    id_ = "visits_in_time" if route.path.startswith("/measures") else "c1"
    about = next((id_ for path, id_ in ids.items() if route.path.endswith(path)), _LOOK)
    parameters = {
        "person": person, "about": about, "number": "1", "week": "2026-W47", "recipient": "manager",
        "file": "asyncapi", "id": id_,
    }  # fmt: skip
    path = re.sub(r"{(\w+)(?::\w+)?}", lambda found: parameters[found[1]], route.path)
    if path.startswith("/evidence"):
        return f"{path}?person={person}&from=2026-11-19&to=2026-11-20"
    return path + ("?recipient=manager&day=2026-11-16" if "/preview" in path else "")


def case_for(route: PageRoute, person: str) -> str:
    """The case to use at a route: an extension needs one in pre-proceedings."""
    if not route.path.endswith("/extension"):
        return person
    return {"KN101": "FN404", "KS202": "FS505"}.get(person, person)


def without_form_tokens(answer: Response) -> str:
    """A page without what is new in each: its forms' tokens."""
    return _TOKEN.sub(r'\1"', answer.text)


def comparable(answer: Response) -> tuple[int, str, dict[str, str]]:
    """All of an answer that a person could tell apart from another."""
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, without_form_tokens(answer), headers


def references(text: str) -> set[str]:
    """Every case reference that stands in a text."""
    return set(_REFERENCE.findall(text))


async def browser_of_no_role(served: RunningApp) -> Browser:
    """Somebody whose session holds no role that is known here."""
    session = Session("w1", ["wizard"], served.now, served.now, served.now + timedelta(hours=1))
    secret = uuid4().hex
    async with served.runtime.database.writing() as connection:
        await sessions.open_session(connection, secret, session)
    browser = await served.browser()
    browser.client.cookies.set(served.state.cookie, secret)
    return browser

"""A small council for the browser: a case in every state that a page can show."""

from datetime import timedelta
from typing import Any

from services.store import campaigns
from services.store.campaigns import Campaign
from tests.system.web.running_app import (
    NOW,
    TODAY,
    RunningApp,
    care_leaver,
    event,
    in_unregistered_placement,
)
from tests.system.web.sample_cases import add_comparison


def _refused() -> dict[str, Any]:
    bad = event("accommodation.started", "KN101", TODAY, accommodation_id="b", code="B")
    bad["data"]["date"] = "31/10/2026"
    return bad


async def add_browser_cases(served: RunningApp) -> None:
    """Red, amber and green, unlawful, late, unowned, questioned and refused; a digest sent."""
    served.now = NOW - timedelta(days=30)
    late = TODAY - timedelta(days=20)
    pre = TODAY - timedelta(days=90)
    await served.receive(
        care_leaver("KN101", code="U"),
        care_leaver("KN102", code="B", suitable=True),
        care_leaver("KN103", code="V", suitable=True),
        care_leaver("KN104", worker="w2", team=None),
        care_leaver("KN105", code="Q9", suitable=None),
        event("person.updated", "KF201", pre, date_of_birth="2018-01-01", team="north",
              service="leaving", social_worker="w1"),
        event("pre_proceedings.started", "KF201", pre, period_id="pp"),
        event("review.completed", "KF201", pre, review_id="r", kind="pre_proceedings"),
        event("action.agreed", "KN103", late, action_id="x1", owner="w1", kind="move",
              concern="unsuitable_accommodation", what="move to the foyer",
              due=(late + timedelta(days=3)).isoformat()),
    )  # fmt: skip
    served.now = NOW
    campaign = Campaign(
        "c1", "Unsuitable, autumn", {"colour": "red"}, TODAY - timedelta(days=9),
        TODAY - timedelta(days=9), TODAY + timedelta(days=9), "d1", NOW,
    )  # fmt: skip
    async with served.runtime.database.writing() as connection:
        cohort = {who: ["unsuitable_accommodation"] for who in ("KN101", "KN103", "KN104")}
        await campaigns.keep(connection, campaign, cohort)
        await add_comparison(connection, ("KN101", "KN103"))
    await served.receive(
        in_unregistered_placement("KC301"),
        event("escalation.raised", "KC301", late, escalation_id="e1", stage="informal",
              raised_by="iro1", reason="No plan for permanence"),
        event("escalation.changed", "KC301", late, escalation_id="e1", stage="formal", level=1),
        event("review.completed", "KC301", TODAY, review_id="la", kind="looked_after"),
        _refused(),
    )  # fmt: skip

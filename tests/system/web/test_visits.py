"""Who is placed with parents or unlawfully is listed by itself: seen when, and approved by whom."""

from datetime import timedelta
from typing import Any

from tests.system.web.running_app import (
    LEAD_MEMBER,
    MANAGER,
    OTHER_ADVISER,
    TODAY,
    RunningApp,
    event,
    in_unregistered_placement,
    text_of,
)


def with_parents(person: str, **placement: Any) -> list[dict[str, Any]]:
    since = TODAY - timedelta(days=20)
    return [
        event("person.updated", person, since, date_of_birth="2015-03-01", team="north",
              service="leaving", social_worker="w1", eligibility="none"),
        event("care.started", person, since, care_id="c", legal_status="C2"),
        event("placement.started", person, since, placement_id="p", code="P1",
              registration="exempt", **placement),
    ]  # fmt: skip


async def test_both_are_lists_of_their_own_with_approval_recorded_or_asked(
    served: RunningApp,
) -> None:
    await served.receive(
        with_parents("P1"), with_parents("P2", approved_by="h1"), in_unregistered_placement("C1"),
        event("visit.completed", "P2", TODAY - timedelta(days=2), visit_id="v",
              kind="looked_after"),
    )  # fmt: skip
    manager = await served.browser(MANAGER)
    page = await manager.get("/visits")
    text = text_of(page)
    assert "In an unlawful placement: 1" in text
    assert "Placed with parents: 2" in text
    unlawful, parents = text.split("Placed with parents: 2")
    assert "C1 17 November 2026 not recorded" in unlawful
    assert "never" in unlawful
    assert "1 with a visit overdue" in parents
    assert "1 without a record of who approved it" in parents
    assert "P1 31 October 2026 not recorded" in parents
    assert "P2 31 October 2026 Head One (h1) 18 November 2026 25 November 2026 Green" in parents
    assert parents.index("P1 31") < parents.index("P2 31"), "the first due comes first"
    listed = text_of(await manager.get("/cases?arrangement=with_parents&overdue=yes"))
    assert "1 case" in listed
    assert "Placed with parents" in listed
    unapproved = text_of(await manager.get("/cases?arrangement=with_parents&not_approved=yes"))
    assert "1 case" in unapproved


async def test_nobody_was_there_before_and_nobody_else_sees_them(served: RunningApp) -> None:
    await served.receive(with_parents("P1"))
    manager = await served.browser(MANAGER)
    before = text_of(await manager.get("/visits?as_at=2026-10-30"))
    assert "Placed with parents: 0" in before
    assert "nobody here has been seen, as far as Sightline knows" in before
    other, lead = await served.browser(OTHER_ADVISER), await served.browser(LEAD_MEMBER)
    assert "Placed with parents: 0" in text_of(await other.get("/visits"))
    assert (await lead.get("/visits")).status_code == 404

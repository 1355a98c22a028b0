"""The staff directory out of Professionals: who is sent a digest, who has left."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from schemas.policy import Digest, Policy
from schemas.recipients import Recipient, Recipients, Staff
from services.access.staff_directory import with_staff
from services.imports.ssd.professionals import members_of, role_of
from services.imports.tabular.layouts import Row
from services.store.staff import StaffMember

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def member(
    id_: str, role: str = "personal_adviser", team: str = "LC1", **fields: Any
) -> StaffMember:
    known: dict[str, Any] = {
        "source": "/ssd", "address": f"{id_}@council.example", "gone_on": None, "as_at": AT,
    }  # fmt: skip
    return StaffMember(id=id_, role=role, team=team, **(known | fields))


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Personal Adviser", "personal_adviser"),
        ("Leaving Care Personal Advisor", "personal_adviser"),
        ("Senior Social Worker", "personal_adviser"),
        ("Team Manager", "team_manager"),
        ("Assistant Team Manager", "team_manager"),
        ("Practice Leader", "team_manager"),
        ("Head of Service", ""),
        ("PA to Director of Children's Services", ""),
        ("Business Support Manager", ""),
        ("Finance Manager", ""),
        ("GP", ""),
        ("Social Work Assistant", ""),
    ],
)
def test_a_job_title_says_the_role(title: str, role: str) -> None:
    assert role_of(title) == role


def test_an_address_is_made_of_the_staff_id_where_the_table_has_none() -> None:
    rows = [
        Row(
            "professionals",
            "f",
            2,
            {"id": "1", "staff_id": "s1", "title": "Social Worker", "team": "North"},
        ),
        Row("professionals", "f", 2, {"id": "1", "title": "Social Worker"}),
        Row(
            "professionals", "f", 3, {"id": "2", "title": "Social Worker", "address": "b@c.example"}
        ),
        Row("professionals", "f", 4, {"id": "3", "title": "GP"}),
        Row("professionals", "f", 5, {"id": "4", "title": "Keyworker", "staff_id": "s4"}),
    ]
    members = list(
        members_of(rows, "/ssd", "{staff_id}@c.example", {"4"}, {"north": "T1"}, AT, TODAY)
    )
    assert [(item.id, item.address) for item in members] == [
        ("1", "s1@c.example"), ("2", "b@c.example"), ("4", "s4@c.example"),
    ]  # fmt: skip
    assert members[0].team == "T1"


def test_advisers_are_sent_their_own_cases_and_managers_their_teams() -> None:
    recipients = with_staff(Recipients(), [member("pa1"), member("tm1", "team_manager")], Policy())
    assert [(item.id, item.scope, item.workers, item.teams) for item in recipients.recipient] == [
        ("pa1", "workers", ("pa1",), ()), ("tm1", "teams", (), ("LC1",)),
    ]  # fmt: skip
    assert [(item.id, item.teams) for item in recipients.staff] == [("pa1", ()), ("tm1", ("LC1",))]


def test_who_has_left_is_sent_nothing_and_signs_in_as_nobody() -> None:
    gone = member("pa1", gone_on=date(2026, 11, 19))
    assert with_staff(Recipients(), [gone], Policy()) == Recipients()


def test_the_directory_that_is_kept_by_hand_wins() -> None:
    by_hand = Recipients(
        recipient=(
            Recipient(
                id="x",
                name="X",
                role="team_manager",
                address="tm1@council.example",
                scope="teams",
                teams=("north",),
            ),
        ),
        staff=(Staff(id="pa1", sign_in="other@council.example"),),
    )
    recipients = with_staff(by_hand, [member("pa1"), member("tm1", "team_manager")], Policy())
    assert recipients.recipient == by_hand.recipient
    assert [item.id for item in recipients.staff] == ["pa1", "tm1"]


def test_a_policy_says_which_roles_are_sent_a_digest() -> None:
    policy = Policy(digest=Digest(staff=()))
    recipients = with_staff(Recipients(), [member("pa1")], policy)
    assert (recipients.recipient, [item.id for item in recipients.staff]) == ((), ["pa1"])

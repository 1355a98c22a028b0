"""Who works at the made-up council: who is sent digests, and as whom anybody may sign in."""

from typing import Any

from schemas.recipients import Recipient, Recipients, Staff
from services.access.roles import Role
from services.web.state import DemoUser


def demo_recipients() -> Recipients:
    """One of each role."""

    def who(id_: str, name: str, role: str, **scope: Any) -> Recipient:
        return Recipient(id=id_, name=name, role=role, address=f"{id_}@council.example", **scope)

    return Recipients(
        recipient=(
            who("director", "the Director of Children's Services", "chief_officer"),
            who("lead-member", "the Lead Member for Children", "lead_member"),
            who("head-care", "the Head of Service, children in care", "head_of_service",
                scope="services", services=("children-in-care", "safeguarding")),
            who("head-leaving", "the Head of Service, leaving care", "head_of_service",
                scope="services", services=("leaving-care",)),
            who("manager-leaving-1", "the team manager, leaving care 1", "team_manager",
                scope="teams", teams=("leaving-care-1",)),
            who("adviser-11", "a personal adviser", "personal_adviser",
                scope="workers", workers=("w-le-11", "w-le-12")),
            who("iro-6", "a reviewing officer", "reviewing_officer",
                scope="workers", workers=("iro-6",)),
        ),
        staff=(
            Staff(id="w-le-11", sign_in="adviser-11@council.example", name="Personal adviser 11"),
            Staff(id="w-le-12", sign_in="adviser-12@council.example", name="Personal adviser 12"),
            Staff(id="iro-6", sign_in="iro-6@council.example", name="Reviewing officer 6"),
            Staff(id="m-le-1", sign_in="manager-leaving-1@council.example", name="Manager 1"),
        ),
    )  # fmt: skip


MADE_UP = (
    DemoUser("w-le-11", (Role.PERSONAL_ADVISER,), "A personal adviser"),
    DemoUser("recipient:m-le-1", (Role.TEAM_MANAGER,), "Their team manager"),
    DemoUser(
        "recipient:head-leaving", (Role.HEAD_OF_SERVICE,), "The head of service, leaving care"
    ),
    DemoUser(
        "recipient:head-care", (Role.HEAD_OF_SERVICE,), "The head of service, children in care"
    ),
    DemoUser("iro-6", (Role.REVIEWING_OFFICER,), "A reviewing officer"),
    DemoUser("recipient:director", (Role.CHIEF_OFFICER,), "The Director of Children’s Services"),
    DemoUser("recipient:lead-member", (Role.LEAD_MEMBER,), "The Lead Member for Children"),
    DemoUser("analyst", (Role.ANALYST,), "A performance analyst"),
    DemoUser("administrator", (Role.ADMINISTRATOR,), "An administrator"),
)
"""The users as whom anybody on this machine may sign in to the demo."""

"""Statuses with whose case each is, and which concerns are counted."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from schemas.status import Concern, Period
from services.assessment.case_facts import staff_on
from services.store import event_log, timelines
from services.store.timelines import Document
from services.store.weekly_reports import Reported


async def tracked_concerns(connection: AsyncConnection, policy: Policy) -> dict[Concern, bool]:
    """Which concerns are counted. Permanence is once a plan was ever heard of, unless told."""
    tracked = {}
    for concern in Concern:
        if concern in policy.tracked:
            tracked[concern] = policy.tracked[concern]
        elif concern is Concern.PERMANENCE:
            tracked[concern] = await event_log.heard_of_a_plan(connection)
        else:
            tracked[concern] = True
    return tracked


async def statuses_on(connection: AsyncConnection, day: date) -> list[Reported]:
    """Every status of a day as now known, with whose case it was."""
    found = await timelines.periods_on(connection, day)
    facts = await timelines.facts_of(connection, {person for person, _ in found})
    return [
        reported_of(person, period, facts[person], day)
        for person, period in found
        if person in facts
    ]


def reported_of(person: str, period: Period, facts: Document, day: date) -> Reported:
    """One status of a day, with whose case it is then."""
    return Reported(
        person=person,
        concern=period.concern,
        rag=period.rag,
        rule_rag=period.rule_rag,
        statutory=period.statutory,
        since=period.since,
        since_basis=period.since_basis,
        not_green_since=period.not_green_since,
        reasons=period.reasons,
        override=period.override.as_json() if period.override else None,
        team=staff_on(facts, "team", day),
        service=staff_on(facts, "service", day),
        personal_adviser=staff_on(facts, "personal_adviser", day),
        social_worker=staff_on(facts, "social_worker", day),
    )

"""Making a week's report: what is so on the day, kept as it was found."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.metadata import version

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from schemas.status import Concern
from services.digests.week import Week, week_name
from services.oversight.statuses import statuses_on, tracked_concerns
from services.sources.feed_status import completeness_warnings
from services.store import mail_queue, questions, refused_events
from services.store.weekly_reports import Report, Reported


async def make_report(
    connection: AsyncConnection, policy: Policy, week: Week, now: datetime, missing: list[str]
) -> tuple[Report, list[Reported]]:
    """What this week's report says; nothing is kept yet.

    It is as of the day on which it is made, or of its own week where that has passed.
    """
    as_of = week.day
    statuses = await statuses_on(connection, as_of)
    tracked = await tracked_concerns(connection, policy)
    report = Report(
        week=week.name,
        as_of=as_of,
        due_at=week.due_at,
        made_at=now,
        tracked=[concern.value for concern, counted in tracked.items() if counted],
        missing=missing,
        unknown=await not_known(connection, policy, tracked, now, as_of),
        policy=policy.fingerprint,
        version=version("sightline"),
    )
    return report, statuses


async def not_known(
    connection: AsyncConnection,
    policy: Policy,
    tracked: Mapping[Concern, bool],
    now: datetime,
    as_of: date,
) -> list[str]:
    """What the system does not know, in sentences."""
    told = await completeness_warnings(connection, policy, now)
    if refused := await refused_events.count_open(connection):
        told.append(
            f"{_many(refused, 'event was', 'events were')} refused and not settled; "
            "each is kept with its reason."
        )
    asked = await questions.questions_on(connection, as_of)
    if asked:
        people = len({question.person for question in asked})
        told.append(
            f"{_many(len(asked), 'question', 'questions')} about "
            f"{_many(people, 'young person', 'young people')} "
            f"{'is' if len(asked) == 1 else 'are'} open: a fact is missing or contradictory, "
            "and the worse colour is shown."
        )
    for concern, counted in tracked.items():
        if not counted:
            told.append(f"{concern.heading} is not tracked: it is left out of every count here.")
    undelivered = await mail_queue.deliveries(connection, states=[mail_queue.FAILED])
    lately = week_name(as_of - timedelta(days=14))  # what failed earlier is no news
    undelivered = [item for item in undelivered if item.week >= lately]
    if undelivered:
        told.append(
            f"{_many(len(undelivered), 'digest', 'digests')} could not be delivered; "
            "see sightline digest list."
        )
    return told


def _many(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"

"""Making a week's report, and the sentences on what is not known."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.metadata import version

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from schemas.status import Concern
from schemas.weeks import week_name
from services.digests.week import Week
from services.oversight.cases import view_of
from services.oversight.derived_by import not_derived
from services.oversight.tracked import counted, tracked_concerns
from services.sources.feed_status import completeness_warnings
from services.store import mail_queue, questions, refused_events
from services.store.restrictions import count_hidden
from services.store.scope import EVERYTHING
from services.store.view import View
from services.store.weekly_reports import Report


async def make_report(
    connection: AsyncConnection, policy: Policy, week: Week, now: datetime, missing: list[str]
) -> Report:
    """Make a week's report; nothing is stored yet.

    It is as of the day on which it is made, or of its own week where that has passed.
    """
    tracked = await tracked_concerns(connection, policy)
    view = view_of(EVERYTHING, week.day)
    return Report(
        week=week.name,
        as_of=week.day,
        due_at=week.due_at,
        made_at=now,
        tracked=[concern.value for concern in counted(tracked)],
        missing=missing,
        unknown=await not_known(connection, policy, tracked, now, view),
        policy=policy.fingerprint,
        version=version("sightline"),
    )


async def not_known(
    connection: AsyncConnection,
    policy: Policy,
    tracked: Mapping[Concern, bool],
    now: datetime,
    view: View,
) -> list[str]:
    """What the system does not know, in sentences, for a reader."""
    return [
        *await not_known_of_all(connection, policy, tracked, now, view.day),
        *await not_known_of(connection, view),
    ]


async def not_known_of_all(
    connection: AsyncConnection,
    policy: Policy,
    tracked: Mapping[Concern, bool],
    now: datetime,
    day: date,
) -> list[str]:
    """What is not known whoever reads: feeds, concerns that are not tracked, mail that failed."""
    sentences = await not_derived(connection, policy)
    sentences += await completeness_warnings(connection, policy, now)
    sentences += [
        f"{concern.heading} is not tracked: it is left out of every count here."
        for concern, is_tracked in tracked.items()
        if not is_tracked
    ]
    undelivered = await mail_queue.deliveries(connection, states=[mail_queue.FAILED])
    lately = week_name(day - timedelta(days=14))  # older failures are not repeated
    undelivered = [item for item in undelivered if item.week >= lately]
    if undelivered:
        sentences.append(
            f"{_number_of(len(undelivered), 'digest', 'digests')} could not be delivered; "
            "see sightline digest list."
        )
    return sentences


async def not_known_of(connection: AsyncConnection, view: View) -> list[str]:
    """What is not known about the young people whom a reader may see.

    Refused events that name nobody are counted for readers who see everything.
    """
    sentences = []
    if refused := await refused_events.count_open(connection, view):
        sentences.append(
            f"{_number_of(refused, 'event was', 'events were')} refused and not settled; "
            "each is kept with its reason."
        )
    asked, people = await questions.total(connection, view)
    if asked:
        sentences.append(
            f"{_number_of(asked, 'question', 'questions')} about "
            f"{_number_of(people, 'young person', 'young people')} "
            f"{'is' if asked == 1 else 'are'} open: a fact is missing or contradictory, "
            "and the worse colour is shown."
        )
    if hidden := await count_hidden(connection, view.scope, view.today):
        sentences.append(
            f"{_number_of(hidden, 'young person is', 'young people are')} restricted to named "
            "people: they are neither shown nor counted here."
        )
    return sentences


def _number_of(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"

"""Retention: what is held for longer than the policy says is removed, once a day."""

import logging
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import LONDON, london_day
from schemas.policy import Retention
from services.access.audit import Act
from services.assessment.calendar import months_on
from services.assessment.derivation import Rules
from services.store import audit_log, derived, marks, removal
from services.store.audit_log import Entry
from services.store.database import Database
from services.tracking.erase import Asked, erase

log = logging.getLogger(__name__)

_DONE = "retained_on"
_WHO = "retention"
_AT_ONCE = 50
"""Cases removed in one wake: the others wait for the next, and digests are not held up."""


async def remove_what_is_old(database: Database, rules: Rules, now: datetime) -> list[str]:
    """Remove what the policy keeps no longer, once a day; returns what was done, in sentences.

    What was done is in the audit log too. A case is over when no concern has applied for as long as
    the policy says, and nothing was heard of it for as long.
    """
    today = london_day(now)
    async with database.reading() as connection:
        if await marks.mark(connection, _DONE) == today.isoformat():
            return []
        over = await _over(connection, rules.policy.retention, today)
    for person in over[:_AT_ONCE]:
        why = f"over for {rules.policy.retention.cases_years} years"
        await erase(database, person, rules, Asked(_WHO, why, now, until=now))
    done = [f"{len(over[:_AT_ONCE]):,} cases that were over"] if over else []
    async with database.writing() as connection:
        done += await _remove_rest(connection, rules.policy.retention, now)
        if done:
            detail = "; ".join(done)
            await audit_log.append(
                connection, [Entry(now, _WHO, "", Act.REMOVED_OLD.value, "", detail)]
            )
        if len(over) <= _AT_ONCE:
            await marks.set_mark(connection, _DONE, today.isoformat())
    for sentence in done:
        log.info("Removed, as the policy says: %s", sentence)
    return done


async def _over(connection: AsyncConnection, retention: Retention, today: date) -> list[str]:
    if retention.cases_years is None:
        return []
    day = date.fromordinal(months_on(today.toordinal(), -12 * retention.cases_years))
    begins = datetime(day.year, day.month, day.day, tzinfo=LONDON)
    return await derived.over_since(connection, day, begins)


async def _remove_rest(
    connection: AsyncConnection, retention: Retention, now: datetime
) -> list[str]:
    """Remove old mails, refused events that are settled, and messages that were published."""
    kinds = (
        ("mails, of which the text is removed", retention.mails_days, removal.remove_mails_before),
        ("refused events that were settled", retention.refused_days, removal.remove_refused_before),
        (
            "messages to other systems that were published",
            retention.published_days,
            removal.remove_published_before,
        ),
    )
    done = []
    for what, days, remove in kinds:
        if days is None:
            continue
        number = await remove(connection, now - timedelta(days=days))
        if number:
            done.append(f"{number:,} {what}")
    return done

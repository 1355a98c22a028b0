"""Retention: what is held for longer than the policy says is removed, once a day."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from schemas.policy import Retention
from services.access.audit import Act
from services.sources.rhythm import WEEKS_KEPT
from services.store import audit_log, marks, removal
from services.store.audit_log import Entry
from services.store.database import Database

log = logging.getLogger(__name__)

_DONE = "retained_on"
_WHO = "retention"


async def remove_what_is_old(database: Database, retention: Retention, now: datetime) -> list[str]:
    """Remove what the policy keeps no longer, once a day; returns what was done, in sentences.

    What was done is in the audit log too.
    """
    today = london_day(now).isoformat()
    async with database.reading() as connection:
        if await marks.mark(connection, _DONE) == today:
            return []
    async with database.writing() as connection:
        done = await _remove(connection, retention, now)
        if done:
            entry = Entry(now, _WHO, "", Act.REMOVED_OLD.value, "", "; ".join(done))
            await audit_log.append(connection, [entry])
        await marks.set_mark(connection, _DONE, today)
    for sentence in done:
        log.info("Removed, as the policy says: %s", sentence)
    return done


async def _remove(connection: AsyncConnection, retention: Retention, now: datetime) -> list[str]:
    """Remove old mails, analyses and reports, refused events that are settled, and messages.

    The hours in which sources were heard go once nothing reads them; nobody needs to hear of that.
    """
    await removal.remove_hours_before(connection, now - timedelta(weeks=WEEKS_KEPT))
    kinds = (
        ("mails, of which the text is removed", retention.mails_days, removal.remove_mails_before),
        ("refused events that were settled", retention.refused_days, removal.remove_refused_before),
        (
            "messages to other systems that were published",
            retention.published_days,
            removal.remove_published_before,
        ),
        ("weekly analyses", retention.analyses_days, removal.remove_analyses_before),
        ("weekly reports, with their cases", retention.reports_days, removal.remove_reports_before),
    )
    done = []
    for what, days, remove in kinds:
        if days is None:
            continue
        number = await remove(connection, now - timedelta(days=days))
        if number:
            done.append(f"{number:,} {what}")
    return done

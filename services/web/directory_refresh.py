"""Keeps the staff directory as the last extract of the case management system has it."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from schemas.recipients import Recipients
from services.access.staff_directory import recipients_now
from services.web.state import AppState

log = logging.getLogger(__name__)

_INTERVAL_SECONDS = 60.0


async def refresh_directory(app: AppState) -> None:
    """Read the staff directory every minute, until cancelled: a leaver loses access within one."""
    by_hand = app.directory.recipients
    known: Recipients | None = None
    while True:
        try:
            async with app.database.reading() as connection:
                current = await recipients_now(connection, by_hand, app.policy)
            if current != known:
                app.directory.renew(current)
                known = current
        except (SQLAlchemyError, OSError) as error:
            log.warning("The staff directory could not be read: %s", type(error).__name__)
        await asyncio.sleep(_INTERVAL_SECONDS)

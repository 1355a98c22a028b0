"""The staff directory of the pages, kept as the last extract told it."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from schemas.recipients import Recipients
from services.access.staff_directory import recipients_now
from services.web.state import Parts

log = logging.getLogger(__name__)

_SECONDS = 60.0


async def keep_directory(parts: Parts) -> None:
    """Look again and again who works here: a leaver's charge ends within the minute."""
    by_hand = parts.directory.recipients
    known: Recipients | None = None
    while True:
        try:
            async with parts.database.reading() as connection:
                told = await recipients_now(connection, by_hand, parts.policy)
            if told != known:
                parts.directory.renew(told)
                known = told
        except (SQLAlchemyError, OSError) as error:
            log.warning("The staff directory could not be read: %s", type(error).__name__)
        await asyncio.sleep(_SECONDS)

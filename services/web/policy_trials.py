"""Makes the comparisons of policies that people ask for, one after another, beside the pages."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from services.oversight.policy_trial import make_next
from services.web.state import AppState

log = logging.getLogger(__name__)

_INTERVAL_SECONDS = 30.0


async def make_policy_trials(app: AppState) -> None:
    """Make what waits, until cancelled: at once when a page asks, else within half a minute."""
    while True:
        try:
            while await make_next(app.database, app.rules, app.clock):
                pass
        except (SQLAlchemyError, OSError) as error:
            log.warning("Comparisons of policies wait: %s", type(error).__name__)
        app.trial_asked.clear()
        try:
            async with asyncio.timeout(_INTERVAL_SECONDS):
                await app.trial_asked.wait()
        except TimeoutError:
            continue

"""Probes of a process that serves no pages: a platform asks whether it lives and is at work."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from services.settings import Settings, SettingsError
from services.web.probes import make_role_probe_app
from services.web.server import ServerError, served

log = logging.getLogger(__name__)


@asynccontextmanager
async def serving_probes(
    settings: Settings, is_serving: Callable[[], bool]
) -> AsyncIterator[int | None]:
    """Answer probes where `SIGHTLINE_PROBES_PORT` says so; yields the port, None without it.

    They are answered from the start to the end, also while the role begins again.

    Raises:
        SettingsError: nothing can be served there.
    """
    if not settings.probes_port:
        yield None
        return
    try:
        app = make_role_probe_app(is_serving)
        async with served(app, settings.probes_host, settings.probes_port, what="PROBES") as port:
            log.info("Probes are served at port %d", port)
            yield port
    except ServerError as error:
        raise SettingsError(str(error)) from error

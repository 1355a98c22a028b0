"""Serving the pages beside whatever else a process does."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from events.publish import OutgoingMessage, publish
from services.bootstrap.health.ailment import Patient
from services.bootstrap.health.examined import Examined
from services.bootstrap.lag import lag_of
from services.bootstrap.mail import mail_context_of
from services.bootstrap.runtime import Runtime
from services.clock import now_utc
from services.digests.send import MailContext
from services.garbage import collect_garbage_seldom
from services.settings import SettingsError
from services.store import marks
from services.web.app import make_app
from services.web.assembly import assemble
from services.web.directory_refresh import refresh_directory
from services.web.policy_trials import make_policy_trials
from services.web.probes import make_probe_app
from services.web.server import ServerError, served
from services.web.state import DemoUser

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
"""Where the demo serves its pages, and nowhere else."""


@asynccontextmanager
async def serving_pages(
    runtime: Runtime,
    mail_context: MailContext | None = None,
    clock: Callable[[], datetime] = now_utc,
    demo_users: Sequence[DemoUser] = (),
) -> AsyncIterator[int]:
    """Serve the pages beside whatever else this process does; yields the port.

    Raises:
        SettingsError: nothing can be served where the settings say.
    """
    settings = runtime.settings
    collect_garbage_seldom()

    async def send_all(messages: Sequence[OutgoingMessage]) -> None:
        async for _ in publish(runtime.broker, messages):
            pass

    if not settings.oidc_issuer and not demo_users:
        log.warning("SIGHTLINE_OIDC_ISSUER is not set: nobody can sign in to the pages")
    async with runtime.database.writing() as connection:
        secret = await marks.secret(connection, marks.PAGES_KEY)
    state = assemble(
        settings,
        runtime.rules,
        mail_context or mail_context_of(settings, runtime.database, runtime.rules.policy),
        send_all,
        lambda: lag_of(runtime.broker, runtime.database),
        clock,
        secret,
        demo_users,
    )
    patient = Patient(
        settings,
        runtime.rules.policy,
        state.mail_context.recipients,
        runtime.database,
        runtime.broker,
    )
    state = replace(state, wrong_parts=Examined(patient, clock))
    host = LOOPBACK if demo_users else settings.pages_host
    beside = [
        asyncio.create_task(refresh_directory(state)),
        asyncio.create_task(make_policy_trials(state)),
    ]
    app = make_app(state)
    try:
        async with (
            served(app, host, settings.pages_port, proxies=settings.trusted_proxies) as port,
            served(
                make_probe_app(app), settings.probes_host, settings.probes_port, what="PROBES"
            ) as probes,
        ):
            log.info("Probes and metrics are served at port %d", probes)
            yield port
    except ServerError as error:
        raise SettingsError(str(error)) from error
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)

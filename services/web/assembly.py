"""Puts the state of the web application together from the settings."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from events.stream import Lag
from services.access.audit import AuditLog
from services.access.directory import Directory
from services.access.oidc import OpenIdConnect, Provider
from services.access.sessions import Limits, Sessions
from services.assessment.derivation import Rules
from services.digests.send import MailContext
from services.settings import Settings
from services.web.recent_views import RecentViews
from services.web.state import AppState, DemoUser, SendAll


def assemble(
    settings: Settings,
    rules: Rules,
    mail_context: MailContext,
    send_all: SendAll,
    lag: Callable[[], Awaitable[Lag | None]],
    clock: Callable[[], datetime],
    secret: str,
    demo_users: Sequence[DemoUser] = (),
) -> AppState:
    """The state of the web application.

    `secret` is what ids of forms are made of; `demo_users` are the demo's: no setting makes any.
    """
    database = mail_context.database
    directory = Directory(mail_context.recipients, rules.policy)
    limits = Limits(
        timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    )
    provider = _provider(settings)
    return AppState(
        database=database,
        rules=rules,
        directory=directory,
        sessions=Sessions(database, directory, clock, limits, provider),
        audit=AuditLog(database, clock),
        recent_views=RecentViews(database),
        mail_context=mail_context,
        links=mail_context.links,
        send_all=send_all,
        lag=lag,
        clock=clock,
        base_url=settings.base_url,
        secret=secret,
        provider=provider,
        demo_users=tuple(demo_users),
    )


def _provider(settings: Settings) -> OpenIdConnect | None:
    if not settings.oidc_issuer:
        return None
    return OpenIdConnect(
        Provider(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            redirect_uri=f"{settings.base_url.rstrip('/')}/sign-in/return",
            identity_claim=settings.oidc_identity_claim,
            staff_claim=settings.oidc_staff_claim,
        )
    )

"""What making and sending mail needs, from the settings."""

from collections.abc import Callable
from datetime import datetime

from schemas.policy import Policy
from schemas.recipients import Recipients
from services.bootstrap.measures import load_comparators, load_measures
from services.clock import now_utc
from services.digests.links import Links
from services.digests.mail import Mailbox, SmtpServer, Transport
from services.digests.mail_memory import MailMemory, NoMailMemory
from services.digests.send import MailContext
from services.digests.weekly_analysis import may_be_mailed
from services.settings import Settings, SettingsError, load_recipients
from services.store.database import Database


def transport_of(settings: Settings) -> Transport:
    """Where mail goes: the mail server that is set, or the local mailbox.

    Raises:
        SettingsError: the mail server's URL is wrong.
    """
    url = settings.smtp_url.get_secret_value()
    if not url:
        return Mailbox(settings.mailbox)
    try:
        return SmtpServer(url)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def check_named(policy: Policy, recipients: Recipients) -> None:
    """See that whoever the policy has the analysis mailed to may see what it counts.

    Raises:
        SettingsError: somebody is no recipient, or is not shown every case.
    """
    for id_ in policy.analysis.recipients:
        named = recipients.by_id(id_)
        if named is None or not may_be_mailed(named):
            raise SettingsError(
                f"analysis.recipients of the policy has {id_}; it must be the id of a recipient of "
                "SIGHTLINE_RECIPIENTS with the scope all, who is shown cases."
            )


def mail_context_of(
    settings: Settings,
    database: Database,
    policy: Policy,
    clock: Callable[[], datetime] = now_utc,
    memory: MailMemory | None = None,
) -> MailContext:
    """What making and sending mail needs, from the settings; `memory` remembers what went.

    Raises:
        SettingsError: a file says something wrong, or the policy names no recipient of all.
    """
    recipients = load_recipients(settings.recipients)
    check_named(policy, recipients)
    return MailContext(
        database=database,
        policy=policy,
        recipients=recipients,
        transport=transport_of(settings),
        links=Links(settings.base_url, settings.case_url),
        sender=settings.mail_from,
        clock=clock,
        memory=memory or NoMailMemory(),
        measures=load_measures(settings.measures),
        comparators=load_comparators(settings.measures, policy.published_as),
    )

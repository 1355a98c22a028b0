"""Which cases a user or a digest's recipient may see; pages, API and digests all ask here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from schemas.recipients import Recipient
from services.access.roles import Role
from services.assessment.escalation import step_named
from services.store.scope import Scope

OF_RECIPIENT = "recipient:"
"""What the id of a recipient begins with, where ids of staff stand too."""


def scope_of(recipient: Recipient) -> Scope:
    """What a recipient's digest is about."""
    scope = recipient.scope
    return Scope(
        everything=scope == "all",
        services=frozenset(recipient.services if scope == "services" else ()),
        teams=frozenset(recipient.teams if scope == "teams" else ()),
        workers=frozenset(recipient.workers if scope == "workers" else ()),
        unserved=scope == "services" and recipient.role == "head_of_service",
        readers=frozenset({f"{OF_RECIPIENT}{recipient.id}"}),
    )


def is_told_of_cases(recipient: Recipient) -> bool:
    """Whether a recipient's digest names cases, and these can climb to them."""
    return recipient.shows == "cases" and step_named(recipient.role) is not None


@dataclass(frozen=True, slots=True)
class Charge:
    """What the directory assigns to a user: teams, services, a caseload, or everything."""

    everything: bool = False
    services: Collection[str] = ()
    teams: Collection[str] = ()
    workers: Collection[str] = ()


def scope_in(roles: Iterable[Role], charge: Charge, readers: frozenset[str] = frozenset()) -> Scope:
    """What a user may see in these roles: for each role what is assigned to it, and no more.

    `readers` are the user's ids, by which somebody who is restricted may be open to them.
    """
    granted = set(roles)
    over_all = bool(granted & {Role.CHIEF_OFFICER, Role.ANALYST, Role.LEAD_MEMBER})
    manages = bool(granted & {Role.HEAD_OF_SERVICE, Role.TEAM_MANAGER, Role.REVIEWING_OFFICER})
    has_own_cases = bool(granted & {Role.PERSONAL_ADVISER, Role.REVIEWING_OFFICER})
    return Scope(
        everything=over_all or (manages and charge.everything),
        services=frozenset(charge.services if Role.HEAD_OF_SERVICE in granted else ()),
        teams=frozenset(charge.teams if manages else ()),
        workers=frozenset(charge.workers if has_own_cases else ()),
        unserved=Role.HEAD_OF_SERVICE in granted,
        readers=readers,
    )

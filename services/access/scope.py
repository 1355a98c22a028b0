"""What a person or a recipient may see: the one place that says so, for pages, API and digests."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from schemas.recipients import Recipient
from services.access.roles import Role
from services.store.scope import Scope


def scope_of(recipient: Recipient) -> Scope:
    """What a recipient's digest is about."""
    scope = recipient.scope
    return Scope(
        everything=scope == "all",
        services=frozenset(recipient.services if scope == "services" else ()),
        teams=frozenset(recipient.teams if scope == "teams" else ()),
        workers=frozenset(recipient.workers if scope == "workers" else ()),
        unserved=scope == "services" and recipient.role == "head_of_service",
    )


@dataclass(frozen=True, slots=True)
class Charge:
    """What somebody was given charge of, by the directory."""

    everything: bool = False
    services: Collection[str] = ()
    teams: Collection[str] = ()
    workers: Collection[str] = ()


def scope_in(roles: Iterable[Role], charge: Charge) -> Scope:
    """What somebody sees in these roles: each role sees what it has charge of, and no more."""
    held = set(roles)
    over_all = bool(held & {Role.CHIEF_OFFICER, Role.ANALYST, Role.LEAD_MEMBER})
    manages = bool(held & {Role.HEAD_OF_SERVICE, Role.TEAM_MANAGER})
    return Scope(
        everything=over_all or (manages and charge.everything),
        services=frozenset(charge.services if Role.HEAD_OF_SERVICE in held else ()),
        teams=frozenset(charge.teams if manages else ()),
        workers=frozenset(charge.workers if Role.PERSONAL_ADVISER in held else ()),
        unserved=Role.HEAD_OF_SERVICE in held,
    )

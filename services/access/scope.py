"""What a person may see: the one place that limits cases, for pages, downloads, API and digests."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from schemas.recipients import Recipient
from services.access.roles import Role


class Owned(Protocol):
    """Whose a case is."""

    @property
    def team(self) -> str | None:
        """The team that holds it."""

    @property
    def service(self) -> str | None:
        """The service that the team belongs to."""

    @property
    def personal_adviser(self) -> str | None:
        """The personal adviser's staff id."""

    @property
    def social_worker(self) -> str | None:
        """The social worker's staff id."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Own cases, own teams, own services, or all; a union where somebody has several roles.

    `unserved` adds the cases of no service: they are every head of service's, so that none falls
    between them.
    """

    everything: bool = False
    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    workers: frozenset[str] = frozenset()
    unserved: bool = False

    def sees(self, case: Owned) -> bool:
        """Whether a case is among those."""
        if self.everything:
            return True
        if case.service in self.services or (self.unserved and case.service is None):
            return True
        return (
            case.team in self.teams
            or case.personal_adviser in self.workers
            or case.social_worker in self.workers
        )

    @property
    def is_blind(self) -> bool:
        """Whether nothing at all can be seen: no team, service or caseload is known."""
        return not (self.everything or self.services or self.teams or self.workers or self.unserved)


def sight_of(recipient: Recipient) -> Sight:
    """What a recipient's digest is about."""
    scope = recipient.scope
    return Sight(
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


def sight_in(roles: Iterable[Role], charge: Charge) -> Sight:
    """What somebody sees in these roles: each role sees what it has charge of, and no more."""
    held = set(roles)
    over_all = bool(held & {Role.CHIEF_OFFICER, Role.ANALYST, Role.LEAD_MEMBER})
    manages = bool(held & {Role.HEAD_OF_SERVICE, Role.TEAM_MANAGER})
    return Sight(
        everything=over_all or (manages and charge.everything),
        services=frozenset(charge.services if Role.HEAD_OF_SERVICE in held else ()),
        teams=frozenset(charge.teams if manages else ()),
        workers=frozenset(charge.workers if Role.PERSONAL_ADVISER in held else ()),
        unserved=Role.HEAD_OF_SERVICE in held,
    )

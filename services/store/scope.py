"""Which cases a reader may see, as a condition that every query about young people starts from.

It goes by whose a young person is today, whatever day is asked about: somebody who reads how it was
last month sees those who are theirs now.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from services.store.columns import among
from services.store.tables import assignments, merged, restrictions


class Assigned(Protocol):
    """Whose somebody, or a case, is."""

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
class Scope:
    """Own cases, own teams, own services, or all; a union where somebody has several roles.

    `unserved` adds those of no service: they are every head of service's, so that none falls
    between them. The empty scope sees nothing.

    Whoever is restricted to named readers is seen only by a scope of one of their ids (`readers`),
    or by Sightline itself (`restricted`).
    """

    everything: bool = False
    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    workers: frozenset[str] = frozenset()
    unserved: bool = False
    readers: frozenset[str] = frozenset()
    restricted: bool = False

    def sees(self, whose: Assigned) -> bool:
        """Whether somebody of this owner is among those, as far as they are not restricted."""
        if self.everything or (self.unserved and whose.service is None):
            return True
        return (
            whose.service in self.services
            or whose.team in self.teams
            or whose.personal_adviser in self.workers
            or whose.social_worker in self.workers
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all can be seen: no team, service or caseload is known."""
        return not (self.everything or self.services or self.teams or self.workers or self.unserved)

    def of(self, whose: Any) -> ColumnElement[bool]:
        """The condition on a table's columns (`table.c`) that say whose a row is."""
        if self.everything:
            return true()
        conditions: list[ColumnElement[bool]] = []
        if self.services:
            conditions.append(among(whose.service, self.services))
        if self.unserved:
            conditions.append(whose.service.is_(None))
        if self.teams:
            conditions.append(among(whose.team, self.teams))
        if self.workers:
            conditions.append(among(whose.personal_adviser, self.workers))
            conditions.append(among(whose.social_worker, self.workers))
        return or_(*conditions) if conditions else false()


EVERYTHING = Scope(everything=True, restricted=True)
"""For Sightline's own work, such as making a report: never for a reader."""


def visible(person: ColumnElement[str], scope: Scope, today: date) -> ColumnElement[bool]:
    """The condition that a young person is one whom a reader may see.

    Args:
        person: the column with the young person's reference.
        scope: what the reader may see.
        today: the day by whose assignments it goes.
    """
    if scope.is_empty:
        return false()
    if scope.everything:
        return not_hidden(person, scope)
    whose = assignments.alias()
    theirs = person.in_(
        select(whose.c.person).where(
            whose.c.start <= today,
            whose.c.until > today,
            scope.of(whose.c),
        )
    )
    return and_(theirs, not_hidden(person, scope))


def not_hidden(person: ColumnElement[str], scope: Scope) -> ColumnElement[bool]:
    """The condition that a young person is not restricted to others than the reader."""
    return true() if scope.restricted else person.not_in(hidden_people(scope))


def hidden_people(scope: Scope) -> Select[tuple[str]]:
    """Every reference of those who are restricted to others than a reader.

    Where one of several references that became one is restricted, all of them are.
    """
    mine = select(restrictions.c.person).where(restrictions.c.reader.in_(sorted(scope.readers)))
    hidden = select(restrictions.c.person).where(restrictions.c.person.not_in(mine))
    became = select(merged.c.survivor).where(merged.c.subject.in_(hidden))
    survivors = or_(merged.c.survivor.in_(hidden), merged.c.survivor.in_(became))
    were = select(merged.c.subject).where(survivors)
    return select(hidden.union(became, were).subquery().c.person)

"""Which cases a reader may see, as a condition that every query about young people starts from.

It goes by whose a young person is today, whatever day is asked about: somebody who reads how it was
last month sees those who are theirs now.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, union

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

    @property
    def reviewing_officer(self) -> str | None:
        """The Independent Reviewing Officer's staff id."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Own cases, own teams, own services, or all; a union where somebody has several roles.

    `unserved` adds those of no service: they are every head of service's, so that none falls
    between them. The empty scope sees nothing.

    Whoever is restricted to named readers is seen only by a scope of one of their ids (`readers`),
    or by Sightline itself (`restricted`). What somebody is shown of what another is sent has the
    other's ids too (`on_behalf_of`).
    """

    everything: bool = False
    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    workers: frozenset[str] = frozenset()
    unserved: bool = False
    readers: frozenset[str] = frozenset()
    on_behalf_of: frozenset[str] = frozenset()
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
            or whose.reviewing_officer in self.workers
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
            conditions.append(among(whose.reviewing_officer, self.workers))
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

    Where several references became one, whoever is named for one of them sees them all. What is
    shown to one reader on behalf of another leaves out what is hidden from either.
    """
    parts = _hidden_from(scope.readers)
    if scope.on_behalf_of:
        parts += _hidden_from(scope.on_behalf_of)
    return select(union(*parts).subquery().c.person)


def _hidden_from(readers: frozenset[str]) -> tuple[Select[tuple[str]], ...]:
    """Who they are now, and who they were: each restricted, and not open to a reader's ids."""
    now = func.coalesce(merged.c.survivor, restrictions.c.person)
    with_survivors = restrictions.outerjoin(merged, merged.c.subject == restrictions.c.person)
    everybody = select(now.label("person")).select_from(with_survivors)
    open_to = everybody.where(restrictions.c.reader.in_(sorted(readers)))
    hidden = everybody.where(now.not_in(open_to))
    were = select(merged.c.subject).where(merged.c.survivor.in_(hidden))
    return hidden, were

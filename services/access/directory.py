"""The staff directory: users, their permissions, and their names.

Names of staff are read from the recipients file; none is in the store.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from schemas.policy import Policy
from schemas.recipients import Recipient, Recipients
from services.access.roles import Permission, Role, roles_granting
from services.access.scope import OF_RECIPIENT, Charge, scope_in
from services.store.scope import Assigned, Scope

OF_STRANGER = "subject:"
"""What the id begins with of somebody who signed in and whom the staff directory does not know."""


@dataclass(frozen=True)
class User:
    """A signed-in member of staff. `id` is their staff id, `digests` the recipient ids they have.

    `scopes` are their permissions, each with the cases it covers. A permission covers what the
    roles that grant it cover, so that several roles together give no more than each of them.
    """

    id: str
    name: str
    roles: tuple[Role, ...]
    scopes: tuple[tuple[Permission, Scope], ...]
    digests: tuple[str, ...] = ()

    @property
    def readers(self) -> frozenset[str]:
        """The ids by which somebody who is restricted may be open to them."""
        return reader_ids(self.id, self.digests)

    @cached_property
    def permissions(self) -> Mapping[Permission, Scope]:
        """Their permissions, each with the cases it covers."""
        return dict(self.scopes)

    def scope(self, permission: Permission) -> Scope:
        """The cases that a permission covers: none where they do not have it."""
        return self.permissions.get(permission, Scope(readers=self.readers))

    def may(self, permission: Permission, whose: Assigned) -> bool:
        """Whether a permission covers the case of an owner."""
        return self.scope(permission).sees(whose)

    @property
    def role(self) -> Role:
        """Their most senior role."""
        return self.roles[0]

    @property
    def titles(self) -> str:
        """Their roles in words."""
        return ", ".join(role.words for role in self.roles)


def reader_ids(id_: str, digests: Iterable[str]) -> frozenset[str]:
    """The ids of somebody: as staff, and as a recipient of digests."""
    return frozenset({id_, *(f"{OF_RECIPIENT}{item}" for item in digests)})


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as the identity provider names them: sign-in name, and staff id where it has one.

    `subject` is the provider's own identifier.
    """

    sign_in: str
    subject: str
    staff_id: str = ""


class Directory:
    """The staff directory of one council, by sign-in name and by staff id."""

    def __init__(self, recipients: Recipients, policy: Policy) -> None:
        self.policy = policy
        self._users: dict[tuple[str, tuple[Role, ...]], User] = {}
        self.renew(recipients)

    def renew(self, recipients: Recipients) -> None:
        """Replace the directory by its newest state: joiners, leavers, changes of team."""
        self.recipients = recipients
        self._staff = {item.sign_in.casefold(): item for item in recipients.staff}
        self._names = {f"{OF_RECIPIENT}{item.id}": item.name for item in recipients.recipient}
        self._names |= {item.id: item.name for item in recipients.staff if item.name}
        self._teams = {item.id: item.name for item in recipients.team}
        self._services = {item.id: item.name for item in recipients.service}
        self._users.clear()

    def id_of(self, identity: Identity) -> str:
        """Who signed in: a staff id, else a recipient or a stranger, each in their own namespace.

        The staff id is the directory's, else the identity provider's. A recipient is found by their
        own sign-in name, or by an address that is the sign-in name.
        """
        sign_in = identity.sign_in.casefold()
        if sign_in and (found := self._staff.get(sign_in)):
            return found.id
        if identity.staff_id and not identity.staff_id.startswith((OF_RECIPIENT, OF_STRANGER)):
            return identity.staff_id
        for recipient in self.recipients.recipient:
            if sign_in and sign_in in _sign_ins(recipient):
                return f"{OF_RECIPIENT}{recipient.id}"
        return f"{OF_STRANGER}{identity.subject}"

    def user(self, id_: str, roles: tuple[Role, ...]) -> User:
        """The user with a staff id, in the roles of their session, as the directory is now."""
        known = self._users.get((id_, roles))
        if known is None:
            charge, name, digests = self._charge(id_)
            known = self._users[id_, roles] = User(
                id=id_,
                name=name or id_,
                roles=roles,
                scopes=tuple(
                    (permission, scope_in(granting, charge, reader_ids(id_, digests)))
                    for permission in Permission
                    if (granting := roles_granting(permission, self.policy) & set(roles))
                ),
                digests=digests,
            )
        return known

    def machine(self, name: str, scope: Scope) -> User:
        """A machine that reads, as an analyst would, the cases of a scope."""
        reads = {
            permission: scope
            for permission in Permission
            if Role.ANALYST in roles_granting(permission, self.policy)
        }
        return User(f"token {name}", f"token {name}", (Role.ANALYST,), tuple(reads.items()))

    def _charge(self, id_: str) -> tuple[Charge, str, tuple[str, ...]]:
        staff = next((item for item in self.recipients.staff if item.id == id_), None)
        if id_.startswith(OF_RECIPIENT):
            own = [it for it in self.recipients.recipient if f"{OF_RECIPIENT}{it.id}" == id_]
        else:
            sign_in = staff.sign_in.casefold() if staff else ""
            own = [it for it in self.recipients.recipient if sign_in and sign_in in _sign_ins(it)]
        services = {*(staff.services if staff else ())}
        teams = {*(staff.teams if staff else ())}
        workers = {id_}
        for item in own:
            services |= set(item.services)
            teams |= set(item.teams)
            workers |= set(item.workers)
        charge = Charge(any(item.scope == "all" for item in own), services, teams, workers)
        name = (staff.name if staff else "") or next((item.name for item in own), "")
        return charge, name, tuple(item.id for item in own)

    def team_name(self, id_: str | None) -> str:
        """A team as pages show it: name and id, or the id alone; empty for None."""
        return _with_code(self._teams, id_)

    def service_name(self, id_: str | None) -> str:
        """A service as pages show it: name and id, or the id alone; empty for None."""
        return _with_code(self._services, id_)

    def display_name(self, id_: str | None) -> str:
        """A member of staff as pages show them: name and id, or the id alone; empty for None."""
        if not id_:
            return ""
        name = self._names.get(id_)
        plain = id_.removeprefix(OF_RECIPIENT).removeprefix(OF_STRANGER)
        return f"{name} ({plain})" if name else plain


def _with_code(names: Mapping[str, str], id_: str | None) -> str:
    name = names.get(id_ or "")
    return f"{name} ({id_})" if name else id_ or ""


def _sign_ins(recipient: Recipient) -> set[str]:
    """The sign-in names by which a recipient is known."""
    return {recipient.sign_in.casefold(), recipient.address.casefold()} - {""}

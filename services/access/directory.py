"""The staff directory: users, their permissions, and their names.

Names of staff are read from the recipients file; none is in the store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from schemas.policy import Policy
from schemas.recipients import Recipients
from services.access.roles import Permission, Role, roles_granting
from services.access.scope import Charge, scope_in
from services.store.scope import Scope


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

    @cached_property
    def permissions(self) -> Mapping[Permission, Scope]:
        """Their permissions, each with the cases it covers."""
        return dict(self.scopes)

    def scope(self, permission: Permission) -> Scope:
        """The cases that a permission covers: none where they do not have it."""
        return self.permissions.get(permission, Scope())

    @property
    def role(self) -> Role:
        """Their most senior role."""
        return self.roles[0]

    @property
    def titles(self) -> str:
        """Their roles in words."""
        return ", ".join(role.words for role in self.roles)


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
        self._names = {item.id: item.name for item in recipients.staff if item.name}
        self._users.clear()

    def id_of(self, identity: Identity) -> str:
        """The staff id of somebody who signed in.

        It is the directory's, else the identity provider's, else that of the recipient whose
        address is the sign-in name, else the provider's own identifier.
        """
        if found := self._staff.get(identity.sign_in.casefold()):
            return found.id
        if identity.staff_id:
            return identity.staff_id
        for recipient in self.recipients.recipient:
            if recipient.address.casefold() == identity.sign_in.casefold():
                return recipient.id
        return identity.subject

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
                    (permission, scope_in(granting, charge))
                    for permission in Permission
                    if (granting := roles_granting(permission, self.policy) & set(roles))
                ),
                digests=digests,
            )
        return known

    def _charge(self, id_: str) -> tuple[Charge, str, tuple[str, ...]]:
        staff = next((item for item in self.recipients.staff if item.id == id_), None)
        address = staff.sign_in.casefold() if staff else None
        own = [
            item
            for item in self.recipients.recipient
            if item.id == id_ or item.address.casefold() == address
        ]
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

    def display_name(self, id_: str | None) -> str:
        """A member of staff as pages show them: name and id, or the id alone; empty for None."""
        if not id_:
            return ""
        name = self._names.get(id_)
        return f"{name} ({id_})" if name else id_

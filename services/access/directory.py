"""The staff directory: what is whose, and what to call them. Names stand in a file, not a store."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from schemas.policy import Policy
from schemas.recipients import Recipients
from services.access.roles import May, Role, roles_granting
from services.access.scope import Charge, Sight, sight_in


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in. `id` is their staff id; `digests` are the recipients they are.

    `sights` says what they may do, and about which cases: a right reaches as far as the roles that
    grant it, so that several roles together give no more than each of them.
    """

    id: str
    name: str
    roles: tuple[Role, ...]
    sights: tuple[tuple[May, Sight], ...]
    digests: tuple[str, ...] = ()

    @cached_property
    def may(self) -> Mapping[May, Sight]:
        """What they may do, and about which cases."""
        return dict(self.sights)

    def sight(self, may: May) -> Sight:
        """About which cases they may do something: none, where they may not."""
        return self.may.get(may, Sight())

    @property
    def role(self) -> Role:
        """The role in which they speak: the most senior."""
        return self.roles[0]

    @property
    def titles(self) -> str:
        """Their roles, as people say them."""
        return ", ".join(role.words for role in self.roles)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the identity provider says it is: what it calls them, and their staff id if it knows.

    `subject` is its own identifier, which means nothing to anybody else.
    """

    sign_in: str
    subject: str
    staff_id: str = ""


class Directory:
    """Everyone who may be given charge of something, by what the identity provider calls them."""

    def __init__(self, recipients: Recipients, policy: Policy) -> None:
        self.policy = policy
        self._people: dict[tuple[str, tuple[Role, ...]], Person] = {}
        self.renew(recipients)

    def renew(self, recipients: Recipients) -> None:
        """Take the directory as it is now: who has come, who has left, whose team is another."""
        self.recipients = recipients
        self._staff = {item.sign_in.casefold(): item for item in recipients.staff}
        self._names = {item.id: item.name for item in recipients.staff if item.name}
        self._people.clear()

    def id_of(self, identity: Identity) -> str:
        """The staff id by which somebody is known here.

        The directory's, else the identity provider's, else the recipient's whose address it is.
        """
        if found := self._staff.get(identity.sign_in.casefold()):
            return found.id
        if identity.staff_id:
            return identity.staff_id
        for recipient in self.recipients.recipient:
            if recipient.address.casefold() == identity.sign_in.casefold():
                return recipient.id
        return identity.subject

    def person(self, id_: str, roles: tuple[Role, ...]) -> Person:
        """Somebody by their id, in the roles that they signed in with, as the directory is now."""
        known = self._people.get((id_, roles))
        if known is None:
            charge, name, digests = self._charge(id_)
            known = self._people[id_, roles] = Person(
                id=id_,
                name=name or id_,
                roles=roles,
                sights=tuple(
                    (may, sight_in(held, charge))
                    for may in May
                    if (held := roles_granting(may, self.policy) & set(roles))
                ),
                digests=digests,
            )
        return known

    def _charge(self, id_: str) -> tuple[Charge, str, tuple[str, ...]]:
        staff = next((item for item in self.recipients.staff if item.id == id_), None)
        address = staff.sign_in.casefold() if staff else None
        mine = [
            item
            for item in self.recipients.recipient
            if item.id == id_ or item.address.casefold() == address
        ]
        services = {*(staff.services if staff else ())}
        teams = {*(staff.teams if staff else ())}
        workers = {id_}
        for item in mine:
            services |= set(item.services)
            teams |= set(item.teams)
            workers |= set(item.workers)
        charge = Charge(any(item.scope == "all" for item in mine), services, teams, workers)
        name = (staff.name if staff else "") or next((item.name for item in mine), "")
        return charge, name, tuple(item.id for item in mine)

    def called(self, id_: str | None) -> str:
        """What to call somebody on a page: their name and id, or the id alone."""
        if not id_:
            return ""
        name = self._names.get(id_)
        return f"{name} ({id_})" if name else id_

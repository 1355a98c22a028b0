"""What a source may do beyond telling facts: by the policy, else by what its sender had leave for.

Source: docs/rules.md, section 1.
"""

from dataclasses import dataclass

from schemas.permissions import ALL_PERMISSIONS, SourcePermission
from schemas.policy import Policy, SourcePermissions
from schemas.status import Concern


@dataclass(frozen=True, slots=True)
class Rights:
    """What the sender of an event may do, for which concerns (empty: for all), of which cases.

    `subjects` is how the references of all their cases begin.
    """

    may: frozenset[SourcePermission] = ALL_PERMISSIONS
    concerns: frozenset[Concern] = frozenset()
    subjects: str = ""

    def permit(self, permission: SourcePermission, concern: Concern | str | None = None) -> bool:
        """Whether something is permitted, for a concern where it is about one."""
        if permission not in self.may:
            return False
        return not self.concerns or concern is None or concern in self.concerns


_NOT_NAMED = SourcePermissions()


def permissions(policy: Policy, source: str) -> SourcePermissions:
    """What the policy says of a source; nothing where it does not name it."""
    return policy.sources.get(source) or _NOT_NAMED


def rights_of(
    policy: Policy, source: str, granted: frozenset[SourcePermission] = ALL_PERMISSIONS
) -> Rights:
    """The rights of a source whose sender had leave for what is `granted`."""
    said = policy.sources.get(source)
    if said is None:
        return Rights(granted)
    may = frozenset(
        item
        for item in ALL_PERMISSIONS
        if (item in granted if (own := said.permits(item)) is None else own)
    )
    return Rights(may, frozenset(said.concerns), said.subjects)

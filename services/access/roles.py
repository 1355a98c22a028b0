"""Roles and permissions: which role may do what. Each route requires a permission."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from schemas.permissions import PAGES_SOURCE
from schemas.policy import Policy, SourcePermissions


class Role(StrEnum):
    """The app roles of the identity provider, the most senior first."""

    CHIEF_OFFICER = "chief_officer"
    HEAD_OF_SERVICE = "head_of_service"
    TEAM_MANAGER = "team_manager"
    PERSONAL_ADVISER = "personal_adviser"
    REVIEWING_OFFICER = "reviewing_officer"
    ANALYST = "analyst"
    LEAD_MEMBER = "lead_member"
    ADMINISTRATOR = "administrator"

    @property
    def words(self) -> str:
        """The role in words: `team manager`."""
        return self.replace("_", " ")


class Permission(StrEnum):
    """What a route can require. Each covers only the cases in the user's scope."""

    SEE_OVERVIEW = "see_overview"
    SEE_CASES = "see_cases"
    SEE_QUESTIONS = "see_questions"
    SEE_FEEDS = "see_feeds"
    SEE_REFUSED = "see_refused"
    MEND_REFUSED = "mend_refused"
    SEE_DIGESTS = "see_digests"
    SEE_AUDIT = "see_audit"
    WORK = "work"
    RATE = "rate"
    EXTEND = "extend"
    ACKNOWLEDGE = "acknowledge"
    SUPERVISE = "supervise"
    ESCALATE = "escalate"
    CAMPAIGN = "campaign"
    TRY_POLICY = "try_policy"


_WORKERS = (Role.PERSONAL_ADVISER, Role.TEAM_MANAGER, Role.HEAD_OF_SERVICE, Role.CHIEF_OFFICER)

_READERS = (*_WORKERS, Role.REVIEWING_OFFICER, Role.ANALYST)
"""Those who read cases, each those in their scope."""

_GRANTED: Mapping[Permission, tuple[Role, ...]] = {
    Permission.SEE_OVERVIEW: tuple(Role),
    Permission.SEE_CASES: _READERS,
    Permission.SEE_QUESTIONS: _READERS,
    Permission.SEE_FEEDS: (*_READERS, Role.ADMINISTRATOR),
    Permission.SEE_REFUSED: (Role.ANALYST, Role.ADMINISTRATOR),
    Permission.MEND_REFUSED: (Role.ANALYST, Role.ADMINISTRATOR),
    Permission.SEE_DIGESTS: (
        *_WORKERS,
        Role.REVIEWING_OFFICER,
        Role.LEAD_MEMBER,
        Role.ADMINISTRATOR,
    ),
    Permission.TRY_POLICY: (Role.ANALYST, Role.CHIEF_OFFICER),
    Permission.SEE_AUDIT: (Role.CHIEF_OFFICER, Role.ADMINISTRATOR),
}


def roles_granting(permission: Permission, policy: Policy) -> frozenset[Role]:
    """The roles that have a permission under the council's policy."""
    chosen = {
        Permission.WORK: policy.pages.may_work,
        Permission.RATE: policy.pages.may_rate,
        Permission.EXTEND: policy.pages.may_extend,
        Permission.ACKNOWLEDGE: policy.pages.may_acknowledge,
        Permission.SUPERVISE: policy.pages.may_supervise,
        Permission.ESCALATE: policy.pages.may_escalate,
        Permission.CAMPAIGN: policy.pages.may_campaign,
    }
    pages = policy.sources.get(PAGES_SOURCE, SourcePermissions())
    if (permission is Permission.RATE and pages.permits("rate") is False) or (
        permission is Permission.EXTEND and pages.permits("extend") is False
    ):
        return frozenset()
    if permission in chosen:
        return frozenset(Role(name) for name in chosen[permission])
    return frozenset(_GRANTED[permission])


def read_roles(claim: Iterable[object]) -> tuple[Role, ...]:
    """The roles that an identity provider's claim names, the most senior first.

    Names that are no role of Sightline are left out.
    """
    names = {str(name) for name in claim}
    return tuple(role for role in Role if role.value in names)

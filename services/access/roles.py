"""What each role may do. A route says which of these it needs; a role that is not named may not."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from schemas.events.catalogue import PAGES_SOURCE
from schemas.policy import Policy, SourcePermissions


class Role(StrEnum):
    """The app roles of the identity provider, in the order in which the first one speaks."""

    CHIEF_OFFICER = "chief_officer"
    HEAD_OF_SERVICE = "head_of_service"
    TEAM_MANAGER = "team_manager"
    PERSONAL_ADVISER = "personal_adviser"
    ANALYST = "analyst"
    LEAD_MEMBER = "lead_member"
    ADMINISTRATOR = "administrator"

    @property
    def words(self) -> str:
        """The role as people say it."""
        return self.replace("_", " ")


class May(StrEnum):
    """What a route can ask for. Each is still limited to the cases that the person may see."""

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


_WORKERS = (Role.PERSONAL_ADVISER, Role.TEAM_MANAGER, Role.HEAD_OF_SERVICE, Role.CHIEF_OFFICER)

_GRANTED: Mapping[May, tuple[Role, ...]] = {
    May.SEE_OVERVIEW: tuple(Role),
    May.SEE_CASES: (*_WORKERS, Role.ANALYST),
    May.SEE_QUESTIONS: (*_WORKERS, Role.ANALYST),
    May.SEE_FEEDS: (*_WORKERS, Role.ANALYST, Role.ADMINISTRATOR),
    May.SEE_REFUSED: (Role.ANALYST, Role.ADMINISTRATOR),
    May.MEND_REFUSED: (Role.ANALYST, Role.ADMINISTRATOR),
    May.SEE_DIGESTS: (*_WORKERS, Role.LEAD_MEMBER, Role.ADMINISTRATOR),
    May.SEE_AUDIT: (Role.CHIEF_OFFICER, Role.ADMINISTRATOR),
}


def roles_granting(may: May, policy: Policy) -> frozenset[Role]:
    """The roles that may do something under the council's policy."""
    chosen = {
        May.WORK: policy.pages.may_work,
        May.RATE: policy.pages.may_rate,
        May.EXTEND: policy.pages.may_extend,
        May.ACKNOWLEDGE: policy.pages.may_acknowledge,
    }
    here = policy.sources.get(PAGES_SOURCE, SourcePermissions())
    if (may is May.RATE and not here.may_rate) or (may is May.EXTEND and not here.may_extend):
        return frozenset()
    if may in chosen:
        return frozenset(Role(name) for name in chosen[may])
    return frozenset(_GRANTED[may])


def read_roles(told: Iterable[object]) -> tuple[Role, ...]:
    """The roles that an identity provider names, in our order; what we do not know is left out."""
    names = {str(name) for name in told}
    return tuple(role for role in Role if role.value in names)

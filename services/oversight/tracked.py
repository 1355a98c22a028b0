"""Which concerns are counted: one of which no feed sends events would make everybody red."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from schemas.status import Concern
from services.assessment.rules import CONCERNS
from services.store import marks


async def tracked_concerns(connection: AsyncConnection, policy: Policy) -> dict[Concern, bool]:
    """Of each concern whether it is counted: by the policy, else once it was heard of."""
    tracked = {}
    heard = await marks.heard_of(connection)
    for concern, declaration in CONCERNS.items():
        if concern in policy.tracked:
            tracked[concern] = policy.tracked[concern]
        elif declaration.tracked_from is not None:
            tracked[concern] = concern.value in heard
        else:
            tracked[concern] = True
    return tracked


def counted(tracked: Mapping[Concern, bool]) -> tuple[Concern, ...]:
    """The concerns that are counted, in their order."""
    return tuple(concern for concern, is_counted in tracked.items() if is_counted)

"""Actions as a mail shows them: kind, owner's role and date, never their words."""

from collections.abc import Sequence
from datetime import date

from schemas.digest import ActionLine
from services.assessment.case_facts import ActionOn
from services.oversight.wording import ACTION_KINDS, owner_role
from services.store.timelines import Document


def action_lines(
    actions: Sequence[ActionOn], facts: Document | None, on: date
) -> tuple[ActionLine, ...]:
    """Each open action of a case, on a day."""
    return tuple(
        ActionLine(
            kind=ACTION_KINDS[action.kind],
            owner=owner_role(facts, action.owner, on),
            due=action.due,
            late=action.late,
        )
        for action in actions
    )

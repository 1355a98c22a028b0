"""Cases as a mail shows them: reference, category, weeks; actions by kind, role and date."""

from dataclasses import dataclass

from schemas.digest import ActionLine, CaseLine
from schemas.recipients import Recipient
from services.digests.links import Links
from services.oversight.cases import Case
from services.oversight.wording import ACTION_KINDS, owner_role


@dataclass(frozen=True, slots=True)
class Reference:
    """How a mail names a young person, and where its links lead; all None where it must not."""

    reference: str | None
    link: str | None
    case_link: str | None


def reference_of(person: str, recipient: Recipient, links: Links) -> Reference:
    """A young person's reference, where the recipient is sent any."""
    if recipient.shows != "cases":
        return Reference(None, None, None)
    return Reference(person, links.page(person), links.case(person))


def case_line(
    case: Case,
    reference: Reference,
    *,
    why: str = "",
    recorded_late: bool = False,
    moved_in: bool = False,
) -> CaseLine:
    """One red case as a line; `why` says why it needs the recipient."""
    return CaseLine(
        reference=reference.reference,
        link=reference.link,
        case_link=reference.case_link,
        concern=case.concern,
        reason=case.category,
        unlawful=case.unlawful,
        since=case.since,
        at_least=case.since_basis == "at_least",
        weeks_red=case.weeks,
        weeks_not_green=case.weeks_not_green,
        recorded_late=recorded_late,
        moved_in=moved_in,
        actions=tuple(
            ActionLine(
                kind=ACTION_KINDS[action.kind],
                owner=owner_role(action.role),
                due=action.due,
                late=case.is_late(action),
            )
            for action in case.actions
        ),
        why=why,
    )

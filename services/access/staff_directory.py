"""The staff directory of an extract beside the one that is kept by hand; the latter wins."""

from collections.abc import Iterable

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from schemas.recipients import Recipient, Recipients, Staff
from services.store import staff
from services.store.staff import StaffMember


async def recipients_now(
    connection: AsyncConnection, recipients: Recipients, policy: Policy
) -> Recipients:
    """Everybody who is sent a digest or may sign in today: by hand, and as an extract told."""
    return with_staff(recipients, await staff.everybody(connection), policy)


def with_staff(
    recipients: Recipients, members: Iterable[StaffMember], policy: Policy
) -> Recipients:
    """Add whoever an extract told, works here still, and is not in the directory by hand."""
    known = {item.id for item in recipients.staff} | {item.id for item in recipients.recipient}
    addresses = {item.address.casefold() for item in recipients.recipient}
    sign_ins = {item.sign_in.casefold() for item in recipients.staff}
    digests, people = [], []
    for member in members:
        if member.gone_on is not None or not member.address or member.id in known:
            continue
        is_manager = member.role != "personal_adviser"
        if member.address.casefold() not in sign_ins:
            teams = (member.team,) if is_manager and member.team else ()
            people.append(Staff(id=member.id, sign_in=member.address, teams=teams))
            sign_ins.add(member.address.casefold())
        if member.role in policy.digest.staff and member.address.casefold() not in addresses:
            recipient = _recipient(member, is_manager=is_manager)
            if recipient is not None:
                digests.append(recipient)
                addresses.add(member.address.casefold())
    if not (digests or people):
        return recipients
    return recipients.model_copy(
        update={
            "recipient": (*recipients.recipient, *digests),
            "staff": (*recipients.staff, *people),
        }
    )


def _recipient(member: StaffMember, *, is_manager: bool) -> Recipient | None:
    """Their own digest: of a team for its manager, of their own cases for anybody else."""
    if is_manager and not member.team:
        return None
    scope = {"scope": "teams", "teams": (member.team,)} if is_manager else {
        "scope": "workers", "workers": (member.id,)
    }  # fmt: skip
    try:
        return Recipient.model_validate(
            {"id": member.id, "name": member.id, "role": member.role, "address": member.address}
            | scope
        )
    except ValidationError:
        return None  # an id or an address that no mail can be sent to: shown among the staff

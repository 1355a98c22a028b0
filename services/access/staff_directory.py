"""The staff directory: the recipients file, with the staff of extracts added; the file wins."""

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
    """Everybody who is sent a digest or may sign in today, from the file and from extracts."""
    return with_staff(recipients, await staff.everybody(connection), policy)


def with_staff(
    recipients: Recipients, members: Iterable[StaffMember], policy: Policy
) -> Recipients:
    """The recipients with the staff of extracts who still work here and are not in the file."""
    known = {item.id for item in recipients.staff} | {item.id for item in recipients.recipient}
    addresses = {item.address.casefold() for item in recipients.recipient}
    sign_ins = {item.sign_in.casefold() for item in recipients.staff}
    digests, added = [], []
    for member in members:
        if member.gone_on is not None or not member.address or member.id in known:
            continue
        is_manager = member.role != "personal_adviser"
        if member.address.casefold() not in sign_ins:
            teams = (member.team,) if is_manager and member.team else ()
            added.append(Staff(id=member.id, sign_in=member.address, teams=teams))
            sign_ins.add(member.address.casefold())
        if member.role in policy.digest.staff and member.address.casefold() not in addresses:
            recipient = _recipient(member, is_manager=is_manager)
            if recipient is not None:
                digests.append(recipient)
                addresses.add(member.address.casefold())
    if not (digests or added):
        return recipients
    return recipients.model_copy(
        update={
            "recipient": (*recipients.recipient, *digests),
            "staff": (*recipients.staff, *added),
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
        return None  # no mail can be sent to the id or the address; they are still listed as staff

"""Recording that a recipient opened the link in their digest."""

from services.access.audit import Act
from services.store import mail_queue
from services.web.kit.request import PageRequest


async def record_opened(request: PageRequest, digest: str, person: str = "") -> None:
    """Record that the user opened the link of a digest of their own; others are not recorded.

    `digest` is the week and the recipient id with a dot between them, as the link has it; `person`
    is the case that the link leads to, or empty.
    """
    week, _, recipient = digest.partition(".")
    if recipient not in request.user.digests:
        return
    async with request.app.database.reading() as connection:
        sent = await mail_queue.deliveries(connection, week)
    if any(item.recipient == recipient for item in sent):
        await request.app.audit.record(request.user, Act.OPENED_DIGEST, person, digest)

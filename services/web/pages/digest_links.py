"""That somebody opened the link in a digest: recorded for their own digests alone."""

from services.access.audit import Act
from services.store import mail_queue
from services.web.kit.request import Visit


async def record_opened(visit: Visit, digest: str, person: str = "") -> None:
    """Record that a visitor opened the link of one of their digests; any other name is passed by.

    `digest` is week and recipient, as the link has them.
    """
    week, _, recipient = digest.partition(".")
    if recipient not in visit.person.digests:
        return
    async with visit.parts.database.reading() as connection:
        sent = await mail_queue.deliveries(connection, week)
    if any(item.recipient == recipient for item in sent):
        await visit.parts.audit.record(visit.person, Act.OPENED_DIGEST, person, digest)

"""A small index of the local mailbox, so that what was sent can be opened in a browser."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from services.digests.render import render_page
from services.digests.week import mail_title
from services.store import mail_queue


async def write_index(connection: AsyncConnection, mailbox: Path) -> tuple[Path, int]:
    """Write every sent digest as HTML and text beside its mail, and an index of them.

    Returns the index and how many digests it lists.
    """
    rows = []
    for item in await mail_queue.deliveries(connection, whole=True):
        if item.sent_at is None or item.message is None:
            continue
        message = message_from_bytes(item.message, EmailMessage, policy=SMTP)
        name = f"{item.week}-{item.recipient}".lower()
        for kind, ending in (("html", "html"), ("plain", "txt")):
            part = message.get_body((kind,))
            content = part.get_content() if isinstance(part, EmailMessage) else ""
            (mailbox / f"{name}.{ending}").write_text(content, "utf-8")
        rows.append(
            {
                "title": mail_title(item.week),
                "to": item.address,
                "subject": str(message["Subject"]),
                "sent": f"{item.sent_at:%Y-%m-%d %H:%M} UTC",
                "name": name,
            }
        )
    index = mailbox / "index.html"
    index.write_text(render_page("email/mailbox.html.j2", rows=rows), "utf-8")
    return index, len(rows)

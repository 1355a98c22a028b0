"""What was handed over to the mail server, remembered outside the database.

A database that is restored forgets that a digest went; the broker remembers for a month.
"""

from typing import Protocol


class MailMemory(Protocol):
    """Remembers by Message-ID which mails were handed over."""

    async def was_handed_over(self, message_id: str) -> bool:
        """Whether a mail was handed over before; False where that cannot be known now."""

    async def remember(self, message_id: str) -> None:
        """Remember that a mail was handed over; what cannot be remembered now is not."""


class NoMailMemory:
    """Remembers nothing, where there is no broker."""

    async def was_handed_over(self, message_id: str) -> bool:
        """Never known."""
        del message_id
        return False

    async def remember(self, message_id: str) -> None:
        """Not remembered."""
        del message_id

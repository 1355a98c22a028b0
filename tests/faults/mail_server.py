"""A real mail server that answers as it is told, and remembers what it took."""

import time
from collections import Counter, defaultdict
from typing import Any

from aiosmtpd.controller import Controller

from tests.free_port import free_port


class MailServer:
    """Takes mail on loopback. `answers` has an SMTP answer by address, in place of taking it.

    `cut` is how many mails it takes and then breaks off the connection without saying so.
    """

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.cut = 0
        self.hang = 0.0
        self.ids: dict[str, Counter[str]] = defaultdict(Counter)
        self.port = free_port()
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Be gone."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def taken(self) -> int:
        """How many mails it took."""
        return sum(counts.total() for counts in self.ids.values())

    async def handle_RCPT(  # noqa: N802 (the name that aiosmtpd calls)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        del server, session, options
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del session
        if self.hang:
            time.sleep(self.hang)  # noqa: ASYNC251 (its own thread hangs, as a server would)
        head = envelope.content.split(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode()
        (id_,) = (ln for ln in head.splitlines() if ln.lower().startswith("message-id:"))
        self.ids[envelope.rcpt_tos[0]][id_.split(":", 1)[1].strip()] += 1
        if self.cut > 0:
            self.cut -= 1
            server.transport.abort()
        return "250 OK"

"""A memory of mails on the broker: one subject for each, kept as long as the outgoing stream is."""

import hashlib
import logging

from faststream.nats import NatsBroker
from nats.js.errors import NotFoundError

from events.broker import BROKER_ERRORS, jetstream_of
from events.stream import MAILED_SUBJECT, OUT_STREAM

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 2.0


class BrokerMailMemory:
    """Remembers by Message-ID which mails were handed over to the mail server."""

    def __init__(self, broker: NatsBroker) -> None:
        self.broker = broker

    async def was_handed_over(self, message_id: str) -> bool:
        """Whether a mail was handed over before; False where the broker does not answer."""
        try:
            await jetstream_of(self.broker).get_last_msg(OUT_STREAM, _subject(message_id))
        except NotFoundError:
            return False
        except BROKER_ERRORS as error:
            log.warning("Whether a mail went before is not known: %s", type(error).__name__)
            return False
        return True

    async def remember(self, message_id: str) -> None:
        """Remember a mail; where the broker does not answer, the database alone knows."""
        try:
            await jetstream_of(self.broker).publish(
                _subject(message_id), message_id.encode(), timeout=_ANSWER_SECONDS,
                stream=OUT_STREAM,
            )  # fmt: skip
        except BROKER_ERRORS as error:
            log.warning("That a mail went is known to the database alone: %s", type(error).__name__)


def _subject(message_id: str) -> str:
    return f"{MAILED_SUBJECT}.{hashlib.sha256(message_id.strip().encode()).hexdigest()[:32]}"

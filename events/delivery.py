"""Messages as the broker delivers them, whatever stands in their headers.

nats-py reads the headers of each message as it comes in: one block that it cannot read ends its
connection without a word, and a header `Status` makes it take a stored event for the word of the
server. So what would mislead it is put out of its sight before it looks, and read here.
"""

import logging
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg

from events.wire import Message

log = logging.getLogger(__name__)

_VERSION = b"NATS/1.0"
_STORED = b"$JS.ACK."
"""What the reply subject of a message begins with that was delivered out of a stream."""

_HIDDEN = "Sightline-Headers"
"""The header that holds a block of headers which the client must not read, as Base64."""

_MISREAD = (b"", b"status", b"description", _HIDDEN.lower().encode())
"""Names of headers, in lower case, that a message must not have where the client reads them."""

_PLAIN = re.compile(
    rb"(?:(?!status|description|sightline-headers)[a-z][a-z0-9-]*:[^\r\n]*\r\n)+\r\n", re.IGNORECASE
)
"""Headers as nearly every message has them, which mislead nobody: told at a glance."""


def guard(client: Client) -> None:
    """Let no header of a stored message mislead the client, nor any message end its connection."""
    process = client._process_msg  # noqa: SLF001 (there is no public place to stand between)

    async def process_guarded(
        sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes
    ) -> None:
        if headers and bytes(reply).startswith(_STORED) and misleads(bytes(headers)):
            headers = hidden(bytes(headers))
        try:
            await process(sid, subject, reply, data, headers)
        except Exception:
            log.exception("A message could not be read, and was passed over")

    client._process_msg = process_guarded  # type: ignore[method-assign]  # noqa: SLF001


def misleads(block: bytes) -> bool:
    """Whether the client would take a block of headers for something else, or fail at it."""
    if not block.startswith(_VERSION + b"\r\n") or not block.isascii():
        return True
    if _PLAIN.fullmatch(block, len(_VERSION) + 2):
        return False
    lines = block[len(_VERSION) + 2 :].rstrip(b"\r\n").split(b"\r\n")
    if lines == [b""]:
        return False
    return any(_name(line).strip().lower() in _MISREAD for line in lines)


def hidden(block: bytes) -> bytes:
    """A block of headers that holds another, out of the client's sight."""
    return b"%s\r\n%s: %s\r\n\r\n" % (_VERSION, _HIDDEN.encode(), b64encode(block))


def message_of(item: Msg) -> Message:
    """A message that was delivered: its body, its headers but those for the broker, its subject."""
    headers: Mapping[str, Any] = item.headers or {}
    if _HIDDEN in headers:
        headers = _headers_of(b64decode(headers[_HIDDEN]))
    own = {name: value for name, value in headers.items() if not name.startswith("Nats-")}
    return Message(item.data, own, item.subject, item.metadata.sequence.stream)


def _headers_of(block: bytes) -> dict[str, str]:
    """Every header of a block that can be made out; of a name that comes twice the last.

    What follows the version, which only the server should write, is kept under the version.
    """
    first, *lines = block.split(b"\r\n")
    found = {}
    if status := first.removeprefix(_VERSION).strip():
        found[_VERSION.decode()] = _text(status)
    for line in lines:
        name = _text(_name(line)).strip()
        if name:
            found[name] = _text(line[len(_name(line)) + 1 :]).strip()
    return found


def _name(line: bytes) -> bytes:
    return line.partition(b":")[0] if b":" in line else b""


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")

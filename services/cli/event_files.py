"""Files of events: JSON Lines, a JSON array, or one event by itself."""

from collections.abc import Iterable

import orjson

from events.wire import Message, read_message
from schemas.envelope import Event, Refusal
from services.cli.console import fail
from services.imports.tabular.text_files import marked_encoding


def read_json(raw: bytes) -> Event | Refusal:
    """One event out of its JSON."""
    return read_message(Message(raw))


def split_events(raw: bytes) -> Iterable[bytes]:
    """The events of a JSON array, of JSON Lines, or one by itself, each as its own JSON."""
    raw = _as_utf8(raw).strip()
    if raw.startswith(b"["):
        try:
            return [orjson.dumps(item) for item in orjson.loads(raw)]
        except orjson.JSONDecodeError as error:
            fail(f"The file begins as a JSON array and is none: {error}.")
    lines = [line for line in raw.splitlines() if line.strip()]
    if len(lines) > 1 and not _is_json(lines[0]) and _is_json(raw):
        return [raw]  # one event, written over several lines
    return lines


def _as_utf8(raw: bytes) -> bytes:
    """A text as UTF-8 without a byte order mark, by the mark that it has."""
    encoding = marked_encoding(raw)
    return raw if encoding is None else raw.decode(encoding, "replace").encode()


def _is_json(raw: bytes) -> bool:
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError:
        return False
    return True

"""How the log is written: for people, or one JSON object a line; neither has detail of a case.

A failure is written with where it happened and its kind. What its message says may be what stands
in a row, so it is left out.
"""

import logging
import os
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType

import orjson

EVENT_PATH = logging.getLogger("services.path")
"""The path of events: where each was received, stored and published, by their ids."""

COUNCIL = "SIGHTLINE_COUNCIL"
"""The variable that says of which of many councils a process, and what it starts, is."""

_FIELDS = ("step", "source", "events", "cases", "messages", "duplicates", "refused", "derived")
"""What a line of the path can have beside its sentence."""

ErrorInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


def note_received(source: str, ids: Sequence[str]) -> None:
    """Write into the log that events of a source are on the broker, by their ids."""
    what = {"step": "received", "source": source, "events": ids}
    EVENT_PATH.info("%d events were received", len(ids), extra=what)


class LogFormat(StrEnum):
    """How the log is written."""

    TEXT = "text"
    JSON = "json"


class TextFormatter(logging.Formatter):
    """A line for people."""

    def __init__(self, council: str = "") -> None:
        of = f"[{council}] " if council else ""
        super().__init__(f"%(asctime)s %(levelname)s {of}%(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        """The line, without a failure."""
        record.message = _said(record)
        return super().formatMessage(record)

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802 (logging's own name)
        """Where it failed and by what kind of error, without what that says."""
        return where_it_failed(ei[1])


def _said(record: logging.LogRecord) -> str:
    """The sentence of a line; asyncio's goes on with what a failure says, and is cut."""
    said = record.getMessage()
    return said.partition("\n")[0] if record.name == "asyncio" else said


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and the fields of the path.

    Of many councils in one place each line says whose it is.
    """

    def __init__(self, council: str = "") -> None:
        super().__init__()
        self._of: dict[str, object] = {"council": council} if council else {}

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
        } | self._of
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            line["failure"] = where_it_failed(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def where_it_failed(error: BaseException | None) -> str:
    """The places that a failure went through, and its kind, with those that it came of."""
    parts: list[str] = []
    waiting, seen = [error], set()
    while waiting:
        here = waiting.pop()
        if here is None or id(here) in seen:
            continue
        seen.add(id(here))
        kind = f"{type(here).__module__}.{type(here).__qualname__}"
        parts.append("".join(traceback.format_tb(here.__traceback__)) + kind)
        waiting.append(here.__cause__ or (None if here.__suppress_context__ else here.__context__))
        if isinstance(here, BaseExceptionGroup):
            waiting += here.exceptions
    return "\nwhich came after\n".join(parts)


def form_in_use() -> LogFormat:
    """How this process writes its log."""
    handlers = logging.getLogger().handlers
    as_json = any(isinstance(item.formatter, JsonFormatter) for item in handlers)
    return LogFormat.JSON if as_json else LogFormat.TEXT


def write_log(level: int, form: LogFormat = LogFormat.TEXT) -> None:
    """Log to stderr; libraries only when something is wrong, the path of events only as JSON."""
    handler = logging.StreamHandler()
    council = os.environ.get(COUNCIL, "")
    handler.setFormatter(
        JsonFormatter(council) if form is LogFormat.JSON else TextFormatter(council)
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("services", "events"):
        logging.getLogger(name).setLevel(level)
    EVENT_PATH.setLevel(level if form is LogFormat.JSON else logging.WARNING)

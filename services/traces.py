"""Traces: where each event goes, from whoever sent it to the colour that is published of it.

OpenTelemetry, with the trace context of the W3C (`traceparent`) in the headers of messages, and in
the store where something waits there. No span has anything of a case: of an event's id it has a
hash. Without an address to send them to, there are none.
"""

import time
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

TRACE_HEADER = "traceparent"

_started: dict[str, Any] = {}
"""The tracer of this process, once it is started, by where its spans go."""


def start_traces(url: str) -> None:
    """Send this process's spans to a collector, by OTLP over HTTP; nothing with an empty URL."""
    if not url or _started:
        return
    # Read in by those alone who send any.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "sightline"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    _started[url] = provider.get_tracer("sightline")


def are_sent() -> bool:
    """Whether this process sends spans."""
    return bool(_started)


def traces_go_to() -> str:
    """Where this process sends its spans; empty where it sends none."""
    return next(iter(_started), "")


class Step:
    """A step of an event's way, from when it is made until it is ended.

    Args:
        name: what is done.
        kind: whether it takes from a broker (`consumer`), gives to one (`producer`), answers a
            request (`server`), or neither (`internal`).
        parent: the `traceparent` of the step before; without one a trace begins here.
        said: attributes of the span, by OpenTelemetry's names for messaging where it has one.
    """

    def __init__(self, name: str, kind: str, parent: str = "", **said: str | int) -> None:
        self._span: Any = None
        if not _started:
            return
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        before = TraceContextTextMapPropagator().extract({TRACE_HEADER: parent})
        attributes = {name.replace("__", "."): value for name, value in said.items()}
        self._span = _started[traces_go_to()].start_span(
            name, before, SpanKind[kind.upper()], attributes, start_time=time.time_ns()
        )

    @property
    def trace(self) -> str:
        """What the next step has as its parent; empty where no spans are sent."""
        if self._span is None:
            return ""
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    @property
    def headers(self) -> Mapping[str, str]:
        """The header by which a message takes the trace with it."""
        return {TRACE_HEADER: self.trace} if self._span is not None else {}

    def end(self) -> None:
        """It is done."""
        if self._span is not None:
            self._span.end()


def hashed_id(source: str, id_: str) -> str:
    """What a span has of an event: ids of sources often begin with a case reference."""
    return sha256(f"{source}\x1f{id_}".encode()).hexdigest()[:32]


def trace_in(headers: Mapping[str, str]) -> str:
    """The trace that came with a message or a request; empty where none did."""
    for name, value in headers.items():
        if name.lower() == TRACE_HEADER:
            return value
    return ""

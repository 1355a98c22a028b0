"""A trace goes with an event from its sender, through the real program, to what is published."""

import asyncio
import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest
from faststream.nats import NatsBroker
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from events.broker import jetstream_of
from events.embedded import EmbeddedBroker
from events.stream import OUT_STREAM
from services.traces import hashed_id
from tests.free_port import free_port
from tests.system.commands.test_commands import CommandRunner, homeless

TRACE = "0af7651916cd43dd8448eb211c80319c"
SENDERS = "b7ad6b7169203331"


class Spans(list[Any]):
    """The spans that a collector was sent."""

    def of(self, name: str) -> list[Any]:
        return [span for span in self if span.name == name]


@contextmanager
def collector() -> Iterator[tuple[str, Spans]]:
    """An OTLP collector on loopback: its address, and what it was sent."""
    spans = Spans()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent = ExportTraceServiceRequest.FromString(body)
            for resource in sent.resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", spans
    finally:
        server.shutdown()
        server.server_close()


async def published(broker: NatsBroker, many: int) -> list[dict[str, str]]:
    """The headers of the first messages of the outgoing stream."""
    jetstream = jetstream_of(broker)
    for _ in range(300):
        if (await jetstream.stream_info(OUT_STREAM)).state.messages >= many:
            found = [await jetstream.get_msg(OUT_STREAM, seq) for seq in range(1, many + 1)]
            return [dict(item.headers or {}) for item in found]
        await asyncio.sleep(0.1)
    raise AssertionError


async def test_one_trace_from_the_sender_to_the_published_colour(
    nats_server: EmbeddedBroker, broker: NatsBroker, tmp_path: Path
) -> None:
    runner = CommandRunner(tmp_path)
    port = free_port()
    with collector() as (address, spans):
        runner.env |= {
            "SIGHTLINE_TRACES_URL": address, "SIGHTLINE_NATS_URL": nats_server.url,
            "SIGHTLINE_PAGES_PORT": str(port), "OTEL_BSP_SCHEDULE_DELAY": "100",
        }  # fmt: skip
        token = runner.run("token", "make", "cms", "--source", "/council/cms").stdout.strip()
        with runner.serving() as process:
            await asyncio.to_thread(post, port, token, homeless("p1").raw)
            headers = await published(broker, 1)
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    assert {f"{span.trace_id.hex()}" for span in spans} == {TRACE}
    (received,) = spans.of("receive events")
    assert received.parent_span_id.hex() == SENDERS
    stored = spans.of("store event")
    assert {span.parent_span_id for span in stored} == {received.span_id}
    ids = {event["id"] for event in homeless("p1").raw}
    hashed = {hashed_id("/council/cms", id_) for id_ in ids}
    assert {said(span)["messaging.message.id"] for span in stored} == hashed
    derived = spans.of("derive statuses")
    assert {span.parent_span_id for span in derived} <= {span.span_id for span in stored}
    (sent, *_) = spans.of("publish")
    assert sent.parent_span_id in {span.span_id for span in derived}
    assert headers[0]["traceparent"] == f"00-{TRACE}-{sent.span_id.hex()}-01"
    assert not any("p1" in value for span in spans for value in said(span).values())


def said(span: Any) -> dict[str, str]:
    return {item.key: item.value.string_value for item in span.attributes}


def post(port: int, token: str, events: list[dict[str, Any]]) -> None:
    """Send events as a case management system does that has traces of its own."""
    request = Request(
        f"http://127.0.0.1:{port}/events",
        json.dumps(events).encode(),
        {"Content-Type": "application/cloudevents-batch+json", "Authorization": f"Bearer {token}",
         "traceparent": f"00-{TRACE}-{SENDERS}-01"},
    )  # fmt: skip
    for _ in range(300):
        try:
            with urlopen(request, timeout=5) as answer:  # noqa: S310 (loopback)
                assert answer.status == 202
                return
        except ConnectionError:
            pass
        except OSError as error:
            if "refused" not in str(error):
                raise

        time.sleep(0.1)
    pytest.fail("the pages do not answer")

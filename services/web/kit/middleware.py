"""Middleware around every answer: security headers, allowed hosts, body limits and metrics."""

import logging
import re
import time
import traceback
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.case_reference import as_segment
from services.web.ingest.endpoint import PATH as EVENTS_PATH
from services.web.metrics import Metrics

log = logging.getLogger(__name__)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_YEAR = 365 * 24 * 3600
_PROBES = ("/healthz", "/readyz", "/metrics")
_LONGEST_BODY = 1024 * 1024
"""Bytes of a request for a page; `POST /events` has a limit of its own."""

_REFERENCE = 2
"""The place of a case reference among the segments of its path."""

_HOST = re.compile(r"(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::\d{1,5})?")


class SecurityMiddleware:
    """Adds security headers, refuses other hosts and long bodies, and counts every answer.

    `hosts` are the names under which the site is served; `secure` says that it is served over
    https. A header that an answer sets itself is kept.
    """

    def __init__(
        self, app: ASGIApp, hosts: Collection[str], metrics: Metrics, *, secure: bool
    ) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.metrics = metrics
        self.headers = dict(_HEADERS)
        if secure:
            self.headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._respond(scope, receive, send_with_headers)
        except Exception as error:
            if status:
                raise
            # The message can hold what somebody typed, so only its type and line are logged.
            log.error("An answer broke at %s: %s", _route_name(scope), _location(error))  # noqa: TRY400
            await HTMLResponse(_BROKEN, 500)(scope, receive, send_with_headers)
        finally:
            self.metrics.observe(_route_name(scope), status, time.perf_counter() - started)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope = _with_plain_reference(scope)
        if scope["path"] not in _PROBES and _host(scope) not in self.hosts:
            refusal = PlainTextResponse("Sightline is not served under this name.\n", 421)
            await refusal(scope, receive, send)
            return
        if scope["path"] == EVENTS_PATH:
            await self.app(scope, receive, send)  # it has limits of its own
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdigit() or int(length) > _LONGEST_BODY:
            refusal = PlainTextResponse("What was sent is too long, or of no length.\n", 413)
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _with_plain_reference(scope: Scope) -> Scope:
    """The same request with the case reference of its path as links have it.

    Older links, and other programs, write a slash in it as %2F.
    """
    raw: bytes = scope.get("raw_path") or b""
    segments = raw.split(b"?")[0].split(b"/")
    if len(segments) <= _REFERENCE or segments[1] != b"cases" or b"%" not in segments[_REFERENCE]:
        return scope
    decoded = [unquote(segment.decode("latin-1")) for segment in segments]
    if "/" in decoded[_REFERENCE]:
        decoded[_REFERENCE] = as_segment(decoded[_REFERENCE])
    return {**scope, "path": "/".join(decoded)}


def _location(error: Exception) -> str:
    """The kind of an error, and the file and line of services/ that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/services/" in frame.filename] or frames
    last = own[-1] if own else None
    where = f"{last.filename.rsplit('/services/')[-1]}:{last.lineno}" if last else "nowhere"
    return f"{type(error).__name__} at {where}"


def _host(scope: Scope) -> str:
    host = Headers(scope=scope).get("host", "").lower()
    found = _HOST.fullmatch(host)
    return found.group(1) if found else ""


def _route_name(scope: Scope) -> str:
    """The pattern of the route that answered, never the path, which can hold a case reference."""
    route: Any = scope.get("route")
    return f"{scope.get('root_path', '')}{getattr(route, 'path', 'none')}"


_BROKEN = """<!doctype html><html lang="en"><title>Sorry, there is a problem - Sightline</title>
<h1>Sorry, there is a problem</h1>
<p>Nothing that was recorded before is lost. If you were sending a form, go back: what you typed is
still there. Try again in a few minutes.</p><p><a href="/">Go to the overview</a></p></html>
"""

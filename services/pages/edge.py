"""The edge: what every answer carries, which hosts are answered, and how long answers took."""

import time
from collections.abc import Collection, Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.pages.measures import Measures

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


class Edge:
    """Wraps the application. An answer may set a header of these itself; then its own holds."""

    def __init__(
        self, app: ASGIApp, hosts: Collection[str], measures: Measures, *, secure: bool
    ) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.measures = measures
        self.headers = dict(_HEADERS)
        if secure:
            self.headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 500

        async def finish(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            if scope["path"] not in _PROBES and _host(scope) not in self.hosts:
                refusal = PlainTextResponse("Sightline is not served under this name.\n", 421)
                await refusal(scope, receive, finish)
            else:
                await self.app(scope, receive, finish)
        finally:
            self.measures.answered(_name(scope), status, time.perf_counter() - begun)


def _host(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"host":
            told: str = value.decode("latin-1").lower()
            return told.rsplit(":", 1)[0] if not told.endswith("]") else told
    return ""


def _name(scope: Scope) -> str:
    """The route that answered, never the path: a path can hold a case reference."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "none"))

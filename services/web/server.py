"""A web server in the program's event loop, which leaves signals to the program."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Literal

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

_POLL_SECONDS = 0.02
HEAD_SECONDS = 10.0
BODY_SECONDS = 30.0
"""How long a request may take to come."""

MOST_CONNECTIONS = 500
"""Beyond them a request is answered with 503, so that those who are served go on being served."""


class ServerError(Exception):
    """The server could not start; the message says why and what to set."""


class ImpatientProtocol(H11Protocol):
    """uvicorn's, which waits for the head of a request no longer than `HEAD_SECONDS`."""

    _head_due: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Begin to wait with the first byte of a request, until its head is here."""
        if self._head_due is None and not self._is_answering():
            self._head_due = self.loop.call_later(HEAD_SECONDS, self._give_up)
        super().data_received(data)
        if self._is_answering():
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _stop_waiting(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _give_up(self) -> None:
        self._head_due = None
        if not self.transport.is_closing():
            self.transport.close()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the server."""
        yield


@asynccontextmanager
async def served(
    app: Starlette,
    host: str,
    port: int,
    *,
    proxies: str = "127.0.0.1",
    what: Literal["PAGES", "PROBES"] = "PAGES",
) -> AsyncIterator[int]:
    """Serve an application; yields the port, which is free one where 0 was asked for.

    Raises:
        ServerError: nothing can be served there.
    """
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, lifespan="off",
        server_header=False, forwarded_allow_ips=proxies, timeout_graceful_shutdown=10,
        http=ImpatientProtocol, limit_concurrency=MOST_CONNECTIONS, timeout_keep_alive=15,
    )  # fmt: skip
    server = _Server(config)
    try:
        listening = config.bind_socket()
    except SystemExit as error:
        raise ServerError(
            f"Nothing can be served at {host}:{port}; set SIGHTLINE_{what}_HOST and "
            f"SIGHTLINE_{what}_PORT to a place that is free."
        ) from error
    # asyncio sets this only on sockets made for TCP by number, which uvicorn's are not; without it
    # every answer waits 40 ms for the browser to acknowledge its head.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not running.done():  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(_POLL_SECONDS)
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await running


def free_port(host: str, usual: int) -> int:
    """The usual port where it is free, else one that is."""
    for port in (usual, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise ServerError(f"No port of {host} is free.")

"""A web server in the program's event loop, which leaves signals to the program."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette

_POLL_SECONDS = 0.02


class ServerError(Exception):
    """The server could not start; the message says why and what to set."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the server."""
        yield


@asynccontextmanager
async def served(
    app: Starlette, host: str, port: int, *, proxies: str = "127.0.0.1"
) -> AsyncIterator[int]:
    """Serve an application; yields the port, which is free one where 0 was asked for.

    Raises:
        ServerError: nothing can be served there.
    """
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, lifespan="off",
        server_header=False, forwarded_allow_ips=proxies, timeout_graceful_shutdown=10,
    )  # fmt: skip
    server = _Server(config)
    try:
        listening = config.bind_socket()
    except SystemExit as error:
        raise ServerError(
            f"Nothing can be served at {host}:{port}; set SIGHTLINE_PAGES_HOST and "
            "SIGHTLINE_PAGES_PORT to a place that is free."
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

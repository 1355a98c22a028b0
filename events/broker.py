"""The broker: FastStream over NATS JetStream. Only this package uses FastStream."""

import asyncio
import logging
import re
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import nats.errors
from faststream import AckPolicy
from faststream.nats import NatsBroker
from faststream.security import BaseSecurity
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import APIError, ServiceUnavailableError

from events.delivery import guard
from events.stream import DEFAULT_MAX_BYTES, declare, out_stream_config, stream_config

log = logging.getLogger(__name__)

Broker = NatsBroker
"""The type of a broker, for code that uses one without importing FastStream."""

GRACE_SECONDS = 15.0
"""How long a stop waits for the handler to finish."""

CONNECT_SECONDS = 10.0
"""How long the first connection may take."""

BROKER_ERRORS = (nats.errors.Error, APIError, OSError, TimeoutError, RuntimeError)
"""What a call raises where the broker is not there or does not answer.

uvloop raises RuntimeError for a transport that was closed in the meantime.
"""


ClientError = nats.errors.Error
"""What the client of the broker raises of its own."""


class BrokerUnavailableError(ConnectionError):
    """The broker cannot be used; the message says where it is and why, without the password."""


def make_broker(
    url: str,
    tls: ssl.SSLContext | None = None,
    met: Callable[[Exception], object] | None = None,
) -> NatsBroker:
    """A broker that is not connected yet. It acknowledges nothing by itself.

    `url` names one server of a cluster, or several with commas between them.

    With `tls`, its certificate is checked by that, and ours is shown where it asks for one. `met`
    is called with each error of the connection, which the client only goes on after.

    FastStream's default for NATS would terminate a message on any error in its handler, for good.
    """

    async def note(error: Exception) -> None:
        if met is not None:
            met(error)
        await _log_error(error)

    return NatsBroker(
        [server.strip() for server in url.split(",")],
        ack_policy=AckPolicy.MANUAL,
        graceful_timeout=GRACE_SECONDS,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        connect_timeout=5,
        # A connection that swallows what is sent is noticed within a quarter of a minute.
        ping_interval=5,
        max_outstanding_pings=2,
        name="sightline",
        logger=log,
        log_level=logging.DEBUG,
        security=None if tls is None else BaseSecurity(tls),
        error_cb=note,
        reconnected_cb=_reconnected,
    )


def jetstream_of(broker: NatsBroker) -> JetStreamContext:
    """The JetStream context of a connected broker."""
    return broker.config.broker_config.connection_state.stream


def client_of(broker: NatsBroker) -> Client:
    """The NATS client of a connected broker."""
    return broker.config.broker_config.connection_state.connection


@asynccontextmanager
async def connected_broker(
    url: str,
    *,
    max_bytes: int = DEFAULT_MAX_BYTES,
    replicas: int = 1,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[NatsBroker]:
    """A connected broker, with its streams and its consumer declared.

    Args:
        url: Where the broker is: a server, or several of a cluster with commas between them.
        max_bytes: The size of the stream of events; the outgoing one has a quarter of it.
        replicas: How many servers of a cluster keep each stream.
        tls: The certificates, where others than the machine's are to be used.

    Raises:
        BrokerUnavailableError: it does not answer, lets nobody in by this URL, or keeps no streams.
    """
    met: deque[Exception] = deque(maxlen=8)
    broker = make_broker(url, tls, met.append)
    try:
        # As it reconnects for ever, nats-py would wait for ever for the first connection.
        async with asyncio.timeout(CONNECT_SECONDS):
            client = await broker.connect()
            guard(client)
    except (ClientError, OSError) as error:
        raise BrokerUnavailableError(_why_not_connected(url, [error, *met])) from error
    try:
        await _declare(broker, url, max_bytes, replicas)
        yield broker
    finally:
        with suppress(*BROKER_ERRORS):  # the server may be gone already
            await broker.stop()
        with suppress(*BROKER_ERRORS):
            if not client.is_closed:
                await client.close()


async def declare_streams(broker: NatsBroker, max_bytes: int, replicas: int) -> None:
    """Create the streams and the consumer, or update them to the settings of this version."""
    streams = [stream_config(max_bytes, replicas), out_stream_config(max_bytes // 4, replicas)]
    await declare(jetstream_of(broker), streams)


async def _declare(broker: NatsBroker, url: str, max_bytes: int, replicas: int) -> None:
    try:
        await declare_streams(broker, max_bytes, replicas)
    except ServiceUnavailableError as error:
        raise BrokerUnavailableError(
            f"The broker at {_without_password(url)} keeps no streams: JetStream is off there."
        ) from error


def _why_not_connected(url: str, errors: Sequence[Exception]) -> str:
    where = f"The broker at {_without_password(url)}"
    distrust = next((error for error in errors if isinstance(error, ssl.SSLError)), None)
    if distrust is not None:
        return f"{where} cannot be trusted, or does not trust us ({distrust.reason or distrust})."
    if any("authorization" in str(error).lower() for error in errors):
        return f"{where} refuses the user or the password of SIGHTLINE_NATS_URL."
    return f"{where} does not answer. Try again: what is sent twice counts once."


def _without_password(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//", url)


async def _log_error(error: Exception) -> None:
    log.warning("The broker connection reports %s", type(error).__name__)


async def _reconnected() -> None:
    log.info("The broker is connected again")

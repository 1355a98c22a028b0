"""Publishing events to the broker, many in flight at once, each acknowledged by its stream."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from uuid import uuid4

import orjson
from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.errors import NoRespondersError
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import APIError

from events.broker import client_of, jetstream_of
from events.channel import Channel, Origin, channel_of, permissions_in
from events.stream import OUT_STREAM, STREAM, UNKNOWN, subject_of
from events.wire import Message, structured_message
from schemas.envelope import content_digest
from schemas.events.catalogue import NAMES

IN_FLIGHT = 256
"""Messages published at once, each alone, before their answers are waited for."""

BATCH = 500
"""Messages of one atomic batch."""

LONGEST_MESSAGE_ID = 2000
"""Characters of a `Nats-Msg-Id`."""

ANSWER_SECONDS = 10.0

_TWIN_IN_PROCESS = 10158
"""A cluster's answer to a message whose id another has that is not stored by most servers yet.

Source: nats-server, errors.json, JSStreamDuplicateMessageConflict.
"""
_TWIN_SECONDS = 0.05


class NotStoredError(Exception):
    """The stream refused a message; the text says why. Those before it are stored."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message and the broker subject that it is published to."""

    subject: str
    message: Message


def with_headers(message: OutgoingMessage, more: Mapping[str, str]) -> OutgoingMessage:
    """The same message with more headers."""
    headers = {**message.message.headers, **more}
    return OutgoingMessage(message.subject, replace(message.message, headers=headers))


def to_message(raw: bytes, origin: Origin) -> OutgoingMessage:
    """The message of an event in structured mode; what cannot be read is published as it is.

    `origin` is the way by which it came in, and what its sender may do.

    `Nats-Msg-Id` is made of source, id, content hash, time and sequence: the same content sent at
    another moment is news, and the broker must not take it for a duplicate. The tracker refuses
    what is wrong, and keeps it with its reason.
    """
    unread = OutgoingMessage(subject_of(origin.channel, UNKNOWN), Message(raw, origin.headers))
    try:
        whole = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return unread
    if not isinstance(whole, dict):
        return unread
    type_, content = whole.get("type"), whole.get("data")
    name = NAMES.get(type_) if isinstance(type_, str) else None
    if name is None or not isinstance(content, dict):
        return unread
    message = structured_message(whole)
    headers = {**message.headers, **origin.headers}
    digest = content_digest(str(type_), whole.get("subject"), content)
    moment = f"{whole.get('time')} {whole.get('sequence', 0)}"
    id_ = f"{whole.get('source')} {whole.get('id')} {digest} {moment}"
    # Too long a header would be refused for good; the database is what removes duplicates.
    if id_.isascii() and id_.isprintable() and len(id_) <= LONGEST_MESSAGE_ID:
        headers["Nats-Msg-Id"] = id_
    return OutgoingMessage(subject_of(origin.channel, name), Message(message.body, headers))


def sent_as_before(raw: bytes, message: Message) -> OutgoingMessage:
    """A message that is sent again, mended or not, by the way in that it came by the first time.

    So nobody speaks with other permissions than the first sender had.
    """
    channel = channel_of(message.subject) or Channel.PUBLISHERS
    again = to_message(raw, Origin(channel, permissions_in(message.headers)))
    if channel is Channel.PUBLISHERS and message.subject:
        again = OutgoingMessage(message.subject, again.message)
    if raw == message.body:
        again = OutgoingMessage(again.subject, Message(raw, message.headers))
    return again


async def publish(
    broker: NatsBroker, messages: Iterable[OutgoingMessage], *, stream: str = STREAM
) -> AsyncIterator[int]:
    """Publish messages, and yield the number stored so far.

    Raises:
        NotStoredError: the stream refused one, because it is full for instance.
    """
    waiting = iter(messages)
    stored = 0
    while batch := list(islice(waiting, BATCH)):
        try:
            if len(batch) > 1 and await _publish_as_one(client_of(broker), batch, stream):
                stored += len(batch)
                yield stored
                continue
        except TimeoutError as error:
            raise NotStoredError(_why(error, stored)) from error
        for start in range(0, len(batch), IN_FLIGHT):
            answers = await _publish_each(broker, batch[start : start + IN_FLIGHT], stream)
            stored += sum(not isinstance(answer, BaseException) for answer in answers)
            for answer in answers:
                if isinstance(answer, BaseException):
                    raise NotStoredError(_why(answer, stored)) from answer
            yield stored


async def _publish_as_one(client: Client, batch: list[OutgoingMessage], stream: str) -> bool:
    """Publish an atomic batch (nats-server 2.12): all are stored and synced at once, or none.

    Returns:
        Whether they were. Where not, each is to be published alone, so that as many as possible are
        stored and the error names the one that was not.

    Raises:
        TimeoutError: the broker does not answer.
    """
    id_ = uuid4().hex
    for position, item in enumerate(batch, start=1):
        headers = {
            **item.message.headers,
            "Nats-Batch-Id": id_,
            "Nats-Batch-Sequence": str(position),
            "Nats-Expected-Stream": stream,
        }
        if position < len(batch):
            await client.publish(item.subject, item.message.body, headers=headers)
            continue
        headers["Nats-Batch-Commit"] = "1"
        try:
            answer = await client.request(
                item.subject, item.message.body, timeout=ANSWER_SECONDS, headers=headers
            )
            stored = orjson.loads(answer.data)
        except (NoRespondersError, orjson.JSONDecodeError):
            return False
        return bool(stored.get("batch") == id_ and stored.get("count") == len(batch))
    return False


async def _publish_each(
    broker: NatsBroker, batch: list[OutgoingMessage], stream: str
) -> list[object | BaseException]:
    """Publish each alone, all in flight at once; the answer to each, or its error."""
    # nats-py's publish_async never answers when the stream refuses: its reply is read as a
    # broken connection. So each publish is a request of its own, all sent at once.
    jetstream = jetstream_of(broker)
    return await asyncio.gather(
        *(_publish_alone(jetstream, item, stream) for item in batch), return_exceptions=True
    )


async def _publish_alone(jetstream: JetStreamContext, item: OutgoingMessage, stream: str) -> PubAck:
    """Publish one, again while a cluster still stores another of its id."""
    until = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            return await jetstream.publish(
                item.subject,
                item.message.body,
                timeout=ANSWER_SECONDS,
                stream=stream,
                headers=dict(item.message.headers),
            )
        except APIError as error:
            if error.err_code != _TWIN_IN_PROCESS or time.monotonic() > until:
                raise
            await asyncio.sleep(_TWIN_SECONDS)


async def publish_out(
    broker: NatsBroker,
    subject: str,
    content: str,
    message_id: str,
    more_headers: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Publish an event of Sightline's own, and wait until it is stored.

    Args:
        broker: A connected broker.
        subject: The broker subject, one of the outgoing stream.
        content: The event in structured mode, as JSON.
        message_id: Its `Nats-Msg-Id`, by which the broker drops a repetition.
        more_headers: Headers besides, such as the trace that it is part of.
    """
    await broker.publish(
        content.encode(),
        subject,
        headers={
            "Content-Type": "application/cloudevents+json",
            "Nats-Msg-Id": message_id,
            **more_headers,
        },
        stream=OUT_STREAM,
        timeout=10,
    )


def _why(error: BaseException, stored: int) -> str:
    reason = error.description if isinstance(error, APIError) else type(error).__name__
    if isinstance(error, TimeoutError):
        reason = "it did not answer in time"
    return f"The broker did not store an event ({reason}); {stored} before it were stored."

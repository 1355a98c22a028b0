"""Putting events on the broker, many in flight, each acknowledged by its stream."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import uuid4

import orjson
from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.errors import NoRespondersError
from nats.js.errors import APIError

from events.broker import client_of, jetstream_of
from events.stream import OUT_STREAM, STREAM, UNKNOWN_SUBJECT, subject_of
from events.wire import Message, structured_message
from schemas.envelope import content_digest
from schemas.events.catalogue import NAMES

IN_FLIGHT = 256
TOGETHER = 500
LONGEST_MESSAGE_ID = 2000
ANSWER_SECONDS = 10.0


class NotStoredError(Exception):
    """The stream refused a message; the text says why. Those before it are stored."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message with the subject it goes to."""

    subject: str
    message: Message


def parcel(raw: bytes) -> Parcel:
    """An event in structured mode as it is sent; what cannot be read is sent as it is.

    `Nats-Msg-Id` is made of source, id, content hash, time and sequence: the same content sent at
    another moment is news, and the broker must not take it for a duplicate. What is wrong with an
    event is for the tracker to say: there it is kept, with its reason.
    """
    try:
        whole = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return Parcel(UNKNOWN_SUBJECT, Message(raw))
    if not isinstance(whole, dict):
        return Parcel(UNKNOWN_SUBJECT, Message(raw))
    told, content = whole.get("type"), whole.get("data")
    name = NAMES.get(told) if isinstance(told, str) else None
    if name is None or not isinstance(content, dict):
        return Parcel(UNKNOWN_SUBJECT, Message(raw))
    sent = structured_message(whole)
    digest = content_digest(str(told), whole.get("subject"), content)
    moment = f"{whole.get('time')} {whole.get('sequence', 0)}"
    id_ = f"{whole.get('source')} {whole.get('id')} {digest} {moment}"
    # Too long a header would be refused for good; the database is what removes duplicates.
    if id_.isascii() and id_.isprintable() and len(id_) <= LONGEST_MESSAGE_ID:
        sent = Message(sent.body, {**sent.headers, "Nats-Msg-Id": id_})
    return Parcel(subject_of(name), sent)


async def publish(
    broker: NatsBroker, parcels: Iterable[Parcel], *, stream: str = STREAM
) -> AsyncIterator[int]:
    """Publish, and yield how many are stored so far.

    Raises:
        NotStoredError: the stream refused one, because it is full for instance.
    """
    waiting = iter(parcels)
    stored = 0
    while batch := list(islice(waiting, TOGETHER)):
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


async def _publish_as_one(client: Client, batch: list[Parcel], stream: str) -> bool:
    """Publish an atomic batch (nats-server 2.12): all are stored and synced at once, or none.

    Returns whether they were. Where the broker refuses them, each is then published alone: so that
    as many as can be are stored, and the answer says which was not and why.

    Raises:
        TimeoutError: the broker does not answer.
    """
    id_ = uuid4().hex
    for place, item in enumerate(batch, start=1):
        headers = {
            **item.message.headers,
            "Nats-Batch-Id": id_,
            "Nats-Batch-Sequence": str(place),
            "Nats-Expected-Stream": stream,
        }
        if place < len(batch):
            await client.publish(item.subject, item.message.body, headers=headers)
            continue
        headers["Nats-Batch-Commit"] = "1"
        try:
            answer = await client.request(
                item.subject, item.message.body, timeout=ANSWER_SECONDS, headers=headers
            )
            told = orjson.loads(answer.data)
        except (NoRespondersError, orjson.JSONDecodeError):
            return False
        return bool(told.get("batch") == id_ and told.get("count") == len(batch))
    return False


async def _publish_each(
    broker: NatsBroker, batch: list[Parcel], stream: str
) -> list[object | BaseException]:
    """Publish each alone, all in flight at once; the answer to each, or its error."""
    # nats-py's publish_async never answers when the stream refuses: its reply is read as a
    # broken connection. So each publish is a request of its own, many at once.
    jetstream = jetstream_of(broker)
    return await asyncio.gather(
        *(
            jetstream.publish(
                item.subject,
                item.message.body,
                timeout=ANSWER_SECONDS,
                stream=stream,
                headers=dict(item.message.headers),
            )
            for item in batch
        ),
        return_exceptions=True,
    )


async def publish_out(broker: NatsBroker, subject: str, content: str, message_id: str) -> None:
    """Publish something that Sightline says, and wait until it is stored."""
    await broker.publish(
        content.encode(),
        subject,
        headers={"Content-Type": "application/cloudevents+json", "Nats-Msg-Id": message_id},
        stream=OUT_STREAM,
        timeout=10,
    )


def _why(error: BaseException, stored: int) -> str:
    told = error.description if isinstance(error, APIError) else type(error).__name__
    if isinstance(error, TimeoutError):
        told = "it did not answer in time"
    return f"The broker did not store an event ({told}); {stored} before it were stored."

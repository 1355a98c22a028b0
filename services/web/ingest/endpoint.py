"""`POST /events`: answered only once the broker has stored the events that can be published."""

import asyncio
import logging
import zlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from events.broker import BROKER_ERRORS
from events.channel import received
from events.publish import NotStoredError, OutgoingMessage, to_message, with_headers
from schemas.faults import MISSING, Fault
from services.assessment.rights import permissions
from services.logs import note_received
from services.store import sent_hours
from services.store.tokens import Token
from services.traces import Step, trace_in
from services.web.ingest.body import LONGEST_BODY, RequestError, SentEvent, read_request
from services.web.kit.bearer import sent_token
from services.web.kit.limits import TooMuchError
from services.web.kit.problems import problem, too_much
from services.web.server import BODY_SECONDS
from services.web.state import AppState

_GZIP = 16 + zlib.MAX_WBITS

log = logging.getLogger(__name__)

PATH = "/events"
OTHER_METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")

_SAFE_TO_REPEAT = "Send it all again: what is stored already counts once."


class EventsEndpoint:
    """Receives events over HTTP; `app` has the tokens, the broker, and what each may send."""

    def __init__(self, app: AppState) -> None:
        self.app = app

    async def receive(self, request: Request) -> Response:
        """Publish the events of a request: 202, or problem details."""
        try:
            token = await self._token(request)
            self.app.limits.count_request(f"The token {token.name}")
            body = await _body(request)
            sent = read_request(request.headers, body, token)
            messages, source = _messages(sent), token.source or ""
            await self._count(source, len(messages))
        except TooMuchError as error:
            return too_much(error)
        except RequestError as error:
            headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
            return problem(error.status, error.title, error.detail, headers=headers)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("Tokens cannot be looked up: %s", type(error).__name__)
            return _unavailable("Sightline cannot look up the token now. Nothing was stored.")
        step = Step(
            "receive events", "server", trace_in(request.headers), sightline__source=source,
            messaging__batch__message_count=len(messages),
        )  # fmt: skip
        try:
            await self.app.send_all([with_headers(item, step.headers) for item in messages])
        except NotStoredError as error:
            await self._give_back(source, len(messages))
            return _unavailable(f"{error} {_SAFE_TO_REPEAT}")
        except BROKER_ERRORS as error:
            await self._give_back(source, len(messages))
            log.warning("The broker does not answer: %s", type(error).__name__)
            return _unavailable(f"The broker does not answer. {_SAFE_TO_REPEAT}")
        finally:
            step.end()
        note_received(source, [item.id for item in sent if item.raw is not None])
        return _answer(sent)

    async def _count(self, source: str, many: int) -> None:
        """Count events of a source, where the policy says how many it may send a day.

        Raises:
            TooMuchError: they are more than it may.
        """
        quota = permissions(self.app.policy, source).events_a_day
        if quota is None or not many:
            return
        async with self.app.database.writing() as connection:
            wait = await sent_hours.take(connection, source, many, quota, self.app.clock())
        if wait is not None:
            why = f"{source} may send {quota:,} events a day, as the policy says. None was stored."
            raise TooMuchError(why, wait.total_seconds())

    async def _give_back(self, source: str, many: int) -> None:
        """Events that were counted were not stored; where that is not written down, they count."""
        if permissions(self.app.policy, source).events_a_day is not None:
            with suppress(SQLAlchemyError, OSError, TimeoutError):
                async with self.app.database.writing() as connection:
                    await sent_hours.give_back(connection, source, many, self.app.clock())

    async def _token(self, request: Request) -> Token:
        """The caller's token, which was made for a source.

        Raises:
            RequestError: 401 without a token that holds, 403 with one that publishes nothing.
        """
        token = await sent_token(request, self.app, PATH)
        if token is None:
            raise RequestError(
                401,
                "No token",
                "Send a token that holds, as Authorization: Bearer. Whoever runs Sightline makes "
                "one for each source: sightline token make NAME --source SOURCE.",
            )
        if token.source is None:
            raise RequestError(
                403,
                "This token publishes nothing",
                "The token reads statuses. Publishing takes one that was made for a source: "
                "sightline token make NAME --source SOURCE.",
            )
        return token


def _messages(sent: Sequence[SentEvent]) -> list[OutgoingMessage]:
    """What is published of a request: each event with what its token permits."""
    return [to_message(item.raw, received(item.granted)) for item in sent if item.raw is not None]


async def method_not_allowed(request: Request) -> Response:
    """405 for every method but POST."""
    detail = f"{request.method} is not for events; they are sent with POST."
    return problem(405, "Method Not Allowed", detail, headers={"Allow": "POST"})


async def _body(request: Request) -> bytes:
    """The body, up to its limit, whether or not the request has a Content-Length.

    Raises:
        RequestError: 400 where the request broke off, 413 where the body is too long.
    """
    length = request.headers.get("content-length", "0")
    read = bytearray()
    if not length.isdigit() or int(length) <= LONGEST_BODY:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                async for chunk in request.stream():
                    read += chunk
                    if len(read) > LONGEST_BODY:
                        break
        except ClientDisconnect:
            raise RequestError(400, "Broken off", "The request broke off.") from None
        except TimeoutError:
            why = f"The body did not come within {BODY_SECONDS:.0f} seconds. Nothing was stored."
            raise RequestError(408, "Too slow", why) from None
        body = _unpacked(bytes(read), request.headers.get("content-encoding", ""))
        if body is not None and len(body) <= LONGEST_BODY:
            return body
    raise RequestError(
        413,
        "Too much at once",
        f"A request has at most {LONGEST_BODY:,} bytes. Nothing was stored; send fewer events at "
        "once.",
    )


def _unpacked(body: bytes, encoding: str) -> bytes | None:
    """The body as it was before it was packed; None where it is longer than any may be.

    Raises:
        RequestError: it is not packed as it says, or in a way that is not known.
    """
    if encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() != "gzip":
        raise RequestError(
            415, "Unknown Content-Encoding", "Send the body as it is, or packed with gzip."
        )
    unpacking = zlib.decompressobj(wbits=_GZIP)
    try:
        unpacked = unpacking.decompress(body, LONGEST_BODY + 1)
    except zlib.error:
        raise RequestError(400, "Not gzip", "The body is not packed with gzip.") from None
    return None if len(unpacked) > LONGEST_BODY else unpacked


def _answer(sent: Sequence[SentEvent]) -> Response:
    """202 where every event was accepted; else what is wrong in each, and which were accepted."""
    accepted = [item for item in sent if item.accepted]
    accepted_events = [_accepted(item) for item in accepted]
    refused = [item for item in sent if not item.accepted]
    if not refused:
        return JSONResponse({"accepted": len(accepted), "events": accepted_events}, 202)
    kept = sum(item.raw is not None for item in refused)
    foreign = len(refused) - kept
    detail = f"Accepted: {len(accepted):,} of {len(sent):,}. They are safe on the broker."
    if not accepted:
        detail = f"Accepted: none of {len(sent):,}."
    if kept:
        detail += f" Faulty, and kept with the reasons until somebody settles them: {kept:,}."
    if foreign:
        detail += f" Not taken at all: {foreign:,}."
    status = 403 if foreign == len(sent) and _only_foreign(refused) else 422
    return problem(
        status,
        "Some events are wrong" if accepted else "No event could be accepted",
        detail,
        accepted=accepted_events,
        errors=[_refused(item) for item in refused],
    )


def _only_foreign(refused: Sequence[SentEvent]) -> bool:
    """Whether the only fault of each is a source other than that of the token."""
    return all(
        {(fault.field, fault.value != MISSING) for fault in item.faults} == {("source", True)}
        for item in refused
    )


def _accepted(item: SentEvent) -> dict[str, Any]:
    event: dict[str, Any] = {"position": item.position, "id": item.id}
    if item.doubts:
        event["doubts"] = [_fault(doubt) for doubt in item.doubts]
    return event


def _refused(item: SentEvent) -> dict[str, Any]:
    return {
        "position": item.position,
        "id": item.id,
        "kept": item.raw is not None,
        "faults": [_fault(fault) for fault in item.faults],
    }


def _fault(fault: Fault) -> dict[str, str]:
    return {"field": fault.field, "value": fault.value, "detail": fault.sentence}


def _unavailable(detail: str) -> Response:
    return problem(503, "Not now", detail, headers={"Retry-After": "30"})

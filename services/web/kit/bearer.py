"""The token that a machine sends with its request: looked up, and recorded where it is wrong."""

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request

from services.access.audit import Act, AuditLog
from services.store import tokens
from services.store.database import Database
from services.store.tokens import Token


def sends_token(request: Request) -> bool:
    """Whether a request has a token at all."""
    scheme, secret = _authorization(request)
    return scheme == "bearer" and bool(secret)


async def sent_token(
    request: Request, database: Database, audit: AuditLog, clock: Callable[[], datetime], path: str
) -> Token | None:
    """The token of a request, where it holds; that one does not is recorded, with the path."""
    scheme, secret = _authorization(request)
    token = None
    if scheme == "bearer" and secret.strip():
        token = await tokens.known_token(database, secret.strip(), clock())
    if token is None and secret.strip():
        where = request.client.host if request.client else ""
        await audit.record_stranger(where, Act.SENT_WRONG_TOKEN, path)
    return token


def _authorization(request: Request) -> tuple[str, str]:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return scheme.lower(), secret

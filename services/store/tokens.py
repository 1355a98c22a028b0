"""Tokens of machines: what each may read or publish, until when, and when it was last used.

Tokens are secrets: what is stored is their hash.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.permissions import SourcePermission
from schemas.status import Concern
from services.store.database import Database
from services.store.scope import Scope
from services.store.sessions import hashed
from services.store.tables import tokens

SEEN_EVERY = timedelta(minutes=10)
"""How exactly it is known when a token was last used."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token by its name; the secret itself is not known here.

    One with a `source` publishes for that source and reads nothing: beyond telling facts it may do
    what `may` lists, for `concerns` (all, where none are listed), about cases whose reference
    begins with `subjects`. One without a source reads the statuses of its `services` and `teams`
    (all, where it names neither). It holds until `expires_at` (None: for good).
    """

    name: str
    source: str | None
    made_at: datetime
    revoked_at: datetime | None = None
    may: tuple[SourcePermission, ...] = ()
    concerns: tuple[Concern, ...] = ()
    subjects: str = ""
    expires_at: datetime | None = None
    used_at: datetime | None = None
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        """What it may read."""
        if self.services or self.teams:
            return Scope(services=frozenset(self.services), teams=frozenset(self.teams))
        return Scope(everything=True)

    def holds(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def permits(
        self, needed: frozenset[SourcePermission], concern: Concern | None
    ) -> frozenset[SourcePermission]:
        """What it permits of what an event needs, which is about a concern or about none.

        A token that is limited to some concerns permits nothing about a concern that is not named.
        """
        if self.concerns and concern not in self.concerns:
            return needed & {"assign", "merge", "close", "retract"} & set(self.may)
        return needed & set(self.may)


_TOKEN = [tokens.c[name] for name in Token.__slots__]


async def add_token(connection: AsyncConnection, token: Token, secret: str) -> None:
    """Keep a new token.

    Raises:
        IntegrityError: there is, or was, one of that name.
    """
    values = {name: getattr(token, name) for name in Token.__slots__}
    values |= {name: list(values[name]) for name in ("may", "concerns", "services", "teams")}
    await connection.execute(insert(tokens).values(digest=hashed(secret), **values))


async def token_of(connection: AsyncConnection, secret: str, now: datetime) -> Token | None:
    """The token of a secret, where it holds."""
    row = (await connection.execute(select(*_TOKEN).where(_is(secret)))).first()
    token = _token(row) if row else None
    return token if token is not None and token.holds(now) else None


async def known_token(database: Database, secret: str, now: datetime) -> Token | None:
    """The token of a secret, where it holds; that it is used now is written down."""
    async with database.reading() as connection:
        token = await token_of(connection, secret, now)
    if token is not None and (token.used_at is None or now - token.used_at >= SEEN_EVERY):
        async with database.writing() as connection:
            await see_token(connection, secret, now)
    return token


async def see_token(connection: AsyncConnection, secret: str, now: datetime) -> None:
    """Remember that a token was used; within `SEEN_EVERY` of the last time nothing is written."""
    await connection.execute(
        update(tokens)
        .where(_is(secret), or_(tokens.c.used_at.is_(None), tokens.c.used_at < now - SEEN_EVERY))
        .values(used_at=now)
    )


async def all_tokens(connection: AsyncConnection) -> list[Token]:
    """Every token that was ever made, by name."""
    rows = await connection.execute(select(*_TOKEN))
    return sorted((_token(row) for row in rows), key=lambda token: token.name)


async def revoke_token(connection: AsyncConnection, name: str, now: datetime) -> bool:
    """Revoke a token for good; whether there was one to revoke."""
    changed = await connection.execute(
        update(tokens)
        .where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return bool(changed.rowcount)


def _is(secret: str) -> ColumnElement[bool]:
    return tokens.c.digest == hashed(secret)


def _token(row: Row[Any]) -> Token:
    values = row._asdict()
    for name in ("may", "services", "teams"):
        values[name] = tuple(values[name])
    values["concerns"] = tuple(Concern(item) for item in values["concerns"])
    return Token(**values)

"""Sessions of signed-in users, and sign-ins under way.

Cookies are secrets: what is stored is their hash.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.tables import sessions, sign_ins


@dataclass(frozen=True, slots=True)
class Session:
    """One person signed in on one browser, in the roles that the identity provider last named.

    Attributes:
        refresh: with what the provider is asked again, sealed; empty where it gave nothing.
        provider_subject: the `sub` by which the provider knows the person.
        provider_session: the `sid` by which it knows the session, where it has one.
        checked_at: when it last confirmed the session; None where no provider was asked.
        check_due_at: when it is to be asked again.
    """

    person: str
    roles: list[str]
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime
    refresh: str = ""
    provider_subject: str = ""
    provider_session: str = ""
    checked_at: datetime | None = None
    check_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignInUnderWay:
    """A sign-in that was sent to the identity provider. `onward` is where it was going."""

    nonce: str
    verifier: str
    onward: str
    begun_at: datetime


def hashed(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode()).hexdigest()


async def open_session(connection: AsyncConnection, secret: str, session: Session) -> None:
    """Keep a new session."""
    values = {name: getattr(session, name) for name in Session.__slots__}
    await connection.execute(insert(sessions).values(digest=hashed(secret), **values))


async def session_of(connection: AsyncConnection, secret: str) -> Session | None:
    """The session of a cookie, whether or not it still holds."""
    wanted = select(*[sessions.c[name] for name in Session.__slots__])
    row = (await connection.execute(wanted.where(sessions.c.digest == hashed(secret)))).first()
    return Session(*row) if row else None


async def see_session(connection: AsyncConnection, secret: str, now: datetime) -> None:
    """Remember that a session was used."""
    await connection.execute(
        update(sessions).where(sessions.c.digest == hashed(secret)).values(seen_at=now)
    )


async def take_check(
    connection: AsyncConnection, secret: str, due: datetime, again: datetime
) -> bool:
    """Take on the check of a session that is due; of several requests at once one does.

    `again` is when it is due again where this one comes to nothing.
    """
    taken = await connection.execute(
        update(sessions)
        .where(sessions.c.digest == hashed(secret), sessions.c.check_due_at == due)
        .values(check_due_at=again)
    )
    return bool(taken.rowcount)


async def confirm_session(
    connection: AsyncConnection, secret: str, roles: list[str], refresh: str, at: datetime,
    due: datetime,
) -> None:  # fmt: skip
    """Remember that the provider confirmed a session, in these roles."""
    await connection.execute(
        update(sessions)
        .where(sessions.c.digest == hashed(secret))
        .values(roles=roles, refresh=refresh, checked_at=at, check_due_at=due)
    )


async def keep_refresh(connection: AsyncConnection, secret: str, refresh: str) -> None:
    """Keep with what the provider is to be asked next, sealed."""
    await connection.execute(
        update(sessions).where(sessions.c.digest == hashed(secret)).values(refresh=refresh)
    )


async def end_session(connection: AsyncConnection, secret: str) -> None:
    """End a session on the server: its cookie is not accepted any more."""
    await connection.execute(delete(sessions).where(sessions.c.digest == hashed(secret)))


async def end_sessions_of(connection: AsyncConnection, person: str) -> int:
    """End every session of somebody, on whatever browser; returns how many there were."""
    ended = await connection.execute(delete(sessions).where(sessions.c.person == person))
    return int(ended.rowcount)


async def end_sessions_at_provider(
    connection: AsyncConnection, subject: str, session: str
) -> list[str]:
    """End the sessions that the provider knows by these names; returns whose they were.

    Where it names a session, that alone is ended, with those of the person of which no name is
    known; else all of the person's.
    """
    named: list[ColumnElement[bool]] = []
    if session and subject:
        named.append(sessions.c.provider_session.in_((session, "")))
    elif session:
        named.append(sessions.c.provider_session == session)
    if subject:
        named.append(sessions.c.provider_subject == subject)
    if not named:
        return []
    ended = await connection.execute(delete(sessions).where(*named).returning(sessions.c.person))
    return sorted(ended.scalars())


async def end_oldest(connection: AsyncConnection, person: str, secret: str, others: int) -> None:
    """End the sessions of somebody that were used longest ago, but for one and so many others."""
    own = sessions.c.person == person, sessions.c.digest != hashed(secret)
    newest = (
        select(sessions.c.digest)
        .where(*own)
        .order_by(sessions.c.seen_at.desc(), sessions.c.begun_at.desc())
        .limit(others)
    )
    await connection.execute(delete(sessions).where(*own, sessions.c.digest.not_in(newest)))


async def all_sessions(connection: AsyncConnection) -> list[Session]:
    """Every session that is kept, newest first."""
    wanted = select(*[sessions.c[name] for name in Session.__slots__])
    rows = await connection.execute(wanted.order_by(sessions.c.begun_at.desc()))
    return [Session(*row) for row in rows]


async def sweep(connection: AsyncConnection, unseen_since: datetime, now: datetime) -> None:
    """Drop sessions and sign-ins that have expired."""
    await connection.execute(
        delete(sessions).where((sessions.c.ends_at < now) | (sessions.c.seen_at < unseen_since))
    )
    await connection.execute(delete(sign_ins).where(sign_ins.c.begun_at < unseen_since))


async def begin_sign_in(connection: AsyncConnection, state: str, pending: SignInUnderWay) -> None:
    """Store a sign-in while the user is at the identity provider."""
    values = {name: getattr(pending, name) for name in SignInUnderWay.__slots__}
    await connection.execute(insert(sign_ins).values(state=hashed(state), **values))


async def take_sign_in(connection: AsyncConnection, state: str) -> SignInUnderWay | None:
    """Take the sign-in that the identity provider returns with; each can be taken once."""
    taken = await connection.execute(
        delete(sign_ins)
        .where(sign_ins.c.state == hashed(state))
        .returning(*[sign_ins.c[name] for name in SignInUnderWay.__slots__])
    )
    row = taken.first()
    return SignInUnderWay(*row) if row else None

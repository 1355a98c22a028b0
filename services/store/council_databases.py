"""What PostgreSQL is told, so that each council has a database that nobody else can enter.

A database a council, not a schema: it is PostgreSQL itself that lets no other in, locks of one are
never another's, and one can be copied, restored or moved by itself. Source: PostgreSQL
documentation, Managing Databases; GRANT.
"""

from collections.abc import Iterator

from sqlalchemy import URL, make_url

from services.store import application_rights
from services.store.application_rights import quoted
from services.store.database import Database, async_url

_CREATE_ROLE = (
    "SELECT 'CREATE ROLE {role} LOGIN' "
    "WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {text}) \\gexec"
)
_CREATE_DATABASE = (
    "SELECT 'CREATE DATABASE {database} OWNER {owner}' "
    "WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = {text}) \\gexec"
)

MOST_CONNECTIONS = 100
"""Of one council, so that it cannot take all that the server has."""


def roles_sql(owner_url: str, application_url: str) -> str:
    """Statements for psql: two roles, and a database that they alone can enter.

    They may be run again: what is there stays, and passwords become those of the URLs.
    """
    owner, application = make_url(async_url(owner_url)), make_url(async_url(application_url))
    database, user = str(owner.database), quoted(application.username)
    lines = [
        *_role(owner),
        *_role(application),
        _CREATE_DATABASE.format(
            database=quoted(database), owner=quoted(owner.username), text=_text(database)
        ),
        f"REVOKE ALL ON DATABASE {quoted(database)} FROM PUBLIC;",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {quoted(database)} TO {user};",
        f"\\connect {quoted(database)}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
        f"GRANT CREATE, USAGE ON SCHEMA public TO {quoted(owner.username)};",
        f"GRANT USAGE ON SCHEMA public TO {user};",
    ]
    return "\n".join(lines) + "\n"


async def upgrade_as_owner(owner_url: str, application_url: str) -> None:
    """Bring the tables to this version, and give the application what it may do with them."""
    application = make_url(async_url(application_url)).username
    database = Database(owner_url)
    try:
        await database.upgrade()
        async with database.writing() as connection:
            await application_rights.give(connection, str(application))
    finally:
        await database.close()


def servers_of(url: str) -> set[str]:
    """Where a database is: each of its servers with the database's name, whoever asks."""
    parsed = make_url(async_url(url))
    hosts = parsed.query.get("host") or f"{parsed.host}:{parsed.port or 5432}"
    return {f"{host}/{parsed.database}" for host in ((hosts,) if isinstance(hosts, str) else hosts)}


def _role(url: URL) -> Iterator[str]:
    name, password = quoted(url.username), _text(str(url.password))
    yield _CREATE_ROLE.format(role=name, text=_text(str(url.username)))
    yield (
        f"ALTER ROLE {name} PASSWORD {password} CONNECTION LIMIT {MOST_CONNECTIONS} "
        "NOSUPERUSER NOCREATEDB NOCREATEROLE;"
    )


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""What the application's role may do with each table of PostgreSQL, as the owner of them gives it.

`deploy/postgres-grants.sql` says it, in the words of one council alone; of many each has roles of
its own.
"""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.database import Database

_SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "postgres-grants.sql"
_APPLICATION = "sightline_app"

_APPLICATIONS = text(
    "SELECT grantee FROM information_schema.role_table_grants "
    "WHERE table_schema = 'public' AND grantee NOT IN (current_user, 'PUBLIC') "
    "AND pg_has_role(current_user, grantor, 'USAGE') "
    "AND (table_name, privilege_type) IN (('events', 'INSERT'), ('audit', 'INSERT'), "
    "('outbox', 'DELETE'), ('cases', 'DELETE'), ('sessions', 'UPDATE')) "
    "GROUP BY grantee HAVING count(DISTINCT table_name) = 5 ORDER BY grantee"
)
"""The roles that do what the application alone does: one that may only add events is not one."""


def script_for(application: str) -> str:
    """The statements that give a role its rights, for psql."""
    return _SCRIPT.read_text("utf-8").replace(_APPLICATION, quoted(application))


def quoted(name: str | None) -> str:
    """The name of a role or a database in a statement."""
    return '"' + str(name).replace('"', '""') + '"'


async def give(connection: AsyncConnection, application: str) -> None:
    """Give a role its rights; the connection is the owner's."""
    lines = script_for(application).splitlines()
    script = "\n".join(line for line in lines if not line.startswith("--"))
    for statement in filter(None, (part.strip() for part in script.split(";"))):
        await connection.execute(text(statement))


async def give_again(database: Database) -> list[str] | None:
    """Give their rights again to the roles that have them, as after an upgrade that brings tables.

    Returns the roles; None on SQLite, which has none. Nobody is given any who had none: that is the
    first time, and by hand.
    """
    if database.is_sqlite:
        return None
    async with database.writing() as connection:
        roles = list((await connection.execute(_APPLICATIONS)).scalars())
        for role in roles:
            await give(connection, role)
    return roles

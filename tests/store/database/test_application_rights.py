"""An upgrade by the owner of the tables gives the application what it may do with new ones."""

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from services.store.application_rights import give, give_again
from services.store.database import Database

ROLE = "sightline_app_of_an_upgrade"


async def did(database: Database, *statements: str) -> None:
    async with database.writing() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def applications(database: Database) -> list[str]:
    """The role of this test, where it was given the application's rights again."""
    return [role for role in await give_again(database) or () if role == ROLE]


async def test_a_new_table_is_the_application_s_too_after_an_upgrade(postgres_url: str) -> None:
    owner = Database(postgres_url)
    async with owner.writing() as connection:
        known = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
        if not await connection.scalar(known, {"name": ROLE}):
            await connection.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
        await connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {ROLE}"))
    assert await applications(owner) == []  # nobody is given rights who had none
    await did(owner, f"GRANT INSERT, SELECT ON events TO {ROLE}")
    assert await applications(owner) == []  # one that only adds events is not the application
    async with owner.writing() as connection:
        await give(connection, ROLE)
    await did(owner, "CREATE TABLE newcomer (id integer)", f"GRANT UPDATE ON audit TO {ROLE}")
    url = make_url(postgres_url).set(username=ROLE)
    application = Database(url.render_as_string(hide_password=False))
    with pytest.raises(DBAPIError, match="permission denied"):
        await did(application, "INSERT INTO newcomer VALUES (1)")
    assert await applications(owner) == [ROLE]
    await did(application, "INSERT INTO newcomer VALUES (1)")
    for statement in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="permission denied"):
            await did(application, statement)
    await application.close()
    await owner.close()


async def test_on_sqlite_there_are_no_roles(sqlite_store: Database) -> None:
    assert await give_again(sqlite_store) is None

"""The store: its migrations, and its promises on both databases."""

import asyncio
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, inspect

from services.store.columns import among
from services.store.database import Database, async_url
from services.store.marks import mark, set_mark
from services.store.tables import events, metadata
from services.store.tables import people as people_table


async def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_upgrading_again_changes_nothing(database: Database) -> None:
    await database.upgrade()


@pytest.mark.parametrize("tables", [1, 7, 25])
async def test_an_upgrade_that_breaks_off_leaves_nothing_and_can_be_run_again(
    bare_database_url: str, tables: int
) -> None:
    store = Database(bare_database_url)
    made = 0

    def break_off(_: object, __: object, statement: str, *___: object) -> None:
        nonlocal made
        made += "CREATE TABLE" in statement
        if made == tables + 1:
            raise KeyboardInterrupt

    def names(connection: Connection) -> list[str]:
        return inspect(connection).get_table_names()

    event.listen(Engine, "before_cursor_execute", break_off)
    try:
        with pytest.raises(KeyboardInterrupt):
            await store.upgrade()
    finally:
        event.remove(Engine, "before_cursor_execute", break_off)
    async with store.engine.connect() as connection:
        assert await connection.run_sync(names) == []
    await store.upgrade()
    async with store.engine.connect() as connection:
        assert set(await connection.run_sync(names)) >= set(metadata.tables)
    await store.close()


async def test_a_moment_comes_back_in_utc(database: Database) -> None:
    from sqlalchemy import insert, select

    moment = datetime.fromisoformat("2026-06-01T00:30:00.123456+01:00")
    row = {
        "source": "s", "event_id": "e", "digest": "d", "name": "n", "subject": "p", "person": "p",
        "time": moment, "sequence": -(2**62), "content": "{}", "stored_at": moment,
    }  # fmt: skip
    async with database.writing() as connection:
        await connection.execute(insert(events), [row])
        told = (await connection.execute(select(events))).one()
    assert told.time == moment
    assert told.time.tzinfo is UTC
    assert told.sequence == -(2**62)


async def test_many_values_are_one_condition(database: Database) -> None:
    from sqlalchemy import insert, select

    names = [f"p{n}'\"%" for n in range(3000)]
    async with database.writing() as connection:
        await connection.execute(
            insert(people_table), [{"person": n, "facts": {}, "lines": {}} for n in names[:1500]]
        )
        found = await connection.execute(
            select(people_table.c.person).where(among(people_table.c.person, names))
        )
        assert len(found.all()) == 1500


async def test_two_who_set_one_mark_at_once_both_succeed(database: Database) -> None:
    async def one(value: str) -> None:
        async with database.writing() as connection:
            await set_mark(connection, "m", value)

    await asyncio.gather(*(one(str(n)) for n in range(6)))
    async with database.reading() as connection:
        assert await mark(connection, "m") in set("012345")


def test_a_plain_postgresql_url_is_enough() -> None:
    assert async_url("postgresql://u:p@h/d") == "postgresql+asyncpg://u:p@h/d"
    assert async_url("sqlite:///x.sqlite") == "sqlite+aiosqlite:///x.sqlite"

"""The audit log is chained, and neither it nor the log of events can be changed unnoticed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store import audit_log, event_log, recount
from services.store.audit_log import Entry
from services.store.database import Database
from tests.store.tracking.tracker_harness import track
from tests.story import Story

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DEPLOY = Path(__file__).resolve().parents[3] / "deploy"


async def written(database: Database, count: int) -> None:
    for number in range(count):
        entry = Entry(NOW + timedelta(seconds=number), f"w{number}", "", "saw a case", f"P{number}")
        async with database.writing() as connection:
            await audit_log.append(connection, [entry, entry])


async def faults(database: Database, **expected: str) -> list[str]:
    async with database.reading() as connection:
        found = await audit_log.verify(connection, {int(k[1:]): v for k, v in expected.items()})
        return [*found.faults, *[item async for item in event_log.altered(connection)]]


async def unguarded(connection: AsyncConnection, statement: str) -> None:
    """What somebody could do who owns the tables: the guards are taken away first."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET session_replication_role = replica"))
    else:
        rows = await connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
        for name in rows.scalars().all():
            await connection.execute(text(f"DROP TRIGGER {name}"))
    await connection.execute(text(statement))


async def test_what_was_written_is_as_it_was_written(database: Database) -> None:
    await written(database, 5)
    assert await faults(database) == []
    async with database.reading() as connection:
        found = await audit_log.verify(connection, {})
    assert found.count == 10
    assert found.last.startswith("10:")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET who = 'nobody' WHERE number = 4", "Entry 4 is not as it was written"),
        ("UPDATE audit SET at = at WHERE number = 4", ""),
        ("DELETE FROM audit WHERE number = 4", "Entries 4 to 4 are gone."),
        ("DELETE FROM audit WHERE number > 8", "Entry 10 is gone: the log was cut short."),
        ("UPDATE audit SET link = '0' WHERE number = 4", "Entry 4 is not as it was written"),
        ("UPDATE events SET content = '{}'", "is not as it was stored."),
    ],
)
async def test_whatever_is_changed_all_the_same_shows(
    database: Database, statement: str, told: str
) -> None:
    await written(database, 5)
    await track(database, Story("p1").care("2026-10-01").raw)
    async with database.reading() as connection:
        last = (await audit_log.verify(connection, {})).last.split(":")[1]
    async with database.writing() as connection:
        await unguarded(connection, statement)
    found = await faults(database, _10=last)
    assert any(told in item for item in found) if told else found == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'x'",
        "DELETE FROM audit",
        "UPDATE events SET content = '{}'",
        "UPDATE events SET stored_at = stored_at",
        "DELETE FROM events",
        "DELETE FROM grants",
        "UPDATE grants SET permission = 'rate'",
    ],
)
async def test_the_database_lets_nobody_change_either_log(
    database: Database, statement: str
) -> None:
    await written(database, 1)
    await track(database, Story("p1", team="north").care("2026-10-01").raw)
    with pytest.raises(DBAPIError, match="only be appended to"):
        async with database.writing() as connection:
            await connection.execute(text(statement))
    assert await faults(database) == []


async def test_nor_put_a_row_in_the_place_of_another(sqlite_store: Database) -> None:
    await written(sqlite_store, 1)
    await track(sqlite_store, Story("p1").care("2026-10-01").raw)
    for table, columns in (("audit", "*"), ("events", "*")):
        with pytest.raises(DBAPIError, match="only be appended to"):
            async with sqlite_store.writing() as connection:
                await connection.execute(
                    text(f"REPLACE INTO {table} SELECT {columns} FROM {table}")  # noqa: S608
                )


async def test_the_application_s_own_role_can_only_add(postgres_url: str) -> None:
    owner = Database(postgres_url)
    await written(owner, 1)
    await track(owner, Story("p1").care("2026-10-01").raw)
    lines = [
        line
        for name in ("postgres-roles.sql", "postgres-grants.sql")
        for line in (DEPLOY / name).read_text("utf-8").splitlines()
        if not line.startswith("--")
    ]
    name = make_url(postgres_url).database
    # As a council may have it: what everybody may do by default is taken back first.
    first = [
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO PUBLIC",
    ]
    statements = [*first, *"\n".join([*lines, ""]).split(";\n")]
    async with owner.writing() as connection:
        for statement in filter(None, (it.strip() for it in statements)):
            if statement.startswith("CREATE ROLE"):
                name = statement.split()[2]
                wanted = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
                if await connection.scalar(wanted, {"name": name}):
                    continue  # roles are of the whole server, which other tests share
            await connection.execute(text(statement))
    url = make_url(postgres_url).set(username="sightline_app")
    application = Database(url.render_as_string(hide_password=False))
    await written(application, 2)
    await track(application, Story("p2").care("2026-10-01").raw)
    async with application.writing() as connection:
        await recount.count_again(connection)
    for statement in (
        "UPDATE audit SET who = 'x'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "DROP TABLE audit",
        "SET session_replication_role = replica",
        "UPDATE events SET content = '{}'",
        "DELETE FROM events",
        "UPDATE alembic_version SET version_num = '0001'",
    ):
        with pytest.raises(DBAPIError):
            async with application.writing() as connection:
                await connection.execute(text(statement))
    assert await faults(application) == []
    await application.close()
    await owner.close()

"""How Alembic reaches the database.

One upgrade runs at a time, whoever asks for it; one that breaks off leaves nothing behind.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from services.store.database import WRITES, begin_at_the_first_statement
from services.store.postgres_hosts import for_driver
from services.store.tables import metadata

_UPGRADE_LOCK = 5_190_400


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=False,
        # Alembic takes SQLite for a database that cannot undo the making of a table.
        transactional_ddl=True,
        user_module_prefix="",
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
        context.run_migrations()


async def _run() -> None:
    url, arguments = for_driver(context.config.attributes["url"])
    engine = create_async_engine(url, connect_args=arguments, execution_options={WRITES: True})
    begin_at_the_first_statement(engine)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate)
    finally:
        await engine.dispose()


asyncio.run(_run())

"""Tests of what a database holds: on SQLite and on PostgreSQL, without a broker."""

from tests.store.fixtures import (
    bare_database_url,
    bare_postgres_url,
    database,
    database_url,
    migrated_postgres,
    postgres,
    postgres_socket,
    postgres_url,
    sqlite_store,
)

__all__ = [
    "bare_database_url",
    "bare_postgres_url",
    "database",
    "database_url",
    "migrated_postgres",
    "postgres",
    "postgres_socket",
    "postgres_url",
    "sqlite_store",
]

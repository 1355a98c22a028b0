"""Column types and conditions that mean the same on SQLite and PostgreSQL."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, DateTime, Dialect, String, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator

FOR_GOOD = date.max
"""How a period without an end is stored, so that one comparison serves all."""


class Utc(TypeDecorator[datetime]):
    """A moment, stored and returned in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite keeps no offset: the moment is brought to UTC first."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What was stored was UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON value as text, as it was written: PostgreSQL's own JSON reorders, and refuses some."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Any JSON value."""
        del dialect
        if value is None:
            return None
        return orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value as it was."""
        del dialect
        return None if value is None else orjson.loads(value)


class Among(ColumnElement[bool]):
    """A text column is one of many values: one statement text however many there are."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], values: Iterable[str]) -> None:
        self.column = column
        self.values = sorted(set(values))


def among(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a text column is one of the values."""
    return Among(column, values)


@compiles(Among, "postgresql")
def _any_of_array(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    from sqlalchemy.dialects.postgresql import ARRAY

    value = bindparam(None, element.values, type_=ARRAY(String), unique=True)
    return f"{compiler.process(element.column, **kw)} = ANY ({compiler.process(value, **kw)})"


@compiles(Among)
def _in_json(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    value = bindparam(None, json.dumps(element.values), type_=Text, unique=True)
    column, values = compiler.process(element.column, **kw), compiler.process(value, **kw)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 (values are bound)

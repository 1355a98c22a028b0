"""Column types and conditions that mean the same on SQLite and PostgreSQL."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Date, DateTime, Dialect, String, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine

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


class _Texts(TypeDecorator[Sequence[str]]):
    """Many texts as one parameter: an array on PostgreSQL, a JSON array elsewhere."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that carries them."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(String))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """The texts as that type takes them."""
        return value if dialect.name == "postgresql" else json.dumps(value)


class Among(ColumnElement[bool]):
    """A text column is one of many values: one statement text however many there are."""

    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012 (SQLAlchemy's own way to say what a cache key holds)
        ("column", InternalTraversal.dp_clauseelement),
        ("values", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: ColumnElement[Any], values: Iterable[str]) -> None:
        self.column = column
        self.values = bindparam(None, sorted(set(values)), type_=_Texts(), unique=True)


def among(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a text column is one of the values."""
    return Among(column, values)


@compiles(Among, "postgresql")
def _any_of_array(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = _sides(element, compiler, kw)
    return f"{column} = ANY ({values})"


@compiles(Among)
def _in_json(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = _sides(element, compiler, kw)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 (values are bound)


def _sides(element: Among, compiler: SQLCompiler, kw: Any) -> tuple[str, str]:
    return compiler.process(element.column, **kw), compiler.process(element.values, **kw)


class Covers(ColumnElement[bool]):
    """A stretch, from a day and before another, has a day in it: as an index of stretches reads it.

    PostgreSQL has such an index, which finds the stretches of a day without those before and after.
    """

    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012 (SQLAlchemy's own way to say what a cache key holds)
        ("start", InternalTraversal.dp_clauseelement),
        ("until", InternalTraversal.dp_clauseelement),
        ("first", InternalTraversal.dp_clauseelement),
        ("last", InternalTraversal.dp_clauseelement),
    ]

    def __init__(
        self, start: ColumnElement[Any], until: ColumnElement[Any], first: date, last: date
    ) -> None:
        self.start, self.until = start, until
        self.first = bindparam(None, first, type_=Date, unique=True)
        self.last = bindparam(None, last, type_=Date, unique=True)


def covers(stretches: Any, first: date, last: date | None = None) -> ColumnElement[bool]:
    """Whether a stretch of a table (`table.c`) has a day in it, or one of those through `last`."""
    return Covers(stretches.start, stretches.until, first, last or first)


@compiles(Covers, "postgresql")
def _overlaps(element: Covers, compiler: SQLCompiler, **kw: Any) -> str:
    start, until, first, last = _days(element, compiler, kw)
    return f"daterange({start}, {until}) && daterange({first}, {last}, '[]')"


@compiles(Covers)
def _from_and_until(element: Covers, compiler: SQLCompiler, **kw: Any) -> str:
    start, until, first, last = _days(element, compiler, kw)
    return f"({start} <= {last} AND {until} > {first})"


def _days(element: Covers, compiler: SQLCompiler, kw: Any) -> list[str]:
    parts = (element.start, element.until, element.first, element.last)
    return [compiler.process(part, **kw) for part in parts]

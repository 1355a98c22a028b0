"""The views for reports of a council's own: their columns, their numbers, and who reads them."""

from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from services.oversight.cases import cases_listed, view_of
from services.store import reporting
from services.store.case_filter import Filter
from services.store.database import Database
from services.store.reporting import VIEWS, ReportingView
from services.store.scope import Scope
from tests.store.oversight.council import restrict, store_council
from tests.unit.assessment.made_council import TODAY

DEPLOY = Path(__file__).parents[3] / "deploy"
BY_NAME = {view.name: view for view in VIEWS}


async def rows(database: Database, view: ReportingView) -> list[tuple[Any, ...]]:
    async with (
        database.reading() as connection,
        aclosing(reporting.read(connection, view, TODAY)) as found,
    ):
        return [row async for row in found]


async def test_each_view_has_the_columns_that_the_dictionary_explains(database: Database) -> None:
    async with database.reading() as connection:
        for view in VIEWS:
            result = await connection.execute(text(f"SELECT * FROM {view.name}"))  # noqa: S608
            assert list(result.keys()) == list(view.columns)
            assert all(view.columns.values())


async def test_a_day_s_rows_are_the_cases_of_the_list(database: Database) -> None:
    await store_council(database)
    found = {
        (row[0], row[1], row[4], str(row[10]))
        for row in await rows(database, BY_NAME["reporting_cases"])
        if row[4] != "none"
    }
    async with database.reading() as connection:
        listed = await cases_listed(connection, view_of(Scope(everything=True), TODAY), Filter())
    assert found == {(c.person, c.concern.value, c.rag.value, str(c.since)) for c in listed}
    assert found


async def test_whoever_is_restricted_is_in_no_view_by_any_reference(database: Database) -> None:
    await store_council(database)
    async with database.reading() as connection:
        before = await connection.execute(text("SELECT person FROM reporting_cases"))
        person = min(before.scalars())
        merged = (await connection.execute(text("SELECT subject, survivor FROM merged"))).all()
    await restrict(database, person, "h2")
    for subject, _ in merged[:1]:
        await restrict(database, subject, "h2")
    hidden = {person, *merged[0]} if merged else {person}
    for view in VIEWS:
        if "person" in view.columns:
            place = list(view.columns).index("person")
            assert not hidden & {row[place] for row in await rows(database, view)}, view.name


async def test_the_reader_s_role_reads_the_views_and_nothing_else(postgres_url: str) -> None:
    owner = Database(postgres_url)
    await store_council(owner)
    lines = (DEPLOY / "postgres-reporting.sql").read_text("utf-8").splitlines()
    whole = "\n".join(line for line in lines if not line.startswith("--"))
    async with owner.writing() as connection:
        for statement in filter(None, (it.strip() for it in whole.split(";\n"))):
            if statement.startswith("CREATE ROLE"):
                name = statement.split()[2]
                wanted = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
                if await connection.scalar(wanted, {"name": name}):
                    continue  # roles are of the whole server, which other tests share
            await connection.execute(text(statement.rstrip(";")))
    url = make_url(postgres_url).set(username="sightline_reader")
    reader = Database(url.render_as_string(hide_password=False))
    assert await rows(reader, BY_NAME["reporting_cases"])
    for statement in ("SELECT * FROM cases", "SELECT * FROM audit", "SELECT content FROM events",
                      "DELETE FROM reporting_cases"):  # fmt: skip
        with pytest.raises(DBAPIError):
            async with reader.writing() as connection:
                await connection.execute(text(statement))
    await reader.close()
    await owner.close()

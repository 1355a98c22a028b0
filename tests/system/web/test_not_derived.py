"""While somebody is not derived, every list and count says so."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from services.store import underived
from tests.system.web.running_app import DIRECTOR, MANAGER, NOW, RunningApp, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

WAITS = "The newest events of 1 young person could not be worked out"


async def test_every_list_and_file_says_what_is_not_derived_and_no_longer(
    council: RunningApp,
) -> None:
    browser = await council.browser(DIRECTOR)
    database = council.state.database
    for path in ("/", "/cases", "/api/statuses", "/api/summary", "/api/cases/KN101"):
        assert "could not be worked out" not in (await browser.get(path)).text, path
    async with database.writing() as connection:
        await underived.set_aside(connection, "KN101", "ValueError", NOW)
    for path in ("/", "/cases", "/cases?as_at=2026-10-01"):
        assert WAITS in text_of(await browser.get(path)), path
    for path in ("/api/statuses", "/api/summary", "/api/cases/KN101"):
        (sentence,) = (await browser.get(path)).json()["not_derived"]
        assert WAITS in sentence, path
    for kind in ("csv", "xlsx"):
        file = await browser.get(f"/cases.{kind}")
        assert f"-incomplete.{kind}" in file.headers["Content-Disposition"]
    book = load_workbook(BytesIO(file.content), read_only=True)
    assert WAITS in str(next(book["Incomplete"].iter_rows(values_only=True))[0])
    async with database.writing() as connection:
        await underived.unmark(connection, {"KN101": 1})
    file = await browser.get("/cases.csv")
    assert "incomplete" not in file.headers["Content-Disposition"]


async def test_who_could_not_be_worked_out_is_listed_for_whoever_may_see_them(
    council: RunningApp,
) -> None:
    async with council.state.database.writing() as connection:
        for person in ("KN101", "KS202"):
            await underived.set_aside(connection, person, "ValueError", NOW)
    whole = text_of(await (await council.browser(DIRECTOR)).get("/quality"))
    assert "KN101 ValueError KS202 ValueError" in whole
    own = text_of(await (await council.browser(MANAGER)).get("/quality"))
    assert "KN101 ValueError" in own
    assert "KS202" not in own
    async with council.state.database.writing() as connection:
        await underived.unmark(connection, {"KN101": 1, "KS202": 1})

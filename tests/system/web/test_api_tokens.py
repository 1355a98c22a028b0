"""Tokens that machines read with: good for reading until they are revoked, and for nothing else."""

import pytest
from sqlalchemy import select

from services.store import sessions, tokens
from services.store.tables import audit
from tests.system.web.api_client import assert_problem, keys, rows, token_client
from tests.system.web.running_app import ADVISER, ANALYST, NOW, RunningApp, care_leaver
from tests.system.web.sample_cases import add_sample_cases


async def test_rows_that_come_and_go_meanwhile_move_no_other_row(served: RunningApp) -> None:
    await add_sample_cases(served)
    reader = await token_client(served)
    comparable = keys(await rows(reader))
    first = (await reader.get("/api/statuses?limit=4")).json()
    await served.receive(care_leaver("AA001", code="U"), care_leaver("ZZ999", code="U"))
    rest = keys(await rows(reader, "&limit=2", first["next"]))
    new = [key for key in rest if key[0] == "ZZ999"]
    assert {concern for _, concern in new} >= {"unsuitable_accommodation"}
    assert keys(first["items"]) + [key for key in rest if key not in new] == comparable


async def test_a_token_reads_everything_until_it_is_revoked(served: RunningApp) -> None:
    await add_sample_cases(served)
    reader = await token_client(served)
    other = await token_client(served, "other")
    assert (await reader.get("/api/cases/KS202")).status_code == 200
    async with served.runtime.database.writing() as connection:
        assert await tokens.revoke_token(connection, "warehouse", NOW)
    for path in ("/api/statuses", "/api/cases/KS202"):
        answer = await reader.get(path)
        assert_problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (await other.get("/api/statuses")).status_code == 200


async def test_a_token_of_a_team_reads_the_cases_of_that_team_alone(served: RunningApp) -> None:
    await served.receive(
        care_leaver("NN1", team="north"), care_leaver("SS1", team="south", service="fostering")
    )
    everybody = await token_client(served)
    for named in ({"teams": ("north",)}, {"services": ("leaving",)}):
        reader = await token_client(served, str(named), **named)
        assert {key[0] for key in keys(await rows(reader))} == {"NN1"}
        assert (await reader.get("/api/cases/NN1")).status_code == 200
        assert (await reader.get("/api/cases/SS1")).status_code == 404
    assert {key[0] for key in keys(await rows(everybody))} == {"NN1", "SS1"}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_token_opens_no_page_and_nothing_but_the_token_opens_the_interface(
    council: RunningApp,
) -> None:
    reader = await token_client(council)
    assert (await reader.get("/cases")).status_code == 303
    assert (await reader.get("/cases.csv")).status_code == 303
    nobody = await council.browser()
    nobody.client.cookies.set(council.state.cookie, "s3cret-of-warehouse")
    assert (await nobody.get("/cases")).status_code == 303
    good = "s3cret-of-warehouse"
    for header in ("Bearer", "Bearer wrong", f"Bearer {good[:-1]}", f"Basic {good}", good,
                 f"Bearer {sessions.hashed(good)}", f"Bearer {good.upper()}", f"Token {good}",
                 "Bearer warehouse"):  # fmt: skip
        answer = await nobody.get("/api/statuses", headers={"Authorization": header})
        assert_problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (await nobody.get("/api/statuses?token=s3cret-of-warehouse")).status_code == 401


@pytest.mark.asyncio(loop_scope="module")
async def test_a_wrong_token_is_not_saved_by_a_session(council: RunningApp) -> None:
    adviser = await council.browser(ADVISER)
    answer = await adviser.get("/api/statuses", headers={"Authorization": "Bearer wrong"})
    assert_problem(answer, 401)


async def test_a_reference_with_a_slash_is_a_reference(served: RunningApp) -> None:
    await served.receive(care_leaver("A/B:1", code="U"))
    reader = await token_client(served)
    for path in ("/api/cases/A%2FB%3A1", "/api/cases/A/B:1"):
        assert (await reader.get(path)).json()["person"] == "A/B:1"


async def test_what_machines_read_is_in_the_audit_log(served: RunningApp) -> None:
    await add_sample_cases(served)
    reader = await token_client(served)
    analyst = await served.browser(ANALYST)
    await reader.get("/api/cases/KS202")
    await analyst.get("/api/statuses?limit=3")
    async with served.runtime.database.reading() as connection:
        wanted = select(audit.c.who, audit.c.act, audit.c.person, audit.c.detail)
        entries = [tuple(row) for row in await connection.execute(wanted)]
    assert entries == [
        ("token warehouse", "saw a case", "KS202", ""),
        (
            "analyst",
            "read by the interface for machines",
            "",
            "3 statuses of 2026-11-20",
        ),
    ]

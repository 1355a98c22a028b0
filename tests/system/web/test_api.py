"""The interface for machines: the same statuses, under the same rules, page by page."""

from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest

from tests.system.web.api_client import assert_problem, keys, rows, token_client
from tests.system.web.running_app import ADVISER, RunningApp
from tests.system.web.sample_cases import EVERY_CASE, RED_BY_ACCOMMODATION, SCOPE

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_pages_hold_every_row_once_in_one_order_whatever_their_size(
    council: RunningApp,
) -> None:
    reader = await token_client(council, uuid4().hex)
    every_key = keys(await rows(reader, "&limit=1000"))
    assert {person for person, _ in every_key} == EVERY_CASE
    assert every_key == sorted(set(every_key))
    for limit in (1, 2, 3, len(every_key), len(every_key) - 1):
        assert keys(await rows(reader, f"&limit={limit}")) == every_key, limit


async def test_filters_narrow_the_rows_and_go_with_the_cursor(council: RunningApp) -> None:
    reader = await token_client(council, uuid4().hex)
    red = await rows(reader, "&concern=unsuitable_accommodation&rag=red&limit=2")
    assert {row["person"] for row in red} == RED_BY_ACCOMMODATION
    assert {(row["concern"], row["rag"]) for row in red} == {("unsuitable_accommodation", "red")}
    assert {row["rag"] for row in await rows(reader, "&rag=amber")} <= {"amber"}
    assert await rows(reader, "&concern=unsuitable_accommodation&rag=none") == []


async def test_a_row_says_whose_it_is_and_what_is_done(council: RunningApp) -> None:
    found = await rows(
        await token_client(council, uuid4().hex), "&concern=unsuitable_accommodation"
    )
    (row,) = [item for item in found if item["person"] == "KN101"]
    assert (row["team"], row["service"], row["personal_adviser"]) == ("north", "leaving", "w1")
    assert (row["open_actions"], row["next_action_due"]) == (1, "2026-11-15")
    assert row["action_late"] is True
    assert (row["rag"], row["statutory"]) == ("red", "unsuitable")
    assert all(reason["text"] and reason["source"] for reason in row["reasons"])


async def test_what_cannot_be_understood_is_explained_as_problem_details(
    council: RunningApp,
) -> None:
    reader = await token_client(council, uuid4().hex)
    for query, field in (
        ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=-1", "limit"), ("limit=x", "limit"),
        ("limit=", "limit"), ("limit=1e3", "limit"), ("concern=nonsense", "concern"),
        ("rag=purple", "rag"), ("concern=", "concern"),
    ):  # fmt: skip
        problem = assert_problem(await reader.get(f"/api/statuses?{query}"), 422)
        assert [fault["field"] for fault in problem["faults"]] == [field], query
        assert problem["faults"][0]["cure"]
        assert field in problem["title"]


async def test_a_cursor_that_is_not_ours_is_refused(council: RunningApp) -> None:
    reader = await token_client(council, uuid4().hex)
    for raw in (b"", b"KN101", b"nonsense\x1fKN101", b"\x1fKN101", b"\xff\xfe\x1fx",
                b"unsuitable_accommodation"):  # fmt: skip
        cursor = urlsafe_b64encode(raw or b" ").decode()
        problem = assert_problem(await reader.get(f"/api/statuses?cursor={cursor}"), 422)
        assert "cursor must be" in problem["title"], raw
    for cursor in ("x", "%00", "a" * 4001, "%F0%9F%92%A9", "=", "null"):
        assert_problem(await reader.get(f"/api/statuses?cursor={cursor}"), 422)


async def test_a_cursor_of_somebody_else_opens_nothing(council: RunningApp) -> None:
    director, adviser = await token_client(council, uuid4().hex), await council.browser(ADVISER)
    cursor = (await director.get("/api/statuses?limit=1")).json()["next"]
    assert {row["person"] for row in await rows(adviser)} == SCOPE[ADVISER]
    body = (await adviser.get(f"/api/statuses?cursor={cursor}")).json()
    assert {row["person"] for row in body["items"]} <= SCOPE[ADVISER]


async def test_a_case_holds_its_statuses_actions_and_questions_of_a_day(
    council: RunningApp,
) -> None:
    reader = await token_client(council, uuid4().hex)
    body = (await reader.get("/api/cases/KN101")).json()
    assert (body["person"], body["as_of"]) == ("KN101", "2026-11-20")
    colours = {status["concern"]: status["rag"] for status in body["statuses"]}
    assert colours["unsuitable_accommodation"] == "red"
    (action,) = body["actions"]["unsuitable_accommodation"]
    assert (action["owner"], action["due"], action["late"]) == ("w1", "2026-11-15", True)
    assert "flat" not in str(body), "the words of an action are not told to machines"
    earlier = (await reader.get("/api/cases/KN101?as_of=2026-11-01")).json()
    assert earlier["as_of"] == "2026-11-01"
    assert earlier["actions"]["unsuitable_accommodation"] == []
    assert_problem(await reader.get("/api/cases/KN101?as_of=yesterday"), 422)
    assert_problem(await reader.get("/api/cases/nobody"), 404)


async def test_the_interface_writes_nothing_and_answers_no_other_site(council: RunningApp) -> None:
    reader = await token_client(council, uuid4().hex)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("/api/statuses", "/api/cases/KN101"):
            assert (await reader.client.request(method, path)).status_code == 405
    answer = await reader.get("/api/statuses", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_the_document_describes_both_and_needs_no_sign_in(council: RunningApp) -> None:
    nobody = await council.browser()
    document = (await nobody.get("/api/openapi.json")).json()
    assert document["openapi"].startswith("3.")
    assert document["info"]["title"] == "Sightline"
    assert set(document["paths"]) == {
        "/statuses",
        "/summary",
        "/actions",
        "/measures",
        "/cases/{person}",
    }
    assert document["servers"] == [{"url": "/api"}]
    for path in document["paths"].values():
        assert set(path) == {"get"}
        schema = path["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema["$ref"].removeprefix("#/components/schemas/") in document["components"][
            "schemas"
        ]  # fmt: skip
    for path in ("/api", "/api/", "/api/docs", "/api/redoc"):
        assert (await nobody.get(path)).status_code == 404, path

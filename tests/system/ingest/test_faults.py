"""What is wrong in a request is told of each event; what is kept, and what goes nowhere."""

import random
from typing import Any
from uuid import uuid4

import pytest

from tests.system.ingest.publisher import (
    fields,
    ids,
    on_broker,
    publisher,
    taken,
    without_omitted,
    wrong,
)
from tests.system.web.api_client import assert_problem
from tests.system.web.running_app import ANALYST, RunningApp, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_batch_of_good_faulty_and_foreign_events_is_told_event_by_event(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    first, last = cms.moved("P1"), cms.moved("P2")
    faulty = cms.moved("P3", data={"date": "01/10/2026", "code": [5]})
    foreign = cms.moved("P4", source="/other/cms")
    before = await on_broker(shared_app)
    answer = await cms.batch(first, faulty, foreign, last)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "accepted", "errors"}
    assert (problem["type"], problem["status"]) == ("about:blank", 422)
    assert problem["accepted"] == [
        {"position": 0, "id": first["id"]}, {"position": 3, "id": last["id"]},
    ]  # fmt: skip
    assert problem["errors"] == [
        {
            "position": 1, "id": faulty["id"], "kept": True,
            "faults": [
                {"field": "data.date", "value": '"01/10/2026"',
                 "detail": 'data.date is "01/10/2026"; a date is written YYYY-MM-DD, such as '
                           "2026-11-20, in quotes."},
                {"field": "data.code", "value": "[5]",
                 "detail": "data.code is [5]; "
                           "it must be text of at least one character, in quotes."},
            ],
        },
        {
            "position": 2, "id": foreign["id"], "kept": False,
            "faults": [
                {"field": "source", "value": '"/other/cms"',
                 "detail": f'source is "/other/cms"; this token speaks for {cms.source} alone.'},
            ],
        },
    ]  # fmt: skip
    assert "2 of 4" in problem["detail"]
    assert await on_broker(shared_app) == before + 3
    assert await cms.stored() == sorted([(first["id"], "P1"), (last["id"], "P2")])
    (kept,) = await cms.refused()
    assert (kept.event_id, kept.subject, kept.state) == (faulty["id"], "P3", "open")
    assert kept.reason == " ".join(item["detail"] for item in problem["errors"][0]["faults"])
    assert foreign["id"].encode() not in kept.raw


async def test_what_is_kept_as_refused_is_shown_to_people_with_its_reason(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    answer = await cms.one(cms.moved("P9", data={"date": "yesterday"}))
    (kept,) = await cms.refused()
    analyst = await shared_app.browser(ANALYST)
    page = text_of(await analyst.get(f"/refused/{kept.number}"))
    assert wrong(answer)[0]["faults"][0]["detail"] in page


async def test_every_fault_of_every_event_is_named(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    answer = await cms.batch(
        cms.moved(specversion="0.3", time="noon", data={"date": ..., "accommodation_id": None}),
        cms.moved(type="sightline.accommodation.moved.v1", time=...),
        cms.moved(subject=..., time="2026-10-01T12:00:00"),
        cms.moved(id="", datacontenttype="text/xml", subject=7),
        cms.moved(id="x" * 401, type=None),
        cms.moved() | {"data": []},
        cms.moved() | {"data": {}},
        cms.moved(source="/other", time="noon", data={"code": ""}),
    )  # fmt: skip
    assert [fields(error) for error in wrong(answer).values()] == [
        ["data.accommodation_id", "data.date", "specversion", "time"],
        ["time", "type"],
        ["subject", "time"],
        ["datacontenttype", "id"],
        ["id", "type"],
        ["data"],
        ["data.accommodation_id", "data.code", "data.date"],
        ["data.code", "source", "time"],
    ]
    assert answer.json()["accepted"] == []


async def test_a_faulty_event_names_its_wrong_optional_fields_too(shared_app: RunningApp) -> None:
    """The contract: refusals name every wrong field. Mended once, it is right."""
    cms = await publisher(shared_app)
    answer = await cms.one(cms.moved(data={"date": "x", "suitable": "perhaps"}))
    assert {name.removeprefix("data.") for name in fields(wrong(answer)[0])} == {"date", "suitable"}


async def test_a_source_that_is_missing_is_said_to_be_missing(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    answer = await cms.one(cms.moved(source=...))
    (fault,) = wrong(answer, answer.status_code)[0]["faults"]
    assert (fault["field"], fault["value"]) == ("source", "(missing)")
    assert fault["detail"].startswith("source is missing")


async def test_what_is_no_event_is_not_said_to_have_a_wrong_source(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    answer = await cms.batch(5, None, "x", [], True)
    for error in wrong(answer).values():
        assert [item["field"] for item in error["faults"]] == ["event"]
        assert error["kept"] is False


async def test_events_of_another_source_alone_are_forbidden_and_go_nowhere(
    shared_app: RunningApp,
) -> None:
    cms, other = await publisher(shared_app), await publisher(shared_app)
    before = await on_broker(shared_app)
    near = (cms.source + "/", cms.source.upper(), cms.source + " ", " " + cms.source,
            cms.source[:-1], "/sightline/pages", "", None, [cms.source], {"x": 1}, 5,
            cms.source + "\x00", cms.source + "#", other.source)  # fmt: skip
    answer = await cms.batch(*(cms.moved(source=source) for source in near))
    assert answer.json()["accepted"] == []
    assert all("source" in fields(error) for error in wrong(answer, answer.status_code).values())
    wrong(await cms.one(other.moved()), 403)
    wrong(await cms.batch(other.moved(), other.moved()), 403)
    wrong(await cms.binary(other.moved()), 403)
    wrong(await cms.binary(cms.moved(), {"ce-source": "%2Fsightline%2Fpages"}), 403)
    assert await on_broker(shared_app) == before
    assert await cms.stored() == await other.stored() == []
    assert await cms.refused() == await other.refused() == []


async def test_the_last_of_two_sources_in_one_event_is_the_one_that_is_stored(
    shared_app: RunningApp,
) -> None:
    cms, other = await publisher(shared_app), await publisher(shared_app)
    event = cms.moved()
    text = '{"source": "%s", "specversion": "1.0", "id": "i", "type": "%s", "subject": "P1", '
    rest = '"time": "2026-10-01T12:00:00Z", "data": {"accommodation_id": "a", "date": "%s", '
    for first, second in ((cms.source, other.source), (other.source, cms.source)):
        start = (text + rest) % (first, event["type"], "2026-10-01")
        await cms.send(f'{start}"code": "S"}}, "source": "{second}"}}'.encode())
    assert await other.stored() == []
    assert await cms.stored() == [("i", "P1")]


async def test_doubts_are_told_with_what_is_accepted(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    event = cms.moved("P1", sequence="first", data={"suitable": "perhaps", "expected_end": "soon"})
    answer = await cms.one(event)
    assert taken(answer) == [event["id"]]
    (event,) = answer.json()["events"]
    doubts = next(value for key, value in event.items() if key not in {"position", "id"})
    named = {item["field"].removeprefix("data."): item["detail"] for item in doubts}
    assert set(named) == {"sequence", "suitable", "expected_end"}
    assert '"perhaps"' in named["suitable"]
    assert "true or false" in named["suitable"]
    assert await cms.stored() == [(event["id"], "P1")]
    assert await cms.refused() == []


async def test_doubts_are_told_beside_the_faults_of_others(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    doubtful, faulty = cms.moved(data={"suitable": "perhaps"}), cms.moved(time="noon")
    answer = await cms.batch(faulty, doubtful)
    assert list(wrong(answer)) == [0]
    (event,) = answer.json()["accepted"]
    assert (event["position"], event["id"]) == (1, doubtful["id"])
    assert "suitable" in str(event)


async def test_one_field_has_one_name_whether_it_is_a_fault_or_a_doubt(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    faulty = wrong(await cms.one(cms.moved(data={"code": [5]})))[0]
    (event,) = (await cms.one(cms.moved(data={"suitable": [5]}))).json()["events"]
    doubts = next(value for key, value in event.items() if key not in {"position", "id"})
    assert (fields(faulty), [item["field"] for item in doubts]) == (
        ["data.code"],
        ["data.suitable"],
    )


async def test_a_code_that_is_kept_is_not_said_to_be_left_out(shared_app: RunningApp) -> None:
    """The contract: a code outside the national lists is kept, and questioned."""
    cms = await publisher(shared_app)
    event = cms.moved("P1", type="sightline.care.started.v1")
    event["data"] = {"care_id": "c1", "date": "2026-10-01", "legal_status": "Q9"}
    answer = await cms.one(event)
    (event,) = answer.json()["events"]
    assert "legal_status" in str(event)
    assert "left_out" not in event


async def test_the_accepted_part_of_a_batch_counts_and_mended_events_follow(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    good, faulty = cms.moved("P1"), cms.moved("P2", time="noon")
    wrong(await cms.batch(good, faulty))
    assert await cms.stored() == [(good["id"], "P1")]
    mended = faulty | {"time": "2026-10-01T12:00:00Z"}
    taken(await cms.batch(good, mended))
    assert sorted(await cms.stored()) == sorted([(good["id"], "P1"), (mended["id"], "P2")])


async def test_the_same_batch_three_times_is_one_set_of_events(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    batch: list[Any] = [cms.moved(f"P{number}") for number in range(5)]
    batch += [cms.moved("F1", time="noon"), cms.moved("F2", subject=...), cms.moved(source="/o")]
    answers = [await cms.batch(*batch) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert [id_ for id_, _ in await cms.stored()] == ids(batch[:5])
    assert sorted(item.event_id for item in await cms.refused()) == ids(batch[5:7])


VALUES: list[Any] = [
    None, True, 0, -1, 2**63, 2**64, 1e300, 0.5, "", " ", "x" * 401, "\x00", "a\x00b", "\u202e",
    "\ufeff", "💩", [], {}, [[[]]], {"a": {"b": None}}, "2026-02-30", "2026-10-01", "9999-12-31",
    "0001-01-01", "2026-10-01T12:00:00Z", "1.0", ..., "sightline.person.updated.v1",
    "sightline.event.retracted.v1", "sightline.snapshot.completed.v1", "application/json",
]  # fmt: skip


async def test_the_answer_says_what_the_tracker_does_whatever_is_wrong(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    chance = random.Random(11)
    batch = []
    for _ in range(900):
        event = cms.moved("P1")
        for _ in range(chance.choice((1, 1, 2, 3))):
            where = chance.choice((event, event["data"])) if type(event["data"]) is dict else event
            field = chance.choice([*where, "sequence", "nonsense"])
            where[field] = chance.choice(VALUES)
        if isinstance(event["data"], dict):
            event["data"] = without_omitted(event["data"])
        batch.append(without_omitted(event))
    answer = await cms.batch(*batch)
    problem = assert_problem(answer, 422)
    accepted = {item["position"] for item in problem["accepted"]}
    kept = {item["position"] for item in problem["errors"] if item["kept"]}
    nowhere = {item["position"] for item in problem["errors"] if not item["kept"]}
    assert sorted(accepted | kept | nowhere) == list(range(900))
    assert len(accepted) + len(kept) + len(nowhere) == 900
    assert nowhere == {n for n, event in enumerate(batch) if event.get("source") != cms.source}
    stored = {id_ for id_, _ in await cms.stored()}
    assert stored == {batch[position]["id"] for position in accepted}
    refused = {item.raw: item.reason for item in await cms.refused()}
    said_of = {
        " ".join(fault["detail"] for fault in item["faults"])
        for item in problem["errors"]
        if item["kept"]
    }
    assert set(refused.values()) == said_of
    assert len(accepted) > 100
    assert len(kept) > 100
    for position, event in enumerate(batch):
        if event.get("source") != cms.source and isinstance(event.get("id"), str):
            lost = event["id"].encode()
            assert position in nowhere
            assert len(lost) != 32 or not any(lost in raw for raw in refused)


async def test_answers_hold_no_more_than_is_needed_of_a_wrong_value(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    long = "x" * 10_000
    answer = await cms.batch(
        cms.moved(source=long), cms.moved(time=long), cms.moved(specversion=[long] * 3),
        cms.moved(source={long: long}), cms.moved(type=long), cms.moved(data={"code": long}),
    )  # fmt: skip
    assert len(wrong(answer)) == 6
    assert len(answer.content) < 6_000


async def test_a_retraction_takes_back_what_its_own_source_sent_and_nothing_else(
    shared_app: RunningApp,
) -> None:
    cms, other = await publisher(shared_app), await publisher(shared_app)
    mine, theirs = f"M{uuid4().hex}", f"T{uuid4().hex}"
    taken(await cms.one(cms.moved(mine, id="row-1")))
    taken(await other.one(other.moved(theirs, id="row-1")))
    adviser = await shared_app.browser(ANALYST)

    async def seen(person: str) -> int:
        await cms.stored()
        return len((await adviser.get(f"/api/cases/{person}")).json().get("statuses", []))

    assert (await seen(mine) > 0, await seen(theirs) > 0) == (True, True)
    taken(await cms.one(retraction(cms.source, mine)))
    wrong(await cms.one(retraction(other.source, theirs)), 403)
    assert (await seen(mine), await seen(theirs) > 0) == (0, True)
    taken(await other.one(retraction(other.source, theirs)))
    assert (await seen(mine), await seen(theirs)) == (0, 0)


def retraction(source: str, person: str) -> dict[str, Any]:
    return {
        "specversion": "1.0", "id": uuid4().hex, "source": source, "subject": person,
        "type": "sightline.event.retracted.v1", "time": "2026-11-01T12:00:00Z",
        "data": {"id": "row-1"},
    }  # fmt: skip

"""Evidence for an inspection: what was known when, who was told, what was done, and its hashes."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

from services.evidence.pack import faults_of_pack
from services.store import audit_log
from services.store.audit_log import Wanted
from tests.system.web.running_app import (
    ADVISER,
    DIRECTOR,
    LEAD_MEMBER,
    OTHER_ADVISER,
    TODAY,
    Browser,
    RunningApp,
    care_leaver,
    event,
    text_of,
)

SPAN = "from=2026-11-01&to=2026-11-20"


async def stored(served: RunningApp) -> None:
    """Suitable as was known on 3 November; on the 12th it is told that it was not since the 5th."""
    for day, events in (
        (3, care_leaver("L1", code="U", suitable=True)),
        (12, [event("accommodation.changed", "L1", TODAY - timedelta(days=15),
                    accommodation_id="a1", suitable=False, unsuitable_reason="unsafe")]),
        (15, [event("action.agreed", "L1", TODAY - timedelta(days=5), action_id="t", owner="w1",
                    kind="move", concern="unsuitable_accommodation", what="move out",
                    due="2026-11-18")]),
        (19, [event("accommodation.changed", "L1", TODAY - timedelta(days=1),
                    accommodation_id="a1", suitable=True, unsuitable_reason=None)]),
    ):  # fmt: skip
        served.now = datetime(2026, 11, day, 10, tzinfo=UTC)
        await served.receive(events)
    served.now = datetime(2026, 11, 20, 10, tzinfo=UTC)


async def pack(browser: Browser, query: str) -> tuple[bytes, dict[str, bytes]]:
    answer = await browser.get(f"/evidence.zip?{query}", timeout=120)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return answer.content, {name: packed.read(name) for name in packed.namelist()}


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))[1:]


async def test_colours_are_those_that_were_known_on_each_day(served: RunningApp) -> None:
    await stored(served)
    _, files = await pack(await served.browser(DIRECTOR), f"person=L1&{SPAN}")
    known = [(row[3], row[4]) for row in rows(files["data/colours-as-known.csv"])
             if row[2] == "unsuitable_accommodation"]  # fmt: skip
    assert [item for item in known if item[0] > "2026-11-03"] == [
        ("2026-11-12", "red"),  # not from the 5th on: nobody knew
        ("2026-11-19", "green"),
    ]
    (red,) = [row for row in rows(files["data/reds.csv"]) if row[1] == "unsuitable_accommodation"]
    assert red[2:] == ["2026-11-05", "2026-11-12", "2026-11-19", "2026-11-19", "14"]
    (action,) = rows(files["data/actions.csv"])
    assert (action[2], action[3], action[9]) == ("Move", "move out", "open")
    html = files["evidence.html"].decode()
    assert "Colours as known then" in html
    assert "Adviser One (w1)" in html
    assert files["evidence.pdf"].startswith(b"%PDF")


async def test_the_manifest_has_every_hash_and_shows_what_was_changed(served: RunningApp) -> None:
    await stored(served)
    content, files = await pack(await served.browser(DIRECTOR), f"person=L1&{SPAN}")
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    assert (manifest["made_by"], manifest["first"], manifest["cases"]) == ("d1", "2026-11-01", 1)
    digest, faults = faults_of_pack(content)
    assert faults == []
    async with served.runtime.database.reading() as connection:
        entries, _ = await audit_log.entries(connection, Wanted(act="made evidence"), most=9)
    assert digest in entries[0].detail
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as packed:
        for name, inside in files.items():
            if name != "data/told.csv":
                packed.writestr(name, inside.replace(b"red", b"green"))
        packed.writestr("data/more.csv", "x")
    _, found = faults_of_pack(changed.getvalue())
    assert "data/told.csv is gone." in found
    assert "data/more.csv was put in." in found
    assert "data/reds.csv was changed." in found or "data/history.csv was changed." in found


async def test_pseudonyms_stand_wherever_a_reference_does(served: RunningApp) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    _, files = await pack(director, f"person=L1&{SPAN}&pseudonyms=yes")
    for name, content in files.items():
        if not name.endswith((".pdf", ".json")):
            assert b"L1" not in content, name
    assert "Case P0001" in files["evidence.html"].decode()


async def test_it_is_of_those_alone_who_are_theirs_and_of_ten_at_most(served: RunningApp) -> None:
    await served.receive(
        care_leaver("L1"), care_leaver("L2", worker="w2"),
        *[care_leaver(f"M{n:02}", worker="w9") for n in range(10)],
    )  # fmt: skip
    _, files = await pack(await served.browser(ADVISER), f"colour=red&{SPAN}")
    assert {row[0] for row in rows(files["data/reds.csv"])} == {"L1"}
    _, files = await pack(await served.browser(OTHER_ADVISER), f"colour=red&{SPAN}")
    assert {row[0] for row in rows(files["data/reds.csv"])} == {"L2"}
    director = await served.browser(DIRECTOR)
    many = await director.get(f"/evidence.zip?colour=red&{SPAN}")
    assert many.status_code == 422
    assert "sightline evidence make" in text_of(many)
    assert "more than 10 young people" in text_of(await director.get("/evidence?colour=red"))
    lead = await served.browser(LEAD_MEMBER)
    assert (await lead.get(f"/evidence.zip?{SPAN}")).status_code == 404


async def test_days_that_cannot_be_meant_are_said(served: RunningApp) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    for query, fault in (
        ("from=2026-11-20&to=2026-11-01", "The last day must be the first or later"),
        ("from=2020-11-20&to=2026-11-01", "within a year"),
        ("person=L1&from=2026-11-20&to=2026-11-21", "today or earlier"),
        ("colour=purple&from=2026-11-01&to=2026-11-20", "is not known"),
        ("from=2026-11-20", "must both be given"),
        ("from=x&to=2026-11-20", "no real date"),
        ("case=nobody&from=2026-11-01&to=2026-11-20", "No case that is yours"),
    ):
        answer = await director.get(f"/evidence.zip?{query}")
        assert answer.status_code == 422, query
        assert fault in text_of(answer), query


async def test_the_overview_leads_to_how_it_was_on_the_baseline_day(served: RunningApp) -> None:
    await stored(served)
    page = await (await served.browser(DIRECTOR)).get("/")
    baseline = served.state.policy.baseline
    assert (f'href="/?as_at={baseline}"' in page.text) is (baseline is not None)


async def test_a_corrected_event_is_known_from_the_day_it_was_corrected(
    served: RunningApp,
) -> None:
    raw = care_leaver("L1", code="U", suitable=False)
    served.now = datetime(2026, 11, 3, 10, tzinfo=UTC)
    await served.receive(raw)
    corrected = {**raw[1], "data": {**raw[1]["data"], "suitable": True}}
    corrected["time"] = "2026-11-10T09:00:00Z"
    served.now = datetime(2026, 11, 10, 10, tzinfo=UTC)
    await served.receive([corrected])
    served.now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    _, files = await pack(await served.browser(DIRECTOR), f"person=L1&{SPAN}")
    known = [(row[3], row[4]) for row in rows(files["data/colours-as-known.csv"])
             if row[2] == "unsuitable_accommodation"]  # fmt: skip
    assert known == [("2026-11-03", "red"), ("2026-11-10", "green")]


async def test_what_was_known_of_somebody_by_another_reference_is_shown(
    served: RunningApp,
) -> None:
    served.now = datetime(2026, 11, 3, 10, tzinfo=UTC)
    await served.receive(care_leaver("OLD", suitable=False))
    served.now = datetime(2026, 11, 10, 10, tzinfo=UTC)
    await served.receive(care_leaver("L1", code="U", suitable=True))
    served.now = datetime(2026, 11, 12, 10, tzinfo=UTC)
    await served.receive(event("person.merged", "OLD", TODAY - timedelta(days=8), into="L1"))
    served.now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    director = await served.browser(DIRECTOR)
    _, files = await pack(director, f"person=OLD&{SPAN}")
    old = [(row[3], row[4]) for row in rows(files["data/colours-as-known.csv"])
           if row[1:3] == ["OLD", "unsuitable_accommodation"]]  # fmt: skip
    assert old == [("2026-11-03", "red"), ("2026-11-12", "not known")]
    _, hidden = await pack(director, f"person=L1&{SPAN}&pseudonyms=yes")
    for name, content in hidden.items():
        if not name.endswith(".pdf"):
            assert b"OLD" not in content, name
            assert b"L1" not in content, name


async def test_one_case_is_that_case_alone(served: RunningApp) -> None:
    await served.receive(care_leaver("L1"), care_leaver("L12"))
    director = await served.browser(DIRECTOR)
    _, files = await pack(director, f"person=L1&{SPAN}")
    assert json.loads(files["manifest.json"])["cases"] == 1
    assert b"L12" not in files["evidence.html"]
    asked = text_of(await director.get("/evidence?person=L1"))
    assert "Back to case L1" in asked
    foreign = await (await served.browser(OTHER_ADVISER)).get(f"/evidence.zip?person=L1&{SPAN}")
    assert foreign.status_code == 404

"""The preview of the annual return on its pages and in its files."""

import csv
from datetime import timedelta
from io import StringIO
from urllib.parse import unquote

from tests.system.web.running_app import (
    ADVISER,
    DIRECTOR,
    TODAY,
    Browser,
    RunningApp,
    event,
    text_of,
)

LONG_AGO = TODAY - timedelta(days=900)


def leaver(
    person: str, born: str, code: str, worker: str, **facts: object
) -> list[dict[str, object]]:
    known = {
        "date_of_birth": born,
        "eligibility": "former_relevant",
        "in_touch": "yes",
        "activity": "F5",
        "team": "north",
        "service": "leaving",
        "personal_adviser": worker,
    }
    return [
        event("person.updated", person, LONG_AGO, **known),
        event("accommodation.started", person, LONG_AGO, accommodation_id=f"{person}-a",
              code=code, **facts),
    ]  # fmt: skip


async def stored(served: RunningApp) -> None:
    await served.receive(
        leaver("L19", "2007-06-10", "U", "w1", suitable=True),
        leaver("L20", "2006-06-10", "W", "w1", suitable=False),
        leaver("L21", "2005-06-10", "U", "w2"),
        leaver("L22", "2004-06-10", "G", "w2", suitable=True),
        event("person.updated", "C1", LONG_AGO, date_of_birth="2012-05-01", team="north",
              service="leaving", social_worker="w1"),
        event("care.started", "C1", LONG_AGO, care_id="c", legal_status="C2"),
        event("placement.started", "C1", LONG_AGO, placement_id="p", code="K2", provider="PR4"),
    )  # fmt: skip


async def rows(browser: Browser, path: str) -> list[dict[str, str]]:
    answer = await browser.get(path)
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


async def test_care_leavers_are_counted_by_age_and_each_number_opens_its_rows(
    served: RunningApp,
) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    page = await director.get("/return")
    text = text_of(page)
    assert "Annual return 2026/27, as it would be sent on 20 November 2026" in text
    assert "19-21 1" in text
    assert "19-21 1, suitable" not in text
    assert "unsuitable, per cent 17-18 0 0 0 0 0 0 none" in text
    assert "33.4" in text  # shown as no better than it is
    assert "/return?ages=19-21&amp;counted=unsuitable" in page.text
    listed = text_of(await director.get("/return?ages=19-21&counted=unsuitable"))
    assert "1 row, aged 19-21, counted as unsuitable" in listed
    assert "L20 20 10 June 2026 YES F5 W2" in listed
    assert "L19" not in listed
    failing = text_of(await director.get("/return?rule=missing&field=ACCOM"))
    assert "L21" in failing
    assert "ACCOM: U: whether it is suitable is not judged." in failing
    assert "L20" not in failing


async def test_the_files_are_those_of_the_return(served: RunningApp) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    assert await rows(director, "/return/oc3.csv") == [
        {"CHILD": "L19", "DOB": "10/06/2007", "IN_TOUCH": "YES", "ACTIV": "F5", "ACCOM": "U1"},
        {"CHILD": "L20", "DOB": "10/06/2006", "IN_TOUCH": "YES", "ACTIV": "F5", "ACCOM": "W2"},
        {"CHILD": "L21", "DOB": "10/06/2005", "IN_TOUCH": "YES", "ACTIV": "F5", "ACCOM": ""},
        {"CHILD": "L22", "DOB": "10/06/2004", "IN_TOUCH": "YES", "ACTIV": "F5", "ACCOM": "G1"},
    ]
    (episode,) = await rows(director, "/return/episodes.csv")
    assert (episode["CHILD"], episode["RNE"], episode["LS"]) == ("C1", "S", "C2")
    assert (episode["PLACE"], episode["PLACE_PROVIDER"], episode["URN"]) == ("K2", "PR4", "")
    wrong = await rows(director, "/return/faults.csv")
    assert ("C1", "218") in {(row["Case"], row["Rule"]) for row in wrong}
    assert {row["Year or DECOM"] for row in wrong if row["Case"] == "L21"} == {"2026/27"}
    assert {row["Year or DECOM"] for row in wrong if row["Case"] == "C1"} == {
        f"{LONG_AGO:%d/%m/%Y}"
    }


async def test_before_april_the_year_that_goes_on_is_offered_with_two_before(
    served: RunningApp,
) -> None:
    await stored(served)
    served.now += timedelta(days=90)
    page = await (await served.browser(DIRECTOR)).get("/return")
    assert "Annual return 2026/27" in text_of(page)
    assert "year=2024/25" in unquote(page.text)
    assert "year=2027/28" not in unquote(page.text)


async def test_a_row_speaks_of_the_birthday_once_it_is_past_and_until_then_of_the_day(
    served: RunningApp,
) -> None:
    await served.receive(
        leaver("L19", "2007-06-10", "U", "w1", suitable=True),
        leaver("L18", "2008-12-10", "U", "w1", suitable=True),
        leaver("L23", "2003-06-10", "U", "w1", suitable=True),
    )
    director = await served.browser(DIRECTOR)
    page = text_of(await director.get("/return"))
    assert "L19 19 10 June 2026" in page
    assert "L18 18 20 November 2026" in page
    assert "L23 23 20 November 2026" in page
    last_year = text_of(await director.get("/return?year=2025/26"))
    assert "L23 22 31 March 2026" in last_year


async def test_placements_say_what_would_fail(served: RunningApp) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    page = text_of(await director.get("/return/placements"))
    assert "K2 a children's home 1" in page
    assert "218 URN K2 needs the URN of its provider" in page
    assert "0 rows" in text_of(await director.get("/return/placements?code=U6"))


async def test_an_adviser_sees_their_own_rows_and_counts(served: RunningApp) -> None:
    await stored(served)
    adviser = await served.browser(ADVISER)
    assert {row["CHILD"] for row in await rows(adviser, "/return/oc3.csv")} == {"L19", "L20"}
    wrong = await rows(adviser, "/return/faults.csv")
    assert {row["Case"] for row in wrong} == {"C1"}
    assert "50.0" in text_of(await adviser.get("/return"))


async def test_another_year_and_day_are_asked_for_and_what_is_no_year_is_said(
    served: RunningApp,
) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    before = await rows(director, "/return/oc3.csv?year=2025/26")
    assert {row["CHILD"] for row in before} == {"L19", "L20", "L21", "L22"}
    wrong = text_of(await director.get("/return?year=soon"))
    assert "A collection year is written 2025/26; 'soon' is none" in wrong
    assert (await director.get("/return/oc3.csv?year=soon")).status_code == 422
    assert (await director.get("/return/oc3.csv?as_at=x")).status_code == 422

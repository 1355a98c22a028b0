"""The analysis: its numbers are those of the pages, its files open, and each week's is kept."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from schemas.policy import Analysis, Policy
from schemas.status import Concern
from services.analysis.document import html_of
from services.analysis.gather import AnalysisInputs, analyse_all
from services.digests.send import make_week, send_due
from services.digests.week import week_of
from services.digests.weekly_analysis import make_weekly_analysis
from services.oversight.derived_by import mark_derived, mark_underived
from services.store import underived
from tests.store.oversight.council import restrict
from tests.system.web.running_app import (
    ADVISER,
    DIRECTOR,
    HEAD,
    TODAY,
    Browser,
    RunningApp,
    care_leaver,
    event,
    in_unregistered_placement,
    text_of,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def stored(served: RunningApp) -> None:
    late = TODAY - timedelta(days=9)
    await served.receive(
        care_leaver("L1"),
        care_leaver("L2", worker="w2"),
        care_leaver("L3", code="B", suitable=True),
        in_unregistered_placement("C1"),
        event("action.agreed", "L1", late, action_id="a", owner="w1", what="x", kind="move",
              concern="unsuitable_accommodation", due="2026-11-15"),
    )  # fmt: skip


async def book_of(browser: Browser, path: str = "/analysis.xlsx") -> Workbook:
    answer = await browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == XLSX
    return load_workbook(BytesIO(answer.content))


def rows(book: Workbook, sheet: str) -> list[dict[str, object]]:
    first, *others = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, first), row, strict=True)) for row in others]


async def test_its_numbers_are_those_of_the_interface_and_the_pages(served: RunningApp) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    book = await book_of(director)
    summary = (await director.get("/api/summary")).json()
    by_concern = {
        Concern(item["concern"]).heading: item for item in summary["concerns"] if item["tracked"]
    }
    found = rows(book, "Summary")
    assert len(found) == len(by_concern)
    for row in found:
        item = by_concern[str(row["Concern"])]
        counts = item["now"]["red"], item["now"]["amber"], item["now"]["green"]
        assert (row["Red"], row["Amber"], row["Green"]) == counts
        assert (row["Unlawful"], row["Late action"]) == (item["unlawful"], item["late_actions"])
    trend = rows(book, "Reds by week")
    assert len(trend) == len(summary["trend"]) == 26
    assert trend[-1]["Unsuitable accommodation"] == 2
    measures = (await director.get("/api/measures")).json()["items"]
    told = {row["Measure"]: row["Value"] for row in rows(book, "Measures")}
    assert told == pytest.approx({item["name"]: item["value"] for item in measures})
    actions = (await director.get("/api/actions")).json()
    assert [item["standing"] for item in actions["items"]] == ["late"]
    assert actions["items"][0]["person"] == "L1"
    weeks = [(row["Due"], row["Done in time"]) for row in rows(book, "Actions in time")]
    assert weeks == [(week["due"], week["in_time"]) for week in actions["weeks"]]
    (late,) = rows(book, "Actions by owner")
    assert late["Late and open"] == 1


async def test_charts_are_excel_s_own_and_every_sheet_has_its_definitions(
    served: RunningApp,
) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    content = (await director.get("/analysis.xlsx")).content
    names = ZipFile(BytesIO(content)).namelist()
    assert len([name for name in names if name.startswith("xl/charts/chart")]) >= 5
    book = load_workbook(BytesIO(content))
    defined = {row["Sheet"] for row in rows(book, "Definitions")}
    assert set(book.sheetnames) - defined == {"About", "Definitions"}
    assert defined <= set(book.sheetnames)


async def test_the_document_can_be_read_and_has_no_case_reference(served: RunningApp) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    answer = await director.get("/analysis.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert "sightline-analysis-2026-11-20.pdf" in answer.headers["content-disposition"]
    book = await book_of(director)
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    reference = re.compile(r"\b(?:L[123]|C1)\b")
    assert [cell for cell in cells if reference.search(str(cell))] == []
    state = served.state
    inputs = AnalysisInputs(
        state.rules, state.mail_context.measures, state.mail_context.comparators
    )
    async with state.database.reading() as connection:
        found = await analyse_all(connection, TODAY, inputs, state.clock())
    html = html_of(found, str, str)
    assert "Unsuitable accommodation" in html
    assert not reference.search(html)


async def test_another_day_and_a_reader_s_own_part(served: RunningApp) -> None:
    await stored(served)
    adviser = await served.browser(ADVISER)
    own = {row["Concern"]: row["Red"] for row in rows(await book_of(adviser), "Summary")}
    assert own["Unsuitable accommodation"] == 1
    director = await served.browser(DIRECTOR)
    before = await book_of(director, "/analysis.xlsx?as_at=2020-01-01")
    assert {row["Red"] for row in rows(before, "Summary")} == {0}
    assert (await director.get("/analysis.xlsx?as_at=x")).status_code == 422
    assert "of the cases that are yours" not in text_of(await director.get("/analysis"))
    assert "Measures by week" in (await book_of(director)).sheetnames
    assert "Measures by week" not in (await book_of(adviser)).sheetnames
    assert "of the cases that are yours" in text_of(await adviser.get("/analysis"))


async def test_it_waits_until_every_status_is_derived(served: RunningApp) -> None:
    await stored(served)
    policy = Policy(council="Test Council", analysis=Analysis(recipients=("director",)))
    context = replace(served.state.mail_context, policy=policy)
    week = week_of(TODAY, policy.digest)
    assert await make_week(context, week)
    async with served.state.database.writing() as connection:
        await mark_underived(connection, policy)
    assert not await make_weekly_analysis(context, week)
    async with served.state.database.writing() as connection:
        await mark_derived(connection, policy, served.now)
        await underived.mark(connection, ["L1"], served.now)
    assert await make_weekly_analysis(context, week)
    await send_due(context)
    (sent,) = [mail for mail in served.outbox.sent if "analysis" in str(mail["Subject"])]
    mail = message_from_bytes(bytes(sent), policy=default)
    assert {part.get_filename() for part in mail.iter_attachments()} == {
        "sightline-analysis-2026-11-20-incomplete.xlsx",
        "sightline-analysis-2026-11-20-incomplete.pdf",
    }
    body = mail.get_body(("plain",))
    assert body is not None
    assert (
        "Incomplete: The statuses of 1 young person are still to be derived" in body.get_content()
    )
    page = text_of(await (await served.browser(DIRECTOR)).get("/analysis"))
    assert "20 November 2026, incomplete" in page


async def test_each_week_s_is_kept_as_it_was_and_mailed_to_whom_the_policy_names(
    served: RunningApp,
) -> None:
    await stored(served)
    policy = Policy(council="Test Council", analysis=Analysis(recipients=("director", "head")))
    context = replace(served.state.mail_context, policy=policy)
    week = week_of(TODAY, policy.digest)
    assert not await make_weekly_analysis(context, week)  # its report comes first
    assert await make_week(context, week)
    await restrict(served.state.database, "L2", "somebody")
    assert await make_weekly_analysis(context, week)
    assert not await make_weekly_analysis(context, week)
    await send_due(context)
    sent = [
        message_from_bytes(bytes(mail), policy=default)
        for mail in served.outbox.sent
        if "analysis" in str(mail["Subject"])
    ]
    assert [mail["To"] for mail in sent] == ["director@council.example"]  # a head sees a part
    files = {part.get_filename(): part.get_content() for part in sent[0].iter_attachments()}
    assert set(files) == {"sightline-analysis-2026-11-20.xlsx", "sightline-analysis-2026-11-20.pdf"}
    book = load_workbook(BytesIO(files["sightline-analysis-2026-11-20.xlsx"]))
    reds = {row["Concern"]: row["Red"] for row in rows(book, "Summary")}
    assert reds["Unsuitable accommodation"] == 1
    await served.receive(care_leaver("L9"))
    director = await served.browser(DIRECTOR)
    page = await director.get("/analysis")
    assert f"/analysis/{week.name}.xlsx" in page.text
    kept = await book_of(director, f"/analysis/{week.name}.xlsx")
    assert rows(kept, "Summary") == rows(book, "Summary")
    assert (await director.get(f"/analysis/{week.name}.pdf")).content.startswith(b"%PDF-")
    assert (await director.get("/analysis/2020-W01.pdf")).status_code == 404
    head = await served.browser(HEAD)
    assert (await head.get(f"/analysis/{week.name}.xlsx")).status_code == 404
    assert f"/analysis/{week.name}" not in (await head.get("/analysis")).text

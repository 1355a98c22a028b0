"""One number has one value: overview, list, files, API and `status` show the same counts."""

import asyncio
import csv
import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from faststream.nats import NatsBroker
from openpyxl import load_workbook

from schemas.recipients import Recipient
from schemas.status import Concern
from services.assessment.escalation import STEPS
from services.digests.compose import compose
from services.digests.gather import gather
from services.digests.links import Links
from services.digests.render import render_html
from services.digests.report import make_report
from services.digests.week import week_of
from services.store import weekly_reports
from services.store.database import Database
from services.store.scope import EVERYTHING
from services.store.weekly_reports import Report
from tests.share import SHARE, by_turn
from tests.store.oversight.council import NOW, restrict_some, store_council
from tests.store.oversight.line_count import Figures, Stored, stored
from tests.store.oversight.readers import READERS, RECIPIENTS, ReaderOf
from tests.system.commands.forked import run_sightline
from tests.system.web.running_app import Browser, running_app, text_of
from tests.unit.assessment.made_council import POLICY, TODAY

pytestmark = pytest.mark.slow

DAYS = (None, TODAY - timedelta(days=37), TODAY + timedelta(days=23))
TRACKED = tuple(concern for concern in Concern if POLICY.tracked.get(concern, True))
HEADING = {concern.heading: concern.value for concern in Concern}
COLOURS = ("red", "amber", "green")
ASKED = {
    "unlawful": "unlawful=yes",
    "rated down": "rated_down=yes",
    "red without action": "colour=red&no_plan=yes",
    "red without owner": "colour=red&unowned=yes",
    "without owner": "unowned=yes",
    "late action": "late=yes",
    "review due": "review=yes",
    **{f"awaits {step}": f"awaits={step}" for step in STEPS},
    **{colour: f"colour={colour}" for colour in COLOURS},
}
_FIGURE = re.compile(r'<a class="govuk-link sl-figure" href="(/cases\?[^"]*)"[^>]*>\s*([\d,]+)')
_NUMBER = re.compile(
    r'<a[^>]*href="((?:https?://[^/"]*)?/(?:cases|reported/[^?"]*)\?[^"]*)"[^>]*>\s*([\d,]+)'
)
_TOTAL = re.compile(r"<(?:h2|p)[^>]*>\s*([\d,]+) cases?\b")


def totals(figures: Figures) -> Counter[str]:
    """How many of each measure, whatever the concern."""
    found: Counter[str] = Counter()
    for (_, measure), number in figures.items():
        found[measure] += number
    return found


def colours(figures: Figures) -> Figures:
    return Counter({key: number for key, number in figures.items() if key[1] in COLOURS})


async def overview(browser: Browser, query: str) -> tuple[Figures, str]:
    """The colours by concern as the overview shows them, and its text."""
    page = await browser.get(f"/?{query}")
    assert page.status_code == 200
    found: Figures = Counter()
    for href, number in _FIGURE.findall(page.text):
        asked = parse_qs(urlsplit(unescape(href)).query)
        if {"concern", "colour"} == set(asked) - {"as_at"}:
            found[asked["concern"][0], asked["colour"][0]] += int(number.replace(",", ""))
    return +found, text_of(page)


async def listed(browser: Browser, query: str) -> int:
    """How many cases the list gives."""
    page = await browser.get(f"/cases?{query}")
    total = _TOTAL.search(page.text)
    assert page.status_code == 200
    assert total is not None, text_of(page)[:400]
    return int(total[1].replace(",", ""))


async def in_csv(browser: Browser, query: str) -> Figures:
    answer = await browser.get(f"/cases.csv?{query}")
    rows = csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))
    return Counter((HEADING[row["Concern"]], row["Colour"].lower()) for row in rows)


async def in_xlsx(browser: Browser, query: str) -> Figures:
    answer = await browser.get(f"/cases.xlsx?{query}")
    sheet = load_workbook(BytesIO(answer.content), read_only=True).worksheets[0]
    rows = sheet.iter_rows(min_row=2, values_only=True)
    return Counter((HEADING[str(row[1])], str(row[2]).lower()) for row in rows if row[0])


async def in_statuses(browser: Browser, query: str) -> Figures:
    found: Figures = Counter()
    cursor = ""
    while True:
        answer = (await browser.get(f"/api/statuses?limit=70&cursor={cursor}&{query}")).json()
        found.update((item["concern"], item["rag"]) for item in answer["items"])
        if answer["next"] is None:
            return found
        cursor = answer["next"]


async def by_status(database: Database, day: date) -> Figures:
    """What `sightline status --json` prints."""
    done = await asyncio.to_thread(
        run_sightline, "status", "--as-of", day.isoformat(), "--json",
        env={**os.environ, "SIGHTLINE_DATABASE_URL": database.url}, cwd=Path.cwd(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return Counter((row["concern"], row["rag"]) for row in rows)


async def compare(reader: ReaderOf, browser: Browser, whole: Stored, asked: date | None) -> None:
    day = asked or TODAY
    here = f"{reader.name}, {day}"
    query = f"as_at={asked.isoformat()}" if asked else ""
    every = whole.figures(reader.scope, TODAY, day)
    expected = Counter({key: number for key, number in every.items() if key[0] in TRACKED})
    counts = totals(expected)

    shown, text = await overview(browser, query)
    assert shown == colours(expected), here
    for words, measure in (
        (r"Red without an open action: ([\d,]+)", "red without action"),
        (r"Late actions: ([\d,]+)", "late action"),
        (r"Reviews due by [^:]+: ([\d,]+)", "review due"),
        (r"Escalated to you: ([\d,]+)", f"awaits {reader.signed_in[1][0]}"),
    ):
        found = re.search(words, text)
        number_shown = int(found[1].replace(",", "")) if found else 0
        assert number_shown == counts[measure], (here, measure)

    for measure, wanted in ASKED.items():
        number = await listed(browser, f"{wanted}&{query}")
        assert number == counts[measure], (here, measure)
        assert (await in_csv(browser, f"{wanted}&{query}")).total() == number, (here, measure)
    assert await in_csv(browser, query) == colours(expected), here
    assert await in_xlsx(browser, query) == colours(expected), here
    assert await in_statuses(browser, query) == colours(every), here

    summary = (await browser.get(f"/api/summary?{query}")).json()
    named: Figures = Counter()
    for item in summary["concerns"]:
        if item["tracked"]:
            figures = {"unlawful": item["unlawful"], "rated down": item["rated_down"],
                       "red without action": item["red_without_action"],
                       "late action": item["late_actions"],
                       "without owner": item["without_owner"], **item["now"]}  # fmt: skip
            named.update({(item["concern"], name): number for name, number in figures.items()})
        else:
            assert item["now"] is item["unlawful"] is item["late_actions"] is None, here
    assert +named == Counter({key: n for key, n in expected.items() if key in named}), here
    owners: Figures = Counter()
    for item in summary["owners"]:
        owners.update({(item["concern"], name): number for name, number in item["now"].items()})
    assert +owners == colours(expected), here
    assert sum(summary["trend"][-1]["red"].values()) == counts["red"], here


def _is_skipped(query: Mapping[str, list[str]]) -> bool:
    """Of the half year of the trend, most weeks: a page has a hundred of these numbers."""
    weeks_ago, days = divmod((TODAY - date.fromisoformat(query["as_at"][0])).days, 7)
    return {"concern", "colour", "as_at"} == set(query) and weeks_ago % 8 > 0 and days in (0, 3)


async def numbers_open_their_lists(browser: Browser, page: str, here: str) -> int:
    """Follow every number of a page or mail that is a link; returns how many there were."""
    found = _NUMBER.findall(page)
    every = 1 if SHARE >= 1 else 3
    for href, number in sorted({*found})[::every]:
        parts = urlsplit(unescape(href))
        if _is_skipped(parse_qs(parts.query)):
            continue
        answer = await browser.get(f"{parts.path}?{parts.query}")
        total = _TOTAL.search(answer.text)
        assert answer.status_code == 200, (here, href)
        shown = int(total[1].replace(",", "")) if total else None
        assert shown == int(number.replace(",", "")), (here, href)
    return len(found)


async def report_of(database: Database, on: date) -> Report:
    """A report of a day, made and kept."""
    week = week_of(on, POLICY.digest)
    async with database.writing() as connection:
        report = await make_report(connection, POLICY, week, week.due_at, [])
        await weekly_reports.keep_report(connection, report)
    return report


async def mail_of(database: Database, report: Report, recipient: Recipient) -> str:
    """One recipient's digest as HTML."""
    links = Links("https://sightline.council.example")
    async with database.reading() as connection:
        inputs = await gather(connection, POLICY, report)
        digest = await compose(connection, inputs, recipient, links, (), NOW)
    return render_html(digest)


async def test_every_number_of_overview_and_digest_opens_the_list_that_it_counts(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> None:
    database = sqlite_store
    await store_council(database)
    await restrict_some(database)
    await report_of(database, TODAY - timedelta(days=7))
    report = await report_of(database, TODAY)
    async with running_app(
        database, broker, tmp_path, POLICY, RECIPIENTS, tracking=False
    ) as served:
        for reader in READERS:
            who, roles = reader.signed_in
            browser = await served.browser((who, roles[0]), *roles[1:])
            page = await browser.get(f"/?as_at={TODAY - timedelta(days=3)}")
            followed = await numbers_open_their_lists(browser, page.text, reader.name)
            assert followed > 10 or reader.scope.is_empty, reader.name
            if reader.recipient:
                mail = await mail_of(database, report, reader.recipient)
                here = f"digest of {reader.name}"
                assert await numbers_open_their_lists(browser, mail, here) > 10, here


async def test_pages_files_api_and_status_count_alike(
    database: Database, broker: NatsBroker, tmp_path: Path
) -> None:
    await store_council(database)
    await restrict_some(database)
    whole = await stored(database)
    for asked in DAYS:
        day = asked or TODAY
        expected = colours(whole.figures(EVERYTHING, TODAY, day))
        assert await by_status(database, day) == expected, day
    async with running_app(
        database, broker, tmp_path, POLICY, RECIPIENTS, tracking=False
    ) as served:
        for place, reader in enumerate(READERS):
            who, roles = reader.signed_in
            browser = await served.browser((who, roles[0]), *roles[1:])
            for asked in by_turn(DAYS, place):
                await compare(reader, browser, whole, asked)

"""One number has one value: overview, list, files, API and `status` show the same counts."""

import asyncio
import csv
import json
import os
import re
import sys
from collections import Counter
from datetime import date, timedelta
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from faststream.nats import NatsBroker
from openpyxl import load_workbook

from schemas.status import Concern
from services.assessment.escalation import STEPS
from services.store.database import Database
from services.store.scope import EVERYTHING
from tests.store.oversight.council import moved_in
from tests.store.oversight.line_count import Figures, Stored, stored
from tests.store.oversight.readers import READERS, RECIPIENTS, ReaderOf
from tests.system.web.running_app import Browser, running_app, text_of
from tests.unit.assessment.made_council import POLICY, TODAY

DAYS = (None, TODAY - timedelta(days=37), TODAY + timedelta(days=23))
TRACKED = tuple(concern for concern in Concern if POLICY.tracked.get(concern, True))
HEADING = {concern.heading: concern.value for concern in Concern}
COLOURS = ("red", "amber", "green")
ASKED = {
    "unlawful": "unlawful=yes",
    "rated down": "rated_down=yes",
    "red without action": "colour=red&no_plan=yes",
    "red without owner": "colour=red&unowned=yes",
    "late action": "late=yes",
    "review due": "review=yes",
    **{f"awaits {step}": f"awaits={step}" for step in STEPS},
    **{colour: f"colour={colour}" for colour in COLOURS},
}
_FIGURE = re.compile(r'<a[^>]*href="(/cases\?[^"]*)"[^>]*>\s*([\d,]+)')
_TOTAL = re.compile(r"<h2[^>]*>\s*([\d,]+) cases?\b")


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
    command = Path(sys.executable).parent / "sightline"
    process = await asyncio.create_subprocess_exec(
        command, "status", "--as-of", day.isoformat(), "--json",
        env={**os.environ, "SIGHTLINE_DATABASE_URL": database.url},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0
    rows = [json.loads(line) for line in out.decode().splitlines()]
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
        figures = {"unlawful": item["unlawful"], "rated down": item["rated_down"],
                   "red without action": item["red_without_action"],
                   "late action": item["late_actions"], **item["now"]}  # fmt: skip
        if item["tracked"]:
            named.update({(item["concern"], name): number for name, number in figures.items()})
    assert +named == Counter({key: n for key, n in expected.items() if key in named}), here
    owners: Figures = Counter()
    for item in summary["owners"]:
        owners.update({(item["concern"], name): number for name, number in item["now"].items()})
    assert +owners == colours(expected), here
    assert sum(summary["trend"][-1]["red"].values()) == counts["red"], here


async def test_pages_files_api_and_status_count_alike(
    database: Database, broker: NatsBroker, tmp_path: Path
) -> None:
    await moved_in(database)
    whole = await stored(database)
    for asked in DAYS:
        day = asked or TODAY
        expected = colours(whole.figures(EVERYTHING, TODAY, day))
        assert await by_status(database, day) == expected, day
    async with running_app(
        database, broker, tmp_path, POLICY, RECIPIENTS, tracking=False
    ) as served:
        for reader in READERS:
            who, roles = reader.signed_in
            browser = await served.browser((who, roles[0]), *roles[1:])
            for asked in DAYS:
                await compare(reader, browser, whole, asked)

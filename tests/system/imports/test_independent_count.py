"""The importer of annual returns, from outside, against a second reading of its specification."""

import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schemas.envelope import Event, read_event
from tests.share import share_of
from tests.system.commands.forked import SIGHTLINE, run_sightline
from tests.system.imports.generated_returns import (
    RETURN_FORMATS,
    AnnualReturn,
    InjectedFault,
    NextReturn,
    ReturnFormat,
    inject,
    make_return,
    next_year,
    write,
)
from tests.system.imports.independent_count import Care, Count, Placement, column_of, count

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SAMPLE = Path(
    os.environ.get("SIGHTLINE_SAMPLE_RETURN") or ROOT.parent / "shared" / "data" / "ssda903"
)
BY_NAME = {return_format.name: return_format for return_format in RETURN_FORMATS}
YEARS = (2022, 2023, 2024, 2025, 2026)


REPEATED = "row left out, as it stands above"
LEFT_OUT = ("row left out", REPEATED)
"""What a report says of a row that is left out."""


class CommandRunner:
    """A folder of its own, and the command run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = os.environ | {
            "SIGHTLINE_DATA_DIR": str(folder / "data"), "SIGHTLINE_PAGES_PORT": "0",
        }  # fmt: skip

    def run(
        self, *args: str, stdin: str = "", codes: tuple[int, ...] = (0, 1, 3)
    ) -> subprocess.CompletedProcess[str]:
        done = run_sightline(*args, env=self.env, cwd=self.folder, stdin=stdin)
        assert done.returncode in codes, (args, done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def dry(self, path: Path, *args: str) -> tuple[int, dict[str, Any], list[dict[str, str]]]:
        """Exit code, summary and report of a dry run."""
        report = self.folder / "report.csv"
        done = self.run(
            "import", "ssda903", str(path), "--dry-run", "--json", "--report", str(report), *args
        )
        faults = []
        if report.exists():
            with report.open(encoding="utf-8-sig", newline="") as lines:
                faults = list(csv.DictReader(lines))
        return done.returncode, json.loads(done.stdout), faults

    def events(self, path: Path, *args: str) -> list[dict[str, Any]]:
        done = self.run("import", "ssda903", str(path), *args)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def statuses(self, events: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
        lines = "\n".join(json.dumps(event) for event in events)
        done = self.run("assess", "-", "--as-of", f"{day}", "--json", stdin=lines, codes=(0,))
        return [json.loads(line) for line in done.stdout.splitlines()]

    @contextmanager
    def serving(self) -> Iterator[None]:
        with (self.folder / "serve.log").open("ab") as log:
            process = subprocess.Popen(
                [SIGHTLINE, "serve", "--role", "tracker"], env=self.env, cwd=self.folder,
                stderr=log, stdout=log,
            )  # fmt: skip
            try:
                deadline = time.monotonic() + 30
                while "serves as" not in (self.folder / "serve.log").read_text():
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
                yield
                process.send_signal(signal.SIGTERM)
                process.wait(30)
            finally:
                process.kill()
                process.wait()


@pytest.fixture
def runner(tmp_path: Path) -> CommandRunner:
    return CommandRunner(tmp_path)


def label(year: int) -> str:
    return AnnualReturn(year).label


def check_counts(summary: dict[str, Any], counts: Count) -> None:
    assert summary["year"] == label(counts.year)
    assert summary["people"] == counts.people
    assert summary["open"] == {
        "care": len(counts.open_care),
        "placement": len(counts.open_placements),
        "accommodation": len(counts.open_accommodation),
    }
    assert {k: v for k, v in summary["care_leavers"].items() if v} == counts.care_leavers
    sure = {name: summary["events"].get(name, 0) for name in counts.events}
    assert sure == counts.events


def check_files(summary: dict[str, Any], counts: Count) -> None:
    rows: Counter[tuple[str, str]] = Counter()
    left_out = 0
    for item in summary["files"]:
        rows[Path(item["file"]).name, item["table"]] += item["rows"]
        left_out += item["left_out"]
    main = {key: n for key, n in counts.rows.items() if key[1] in TABLES}
    assert {key: n for key, n in rows.items() if n and key[1] in TABLES} == main
    assert left_out == sum(summary["faults"].get(word, 0) for word in LEFT_OUT)


TABLES = ("header", "episodes", "reviews", "oc3")


def check_report(summary: dict[str, Any], report: list[dict[str, str]], counts: Count) -> None:
    """Each fault that must be told is; the rows left out are those that must be, and no other."""
    for item in report:
        assert list(item)[:7] == ["file", "line", "column", "value", "right", "became", "child"]
    assert Counter(line["became"] for line in report) == Counter(
        {became: n for became, n in summary["faults"].items() if n}
    )
    places = {(Path(item["file"]).name, int(item["line"])) for item in report}
    cells = {
        (Path(item["file"]).name, int(item["line"]), column_of(item["column"])) for item in report
    }
    for file, line, column in counts.faults:
        if column:
            assert (file, line, column) in cells
        else:
            assert (file, line) in places
    gone = {
        (Path(item["file"]).name, int(item["line"])): item["right"]
        for item in report
        if item["became"] in LEFT_OUT
    }
    assert set(gone) == set(counts.left_out), {
        key: gone.get(key) or counts.left_out[key] for key in set(gone) ^ set(counts.left_out)
    }


def of_care(one: dict[str, Any]) -> tuple[str, str, bool]:
    data = one["data"]
    return one["subject"], data["date"], data.get("date_basis", "exact") == "exact"


def check_events(events: list[dict[str, Any]], counts: Count) -> None:
    """The events say what the second reading says: who, when, what, and how surely."""

    def named(name: str) -> list[dict[str, Any]]:
        return [event for event in events if event["type"] == f"sightline.{name}.v1"]

    def same(found: Any, expected: Any) -> None:
        one, two = Counter(found), Counter(expected)
        assert one == two, {"too much": one - two, "missing": two - one}

    for event in events:
        read = read_event(event)
        assert isinstance(read, Event), (event, read)
        codes = {"code", "legal_status", "provider", "reason"}
        assert not {fault.field for fault in read.doubts} - codes, (event, read.doubts)
    assert len({(event["source"], event["id"]) for event in events}) == len(events)
    same(
        map(of_care, named("care.started")), ((c.child, f"{c.start}", c.exact) for c in counts.care)
    )
    same(
        ((e["subject"], e["data"]["date"], e["data"]["reason"]) for e in named("care.ended")),
        ((c.child, f"{c.end}", c.reason) for c in counts.care if c.end),
    )
    same(
        (
            (e["subject"], e["data"]["date"], e["data"]["legal_status"])
            for e in named("care.changed")
        ),
        ((child, f"{day}", status) for child, day, status in counts.statuses),
    )
    same(
        ((*of_care(e), e["data"]["code"]) for e in named("placement.started")),
        ((p.child, f"{p.start}", p.exact, p.code) for p in counts.placements),
    )
    same(
        ((e["subject"], e["data"]["date"]) for e in named("placement.ended")),
        ((p.child, f"{p.end}") for p in counts.placements if p.end),
    )
    same(
        ((e["subject"], e["data"]["date"]) for e in named("placement.changed")),
        ((child, f"{day}") for child, day, *_ in counts.changes),
    )
    same(
        ((e["subject"], e["data"]["date"]) for e in named("review.completed")),
        ((child, f"{day}") for child, day in counts.reviews),
    )
    suits = {"1": True, "2": False, "": None}
    same(
        (
            (e["subject"], e["data"]["date"], e["data"]["code"], e["data"].get("suitable"))
            for e in named("accommodation.started")
        ),
        ((o.child, f"{o.day}", o.letter, suits[o.digit]) for o in counts.leavers if o.letter),
    )
    facts = facts_of(named("person.updated"))
    for child, born in counts.born.items():
        assert facts[child, "date_of_birth"][-1][1] == f"{born}"
    for leaver in counts.leavers:
        day = f"{leaver.day}"
        assert (day, leaver.eligibility) in facts[leaver.child, "eligibility"]
        if leaver.in_touch:
            assert (day, leaver.in_touch) in facts[leaver.child, "in_touch"]
        if leaver.education:
            assert (day, leaver.education) in facts[leaver.child, "full_time_education"]


def facts_of(events: list[dict[str, Any]]) -> dict[tuple[str, str], list[tuple[str, Any]]]:
    """What person.updated says, by child and field: the day and the value."""
    facts: dict[tuple[str, str], list[tuple[str, Any]]] = {}
    for event in events:
        for key, value in event["data"].items():
            if key != "date":
                facts.setdefault((event["subject"], key), []).append(
                    (event["data"].get("date", ""), value)
                )
    return facts


def check_statuses(statuses: list[dict[str, Any]], counts: Count, day: date) -> int:
    """Under 18 and looked after: UP10 is said where no placement is current, and only there."""
    says = {
        item["person"]: {reason["rule"] for reason in item["reasons"]}
        for item in statuses
        if item["concern"] == "unregulated_placement"
    }
    open_care = {one.child: one for one in counts.open_care}
    places: dict[str, list[str]] = {}
    for one in counts.open_placements:
        places.setdefault(one.child, []).append(one.now[0])
    spells: tuple[Care | Placement, ...] = (*counts.care, *counts.placements)
    unclear = {one.child for one in spells if one.end is None or one.end > day} - set(open_care)
    unclear |= {leaver.child for leaver in counts.leavers if leaver.in_touch == "died"}
    checked = 0
    for child, born in counts.born.items():
        if born.replace(year=born.year + 18, day=min(born.day, 28)) <= day or child in unclear:
            continue
        care, codes = open_care.get(child), places.get(child, [])
        if care is None or care.legal in {"V3", "V4"} or "R5" in codes:
            assert child not in says or (care and "R5" not in codes) or says[child] == {"UP11"}
            continue
        later = any(p.child == child and p.end and p.end > day for p in counts.placements)
        if not later:
            assert ("UP10" in says[child]) == (not codes), (child, codes, says[child])
            checked += 1
    return checked


Run = tuple[int, dict[str, Any], list[dict[str, str]]]


@dataclass
class Trial:
    """A made-up return that was read: what was put in, and what the two readings say."""

    counts: Count
    injected: list[InjectedFault]
    read: Run


def trial(
    folder: Path, seed: int, year: int, return_format: ReturnFormat, *, broken: bool
) -> Trial:
    made = make_return(seed, year)
    injected = inject(made, random.Random(seed), return_format.breaks) if broken else []
    folder.mkdir()
    path = write(made, folder / "return", return_format, seed)
    named = ("--year", made.label) if broken else ()  # a good one tells its year by its dates
    return Trial(count([path], year), injected, CommandRunner(folder).dry(path, *named))


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Trial]]]:
    """Many returns, read two at a time."""
    folder = tmp_path_factory.mktemp("trials")
    with ThreadPoolExecutor(2) as pool:
        yield {
            f"{kind} {n}": pool.submit(
                trial, folder / f"{kind}{n}", n, YEARS[n % 5],
                RETURN_FORMATS[n % len(RETURN_FORMATS)],
                broken=kind == "broken",
            )
            for kind, numbers in (("good", GOOD), ("broken", BROKEN))
            for n in numbers
        }  # fmt: skip


GOOD = (13, 15, 16)
BROKEN = range(share_of(12))


@pytest.mark.parametrize("seed", GOOD)
def test_a_good_return_is_read_without_a_fault_in_any_guise(
    trials: dict[str, Future[Trial]], seed: int
) -> None:
    one = trials[f"good {seed}"].result()
    assert not one.counts.faults
    code, summary, report = one.read
    assert (code, report, sum(summary["faults"].values())) == (0, [], 0)
    check_counts(summary, one.counts)
    check_files(summary, one.counts)


@pytest.mark.parametrize("seed", BROKEN)
def test_a_broken_return_is_counted_and_its_faults_told(
    trials: dict[str, Future[Trial]], seed: int
) -> None:
    one = trials[f"broken {seed}"].result()
    counts = one.counts
    for put in one.injected:  # the second reading has seen what was put in
        file, line = put.row.where
        assert (file, line) in {(f, n) for f, n, _ in counts.faults}, put
        assert not put.leaves_out or (file, line) in counts.left_out, put
    code, summary, report = one.read
    assert code == bool(set(summary["faults"]) - {REPEATED})
    check_report(summary, report, counts)
    check_counts(summary, counts)
    check_files(summary, counts)


def test_the_events_of_a_broken_return_say_what_it_says(runner: CommandRunner) -> None:
    seed, year = 22, 2024
    made = make_return(seed, year, 80)
    inject(made, random.Random(seed))
    path = write(made, runner.folder / "return", RETURN_FORMATS[seed % 7], seed)
    counts = count([path], year)
    events = runner.events(path, "--year", made.label)
    check_events(events, counts)
    statuses = runner.statuses(events, made.last_day)
    assert check_statuses(statuses, counts, made.last_day) > 20


def bare(events: list[dict[str, Any]]) -> list[str]:
    """Events without ids of their own, times and names of rows."""
    return sorted(
        json.dumps(
            [
                event["type"], event["subject"],
                {k: v for k, v in event["data"].items() if not k.endswith("_id")},
            ],
            sort_keys=True,
        )
        for event in events
        if "subject" in event
    )  # fmt: skip


def test_xml_and_csv_of_one_return_give_the_same(runner: CommandRunner) -> None:
    made = make_return(31, 2025)
    inject(made, random.Random(31), "xml")
    for row in [row for row in made.tables["oc3"] if not row["CHILD"]]:
        made.tables["oc3"].remove(row)  # in XML its DOB is nowhere; it is left out in either
    written = [
        write(made, runner.folder / name, BY_NAME[return_format])
        for name, return_format in (("a", "plain"), ("b", "xml with oc3"))
    ]
    born = count(written[:1], made.year).born  # CSV tells a DOB beside each review, XML does not
    events_by_form = [
        [
            event
            for event in bare(runner.events(path, "--year", made.label))
            if '"date_of_birth"' not in event or any(f'"{child}"' in event for child in born)
        ]
        for path in written
    ]
    assert events_by_form[0] == events_by_form[1]


def test_a_return_of_others_with_its_errors_left_in(runner: CommandRunner) -> None:
    if (SAMPLE / "episodes.csv").exists():
        path = SAMPLE
    else:
        made = make_return(51, 2017, 300)
        inject(made, random.Random(51))
        path = write(made, runner.folder / "return", BY_NAME["plain"])
    counts = count([path], 2017)
    day = date(2018, 3, 31)
    code, summary, report = runner.dry(path, "--year", "2017/18")
    assert code == bool(set(summary["faults"]) - {REPEATED})
    check_report(summary, report, counts)
    check_counts(summary, counts)
    check_files(summary, counts)
    events = runner.events(path, "--year", "2017/18")
    check_events(events, counts)
    assert check_statuses(runner.statuses(events, day), counts, day) > 100


# One life a line, written by hand: what must come of it, read in the specification.

HAND = """CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC,URN
a-open,01/05/2025,S,C1,K2,PR4,,,1234567
b-rec-without-dec,01/05/2025,S,C1,K2,PR4,,E4A,1234567
c-dec-without-rec,01/05/2025,S,C1,K2,PR4,01/09/2025,,1234567
d-x1-last,01/05/2025,S,C1,K2,PR4,01/09/2025,X1,1234567
e-s-after-x1,01/05/2025,S,C1,K2,PR4,01/09/2025,X1,1234567
e-s-after-x1,01/09/2025,S,C1,U6,PR1,,,7654321
f-s-after-a-gap,01/05/2025,S,C1,K2,PR4,01/09/2025,X1,1234567
f-s-after-a-gap,01/10/2025,S,C1,U6,PR1,,,7654321
g-back-in-care,01/05/2025,S,C1,K2,PR4,01/09/2025,E4A,1234567
g-back-in-care,01/10/2025,P,C1,U6,PR1,,,7654321
h-l-into-temporary,01/05/2025,P,C1,K2,PR4,01/09/2025,X1,1234567
h-l-into-temporary,01/09/2025,L,C2,T1,,10/09/2025,X1,
h-l-into-temporary,10/09/2025,T,C2,K2,PR4,,,1234567
i-became-registered,01/05/2025,L,C1,Z13,,01/09/2025,X1,
i-became-registered,01/09/2025,T,C1,K2,PR4,,,1234567
j-rne-unread-same,01/05/2025,S,C1,K2,PR4,01/09/2025,X1,1234567
j-rne-unread-same,01/09/2025,?,C2,K2,PR4,,,1234567
k-rne-unread-other,01/05/2025,S,C1,K2,PR4,01/09/2025,X1,1234567
k-rne-unread-other,01/09/2025,,C1,K2,PR4,,,7654321
l-no-place,01/05/2025,S,V4,,,01/09/2025,X1,
l-no-place,01/09/2025,L,C1,K2,PR4,,,1234567
m-placement-ended-by-no-place,01/05/2025,S,C1,K2,PR4,01/09/2025,X1,1234567
m-placement-ended-by-no-place,01/09/2025,L,V4,,,,,
n-unknown-end,01/05/2025,S,C1,K2,PR4,01/09/2025,E99,1234567
o-dec-before,01/05/2025,S,C1,K2,PR4,01/04/2025,E4A,1234567
p-open-then-open,01/05/2025,S,C1,K2,PR4,,,1234567
p-open-then-open,01/09/2025,P,C1,U6,PR1,,,7654321
q-open-then-temporary,01/05/2025,S,C1,K2,PR4,,,1234567
q-open-then-temporary,01/09/2025,P,C1,T1,,,,
r-small-letters,01/05/2025, s , c1 , k2 , pr4 ,01/09/2025, e4a ,1234567
s-order,01/09/2025,L,C2,K2,PR4,,,1234567
s-order,01/05/2025,S,C1,K2,PR4,01/09/2025,X1,1234567
t-temporary-to-temporary,01/05/2025,S,C1,T0,,01/06/2025,X1,
t-temporary-to-temporary,01/06/2025,T,C1,T4,,,,
u-status-and-setting,01/05/2025,S,C1,K2,PR4,01/09/2025,X1,1234567
u-status-and-setting,01/09/2025,U,E1,K2,PR5,,,1234567
v-same-day-end,01/05/2025,S,C1,K2,PR4,01/05/2025,E4A,1234567
w-unknown-main-from-temporary,01/05/2025,S,C1,T1,,01/06/2025,X1,
w-unknown-main-from-temporary,01/06/2025,T,C1,M3,,,,
"""

# child: care (start, exact, end), placements (start, exact, code, end), changes, changes of status
EXPECTED: dict[str, tuple[list[Any], list[Any], list[str], list[str]]] = {
    "a-open": ([("05-01", True, "")], [("05-01", True, "K2", "")], [], []),
    "b-rec-without-dec": ([("05-01", True, "")], [("05-01", True, "K2", "")], [], []),
    "c-dec-without-rec": ([("05-01", True, "")], [("05-01", True, "K2", "09-01")], [], []),
    "d-x1-last": ([("05-01", True, "")], [("05-01", True, "K2", "09-01")], [], []),
    "e-s-after-x1": (
        [("05-01", True, "")],
        [("05-01", True, "K2", "09-01"), ("09-01", True, "U6", "")], [], [],
    ),
    "f-s-after-a-gap": (
        [("05-01", True, "")],
        [("05-01", True, "K2", "09-01"), ("10-01", True, "U6", "")], [], [],
    ),
    "g-back-in-care": (
        [("05-01", True, "09-01"), ("10-01", False, "")],
        [("05-01", True, "K2", "09-01"), ("10-01", True, "U6", "")], [], [],
    ),
    "h-l-into-temporary": (
        [("05-01", False, "")],
        [("05-01", True, "K2", ""), ("09-01", False, "T1", "09-10")],
        [], ["09-01"],
    ),
    "i-became-registered": (
        [("05-01", False, "")], [("05-01", False, "Z13", "")], ["09-01"], [],
    ),
    "j-rne-unread-same": ([("05-01", True, "")], [("05-01", True, "K2", "")], [], ["09-01"]),
    "k-rne-unread-other": (
        [("05-01", True, "")],
        [("05-01", True, "K2", "09-01"), ("09-01", False, "K2", "")], [], [],
    ),
    "l-no-place": ([("05-01", True, "")], [("09-01", False, "K2", "")], [], ["09-01"]),
    "m-placement-ended-by-no-place": (
        [("05-01", True, "")], [("05-01", True, "K2", "09-01")], [], ["09-01"],
    ),
    "n-unknown-end": ([("05-01", True, "09-01")], [("05-01", True, "K2", "09-01")], [], []),
    "o-dec-before": ([("05-01", True, "")], [("05-01", True, "K2", "")], [], []),
    "p-open-then-open": (
        [("05-01", True, "")], [("05-01", True, "K2", ""), ("09-01", True, "U6", "")], [], [],
    ),
    "q-open-then-temporary": (
        [("05-01", True, "")], [("05-01", True, "K2", ""), ("09-01", True, "T1", "")], [], [],
    ),
    "r-small-letters": ([("05-01", True, "09-01")], [("05-01", True, "K2", "09-01")], [], []),
    "s-order": ([("05-01", True, "")], [("05-01", True, "K2", "")], [], ["09-01"]),
    "t-temporary-to-temporary": (
        [("05-01", True, "")], [("05-01", True, "T0", "")], ["06-01"], [],
    ),
    "u-status-and-setting": (
        [("05-01", True, "")], [("05-01", True, "K2", "")], ["09-01"], ["09-01"],
    ),
    "v-same-day-end": ([("05-01", True, "05-01")], [("05-01", True, "K2", "05-01")], [], []),
    "w-unknown-main-from-temporary": (
        [("05-01", True, "")],
        [("05-01", True, "T1", "06-01"), ("06-01", False, "M3", "")], [], [],
    ),
}  # fmt: skip


def stories(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The events by child, as EXPECTED writes them."""
    by_child: dict[str, Any] = {}
    for child in EXPECTED:
        mine = [event for event in events if event["subject"] == child]

        def named(name: str, mine: list[dict[str, Any]] = mine) -> list[dict[str, Any]]:
            return [e["data"] for e in mine if e["type"] == f"sightline.{name}.v1"]

        def spells(kind: str, code: bool, named: Any = named) -> list[Any]:
            ends = {data[f"{kind}_id"]: data["date"][5:] for data in named(f"{kind}.ended")}
            return sorted(
                (
                    data["date"][5:],
                    data.get("date_basis", "exact") == "exact",
                    *([data["code"]] if code else []),
                    ends.get(data[f"{kind}_id"], ""),
                )
                for data in named(f"{kind}.started")
            )

        by_child[child] = (
            spells("care", code=False),
            spells("placement", code=True),
            sorted(data["date"][5:] for data in named("placement.changed")),
            sorted(data["date"][5:] for data in named("care.changed")),
        )
    return by_child


def test_lives_written_by_hand_become_what_the_specification_says(runner: CommandRunner) -> None:
    (runner.folder / "episodes.csv").write_text(HAND)
    path = runner.folder / "episodes.csv"
    counts = count([path], 2025)
    assert stories_of_count(counts) == EXPECTED
    found = stories(runner.events(path, "--year", "2025/26"))
    wrong = {c: (found[c], EXPECTED[c]) for c in EXPECTED if found[c] != EXPECTED[c]}
    assert not wrong
    _, summary, _ = runner.dry(path, "--year", "2025/26")
    check_counts(summary, counts)


def stories_of_count(counts: Count) -> dict[str, Any]:
    def day(of: date | None) -> str:
        return of.strftime("%m-%d") if of else ""

    return {
        child: (
            [(day(c.start), c.exact, day(c.end)) for c in counts.care if c.child == child],
            [
                (day(p.start), p.exact, p.code, day(p.end))
                for p in counts.placements
                if p.child == child
            ],
            [day(c[1]) for c in counts.changes if c[0] == child],
            [day(s[1]) for s in counts.statuses if s[0] == child],
        )
        for child in EXPECTED
    }


LEAVERS = """CHILD,DOB,IN_TOUCH,ACTIV,ACCOM
17,01/06/2008,YES,F1,D1
21,01/06/2004,NO,F2,S1
22,01/06/2003,REFU,P1,X1
25,31/03/2001,YES,G4,X2
leap,29/02/2004,YES,F1,U2
leap-20,29/02/2005,YES,F1,U2
first-day,01/04/2006,YES,F1,B1
last-day,31/03/2008,YES,F1,B1
none,01/06/2005,DIED,0,0
nothing,01/06/2005,RHOM,,
digits,01/06/2005,YES,F2,01
unknown,01/06/2005,YES,F2,M1
small,01/06/2005, yes , f1 , k2
bare,01/06/2005,YES,F1,K
"""


def test_care_leavers_written_by_hand_become_what_the_specification_says(
    runner: CommandRunner,
) -> None:
    path = runner.folder / "leavers.csv"
    path.write_text(LEAVERS.replace("leap-20,29/02/2005", "leap-20,01/03/2005"))
    events = runner.events(path, "--year", "2025/26")
    facts = facts_of([e for e in events if e["type"] == "sightline.person.updated.v1"])
    lives = {
        e["subject"]: (e["data"]["date"], e["data"]["code"], e["data"].get("suitable"))
        for e in events
        if e["type"] == "sightline.accommodation.started.v1"
    }
    bases = {
        e["data"].get("date_basis")
        for e in events
        if e["type"] == "sightline.accommodation.started.v1"
    }
    assert bases == {"by_this_date"}
    assert lives == {
        "17": ("2025-06-01", "D", True),
        "21": ("2025-06-01", "S", None),
        "22": ("2026-03-31", "X", None),
        "25": ("2026-03-31", "X", False),
        "leap": ("2026-03-31", "U", False),
        "leap-20": ("2026-03-01", "U", False),
        "first-day": ("2025-04-01", "B", True),
        "last-day": ("2026-03-31", "B", True),
        "unknown": ("2025-06-01", "M", True),
        "small": ("2025-06-01", "K", False),
        "bare": ("2025-06-01", "K", None),
    }
    assert facts["17", "eligibility"] == [("2025-06-01", "relevant")]
    assert facts["21", "eligibility"] == [("2025-06-01", "former_relevant")]
    assert facts["17", "full_time_education"] == [("2025-06-01", "higher")]
    assert facts["21", "full_time_education"] == [("2025-06-01", "further")]
    assert facts["22", "full_time_education"] == [("2026-03-31", "none")]
    assert facts["none", "full_time_education"][-1][1] is None  # not known: cleared
    assert ("nothing", "full_time_education") not in facts
    in_touch_values = {
        child: value[0][1] for (child, key), value in facts.items() if key == "in_touch"
    }
    assert in_touch_values == {
        "17": "yes", "21": "no", "22": "refused", "25": "yes", "leap": "yes", "leap-20": "yes",
        "first-day": "yes", "last-day": "yes", "none": "died", "nothing": "returned_home",
        "digits": "yes", "unknown": "yes", "small": "yes", "bare": "yes",
    }  # fmt: skip


# Next year's return over this year's


def standing(statuses: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
    """What stands on a day, without what the future changes."""
    return {
        (item["person"], item["concern"]): (
            item["rag"], item["since"], item["since_basis"], item["statutory"],
            [reason["rule"] for reason in item["reasons"]],
        )
        for item in statuses
    }  # fmt: skip


class Store:
    """A folder whose tracker runs: what was published is waited for."""

    def __init__(self, runner: CommandRunner) -> None:
        self.runner, self.published = runner, 0

    def publish(self, path: Path, year: str) -> dict[str, int]:
        """The events that were new, by name; in the store when this returns."""
        done = self.runner.run(
            "import", "ssda903", str(path), "--publish", "--json", "--year", year
        )  # fmt: skip
        news: dict[str, int] = json.loads(done.stdout)["news"]
        self.published += sum(news.values())
        deadline = time.monotonic() + 60
        while self.stored() < self.published:
            assert time.monotonic() < deadline, (self.stored(), self.published)
            time.sleep(0.1)
        return news

    def stored(self) -> int:
        file = self.runner.folder / "data" / "sightline.sqlite"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM events").fetchone()[0])

    def status(self, day: date) -> list[dict[str, Any]]:
        done = self.runner.run("status", "--as-of", f"{day}", "--json")
        return [json.loads(line) for line in done.stdout.splitlines()]


EPISODES = "CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC,URN\n"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN\n"
OC3 = "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n"


def hand(runner: CommandRunner, name: str, **tables: str) -> Path:
    folder = runner.folder / name
    folder.mkdir()
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text)
    return folder


@dataclass
class Years:
    """What the store said of the last day of the old year, and of the new, as returns came."""

    following: NextReturn
    counts: Count
    news: list[dict[str, int]]
    old: list[dict[str, Any]]
    after: list[dict[str, Any]]
    mended: list[dict[str, Any]]
    now: list[dict[str, Any]]


def two_years(runner: CommandRunner, seed: int, year: int) -> Years:
    made = make_return(seed, year, 30)
    following = next_year(made, seed + 1)
    first = write(made, runner.folder / "first", BY_NAME["plain"])
    second = write(following.made, runner.folder / "second", BY_NAME["xml"])
    add = {
        "header.csv": "stay,F,16/10/2017,WBRI,,,\nback,F,16/10/2017,WBRI,,,\n"
        "student,F,16/10/2003,WBRI,,,\n",
        "episodes.csv": f"stay,18/06/{year},S,E1,N1,Z1,,12/03/{year + 1},X1,,,,\n"
        f"stay,12/03/{year + 1},P,E1,N1,T4,,,,,,,\n"
        f"back,18/06/{year},S,C1,N1,K2,PR4,12/03/{year + 1},E4A,,,,1234567\n"
        f"back,12/03/{year + 1},S,C1,N1,U6,PR1,,,,,,7654321\n",
        "oc3.csv": "student,16/10/2003,YES,F1,U2\n",
    }
    for name, lines in add.items():
        with (first / name).open("a") as file:
            file.write(lines)
    carried = hand(
        runner, "carried", header=HEADER + "stay,F,16/10/2017,WBRI,\nback,F,16/10/2017,WBRI,\n",
        episodes=EPISODES + f"stay,12/03/{year + 1},P,E1,T4,,,,\n"
        f"back,12/03/{year + 1},S,C1,U6,PR1,,,7654321\n",
    )  # fmt: skip
    mended = hand(runner, "mended", oc3=OC3 + "student,16/10/2003,YES,,U2\n")
    day = made.last_day
    with runner.serving():
        store = Store(runner)
        news = [store.publish(first, made.label)]
        old = store.status(day)
        news.append(store.publish(first, made.label))
        news.append(store.publish(second, following.made.label))
        news.append(store.publish(carried, following.made.label))
        after = store.status(day)
        store.publish(mended, made.label)
        last, now = store.status(day), store.status(following.made.last_day)
    return Years(following, count([second], year + 1), news, old, after, last, now)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Years:
    return two_years(CommandRunner(tmp_path_factory.mktemp("years")), 110, 2024)


def test_importing_twice_changes_nothing(years: Years) -> None:
    assert sum(years.news[0].values()) > 100
    assert not any(years.news[1].values())


def test_next_years_return_changes_of_the_old_year_what_it_corrects_and_no_more(
    years: Years,
) -> None:
    then, still = standing(years.old), standing(years.after)
    differs = {key for key in then | still if then.get(key) != still.get(key)}
    wrong = {key for key in differs if key[0] not in years.following.corrected}
    assert not wrong, [(key, then.get(key), still.get(key)) for key in wrong]


def test_ends_on_the_day_on_which_what_is_carried_over_began_are_not_retracted(
    years: Years,
) -> None:
    assert not years.news[3].get("event.retracted")


def test_next_years_return_tells_the_new_year_and_no_care_begins_anew(years: Years) -> None:
    assert check_statuses(years.now, years.counts, years.following.made.last_day) > 5
    since = {item["person"]: item["since"] for item in years.now if item["concern"] == "permanence"}
    reds = [item for item in years.old if (item["concern"], item["rag"]) == ("permanence", "red")]
    assert reds
    for item in reds:
        assert since.get(item["person"], item["since"]) == item["since"], item["person"]


def test_a_correction_leaves_nothing_of_what_it_corrects(years: Years) -> None:
    """ACTIV is taken back: nobody is a student any more, and the accommodation stays unsuitable."""
    student = ("student", "unsuitable_accommodation")
    assert standing(years.old)[student][-1] == ["UA7"]
    assert standing(years.mended)[student][-1] == ["UA8"]


def test_a_care_leaver_of_unknown_age_is_not_said_to_be_an_adult(runner: CommandRunner) -> None:
    path = hand(runner, "return", oc3=OC3 + "ageless,,YES,F2,W1\nbroken,31/02/2008,YES,F2,W1\n")
    events = runner.events(path, "--year", "2025/26")
    facts = facts_of([e for e in events if e["type"] == "sightline.person.updated.v1"])
    for child in ("ageless", "broken"):
        in_touch_values = [value for _, value in facts.get((child, "eligibility"), [])]
        # or bed and breakfast (W1) is amber, where it is red unless they are known to be 18
        assert "former_relevant" not in in_touch_values, child


def test_a_temporary_stay_that_was_come_back_from_is_not_current_any_more(
    runner: CommandRunner,
) -> None:
    path = hand(
        runner, "return",
        header=HEADER + "a,F,16/10/2015,WBRI,\nb,F,16/10/2015,WBRI,\n",
        episodes=EPISODES + "a,01/05/2025,S,C1,K2,PR4,01/09/2025,X1,1234567\n"
        "a,01/09/2025,P,C1,T1,,31/02/2025,X1,\n"
        "a,10/09/2025,P,C1,K2,PR4,01/12/2025,X1,1234567\n"
        "b,01/05/2025,S,C1,K2,PR4,01/09/2025,X1,1234567\n"
        "b,01/09/2025,P,C1,T1,,10/09/2025,X1,\n"
        "b,10/01/2026,P,C1,K2,PR4,,,1234567\n",
    )  # fmt: skip
    events = runner.events(path, "--year", "2025/26")
    rules = {
        item["person"]: {reason["rule"] for reason in item["reasons"]}
        for item in runner.statuses(events, date(2025, 12, 2))
        if item["concern"] == "unregulated_placement"
    }
    assert "UP10" in rules["a"]  # no placement is recorded on that day: the last has ended
    assert "UP10" in rules["b"]  # the stay has ended, and they were back a month later

"""One young person's rows of the dataset, as the rows of a snapshot.

A column that the extract does not have says nothing; only an empty cell of one that it has clears.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import orjson

from schemas.codes import LEGAL_STATUSES
from services.imports import words
from services.imports.dates import day_told
from services.imports.faults import Became, FileFault
from services.imports.rows import Row

_PLANS: tuple[tuple[str, str], ...] = (
    ("ADOPTION", "adoption"),
    ("LTFOST18", "long_term_fostering"),
    ("LTRELFR", "relatives"),
    ("RESPLMT", "residential"),
    ("SUPPLIV", "supported_living"),
    ("REMAINSUP", "return_home"),
    ("RETURN1M", "return_home"),
    ("RETURN6M", "return_home"),
    ("RETURNEV", "return_home"),
    ("OTHERPLN", "other"),
)
"""The ten keys of a care plan; of two that are set the first is the plan, the other parallel."""

_NOT_SET = re.compile(
    r"|n|no|none|0|-|false|null|n/?a|not (yet )?agreed|unknown|ssd_ph|placeholder.*"
)
_YES = frozenset({"y", "yes", "1", "true"})
_ID = re.compile(r"[\w.@/-]*\d[\w.@/-]*")

CONCERNED = ("care_leavers", "episodes", "placements", "pre_proceedings", "care_plans")
"""Tables of which one must name a young person for them to be Sightline's business."""

ByTable = Mapping[str, Sequence[Row]]


@dataclass(slots=True)
class Telling:
    """What is worth telling beside the rows: covers, whoever holds cases, and faults.

    `staff` are the ids of Professionals; `tables` those that the extract has.
    """

    staff: Collection[str] = frozenset()
    tables: Collection[str] = frozenset()
    covered: int = 0
    allocated: set[str] = field(default_factory=set)
    faults: list[FileFault] = field(default_factory=list)

    def ask(self, row: Row, column: str, right: str) -> None:
        """Keep a fault of a cell that could not be read; it says nothing."""
        self.faults.append(row.fault(column, right, Became.FIELD_LEFT_OUT, row["person"]))

    def worker(self, told: str) -> str:
        """A staff id; nothing where it is a name, which must not come into an event."""
        return told if told in self.staff or _ID.fullmatch(told) else ""


def snapshot_rows(person: str, rows: Iterable[Row], today: date, telling: Telling) -> list[Row]:
    """The rows of a snapshot; none where the young person is not Sightline's business."""
    by_table: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_table[row.table].append(row)
    if not any(by_table[table] for table in CONCERNED):
        return []
    leaver = _latest_record(by_table["care_leavers"], telling)
    made = [_person(person, by_table, leaver, today, telling)]
    made += _care(person, by_table, today, telling)
    made += _placements(person, by_table["placements"])
    made += _accommodation(person, leaver)
    made += _pre_proceedings(person, by_table["pre_proceedings"])
    made += _plans(person, by_table["care_plans"], telling)
    made += _reviews(person, by_table)
    return made


Cells = Mapping[str, tuple[str, str]]
"""Cell of a snapshot's row to its value, and the column of the dataset that tells it."""


def _made(of_kind: str, source: Row, person: str, cells: Cells, **given: str) -> Row:
    told = {name: value for name, (value, column) in cells.items() if column in source.values}
    return Row(of_kind, source.file, source.line, {"person": person, **given, **told})


def _latest_record(rows: Sequence[Row], telling: Telling) -> Row | None:
    """Of several records of one care leaver that of the latest contact; of two alike the worse."""
    if not rows:
        return None
    ranked = sorted(
        rows, key=lambda row: (_iso(row["contact"]), words.suitable(row["suitable"]) != "yes")
    )
    if len(ranked) > 1 and _iso(ranked[-1]["contact"]) == _iso(ranked[-2]["contact"]):
        right = "one record a care leaver, or the date of the latest contact to tell them apart"
        telling.ask(ranked[-1], "contact", right)
    return ranked[-1]


def _person(
    person: str, by_table: ByTable, leaver: Row | None, today: date, telling: Telling
) -> Row:
    told: dict[str, str] = {}
    first = next(row for table in by_table.values() for row in table)
    for row in by_table["person"]:
        first = row
        told["date_of_birth"] = row["dob"] or row["expected_dob"]
        if "death_date" in row.values:
            told["closed_on"] = row["death_date"]
            told["closed_reason"] = "died" if row["death_date"] else ""
    if leaver is not None:
        told |= _of_leaver(leaver, telling)
    if "involvements" in telling.tables:
        told |= _allocated(by_table["involvements"], told, today, telling)
    telling.allocated |= {told[name] for name in _WORKERS if told.get(name)}
    if not told.get("date_of_birth"):
        told.pop("date_of_birth", None)  # a missing date of birth takes nothing back
    return Row("people", first.file, first.line, {"person": person, **told})


_WORKERS = ("personal_adviser", "social_worker", "team_manager")


def _of_leaver(row: Row, telling: Telling) -> dict[str, str]:
    """What a care leaver's record says of the person; words that cannot be read say nothing."""
    told: dict[str, str] = {}
    readers = {
        "eligibility": ("eligibility", words.eligibility, "a category such as Former Relevant"),
        "in_touch": ("in_touch", words.in_touch, "YES, NO, DIED, REFU, NREQ or RHOM"),
        "activity": ("full_time_education", words.education, "a code such as F1"),
    }
    for column, (name, read, right) in readers.items():
        if column not in row.values:
            continue
        value = read(row[column])
        if row[column] and not value and column != "activity":
            telling.ask(row, column, right)
        else:
            told[name] = value
    for column, name in (("adviser", "personal_adviser"), ("worker", "social_worker")):
        if column in row.values:
            told[name] = telling.worker(row[column])
            if row[column] and not told[name]:
                telling.ask(row, column, "a staff id of Professionals: a name must not be kept")
    if "team" in row.values:
        told["team"] = row["team"]
    return told


def _allocated(
    rows: Sequence[Row], known: Mapping[str, str], today: date, telling: Telling
) -> dict[str, str]:
    """Who works with the young person today: of each role the involvement that began last."""
    told = {name: known.get(name, "") for name in _WORKERS}
    on = str(today)
    current = [
        row
        for row in rows
        if (_iso(row["start"]) or on) <= on and not (_iso(row["end"]) and _iso(row["end"]) <= on)
    ]
    for row in sorted(current, key=lambda row: _iso(row["start"])):
        name = _role(row["role"])
        if not name:
            continue  # a reviewing officer or a health visitor holds no case
        told[name] = telling.worker(row["professional"])
        if row["team"]:
            told["team"] = row["team"]
        telling.covered += row["reason"].upper().startswith("ABSENC")
    return told


def _role(told: str) -> str:
    text = told.casefold()
    if re.search(r"personal advis|\bpa\b|leaving care", text):
        return "personal_adviser"
    if "team manager" in text:
        return "team_manager"
    return "social_worker" if re.search(r"social work|^sw$|allocated|case ?worker", text) else ""


def _care(person: str, by_table: ByTable, today: date, telling: Telling) -> Iterator[Row]:
    """Each period of care, of the episodes that make it."""
    periods: dict[str, list[Row]] = defaultdict(list)
    for row in by_table["episodes"]:
        periods[row["care"] or _iso(row["entered_care"]) or row["id"]].append(row)
    status = _legal_status(by_table["legal_status"], today)
    for care, episodes in periods.items():
        episodes.sort(key=lambda row: _iso(row["start"]))
        last = episodes[-1]
        reason = words.reason_ceased(last["end_reason"])
        ended = bool(last["end"]) and reason not in ("", "X1")
        if last["end"] and not reason:
            telling.ask(last, "end_reason", "the reason why care ended; without it care goes on")
        given = {
            "care_id": care,
            "start": episodes[0]["entered_care"] or episodes[0]["start"],
            "end": last["end"] if ended else "",
            "end_reason": reason if ended else "",
        }
        if status and not ended:
            given["legal_status"] = status
        yield _made("care", last, person, {}, **given)


def _legal_status(rows: Sequence[Row], today: date) -> str:
    """The national legal status that holds today; local ones say nothing about being in care."""
    on, found = str(today), ""
    for row in sorted(rows, key=lambda row: _iso(row["start"])):
        code, ended = words.legal_status(row["status"]), _iso(row["end"])
        if code in LEGAL_STATUSES and _iso(row["start"]) <= on and not (ended and ended <= on):
            found = code
    return found


def _placements(person: str, rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        cells = {
            "provider": (words.provider(row["provider"]), "provider"),
            "urn": (row["urn"], "urn"),
            "end_reason": (row["reason"], "reason"),
        }
        yield _made(
            "placements", row, person, cells,
            placement_id=row["id"], start=row["start"], end=row["end"],
            code=words.placement(row["code"]),
        )  # fmt: skip


def _accommodation(person: str, row: Row | None) -> Iterator[Row]:
    """Where a care leaver lives now: the record has one dwelling after another, told by its letter.

    Row keys of this table are made anew each night by some extracts, so the person is the key.
    """
    letter = words.accommodation(row["accommodation"]) if row else ""
    if row is None or not letter:
        return
    told = row["accommodation"].strip()
    digit = told[1:2] if len(told) == 2 else ""
    cells = {"suitable": (words.suitable(row["suitable"]), "suitable")}
    made = _made(
        "accommodation", row, person, cells, accommodation_id=f"{person}-{letter}", code=letter
    )
    if digit and not made["suitable"]:
        suits = {"suitable": words.suitable(digit)}
        made = Row(made.table, made.file, made.line, {**made.values, **suits})
    yield made


def _pre_proceedings(person: str, rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        if not row["decision"]:
            continue  # a placeholder: nothing has been decided
        outcome = row["outcome"].casefold()
        told = "other" if row["ended"] else ""
        if "step" in outcome:
            told = "step_down"
        elif "issue" in outcome or "care proceedings" in outcome:
            told = "care_proceedings"
        cells = {
            "end": (row["ended"], "ended"),
            "outcome": (told, "outcome"),
            "issued_on": (row["issued"], "issued"),
            "letter_sent_on": (row["letter"], "letter"),
            "first_meeting_on": (row["first_meeting"], "first_meeting"),
            "family_id": (row["family"], "family"),
        }
        id_ = row["id"] or f"{person}-{_iso(row['decision'])}"
        yield _made("pre_proceedings", row, person, cells, period_id=id_, start=row["decision"])


def _plans(person: str, rows: Sequence[Row], telling: Telling) -> Iterator[Row]:
    """Plans for permanence. All ten keys blank: none is agreed. Unreadable: what is held stays."""
    agreed = []
    for row in rows:
        plans = plans_of(row["plans"])
        if plans is None:
            telling.ask(row, "plans", "the ten keys of a care plan as JSON")
            plans = [""]
        if plans:
            agreed.append((row, plans))
    agreed.sort(key=lambda item: _iso(item[0]["start"]))
    for number, (row, plans) in enumerate(agreed):
        last = number == len(agreed) - 1
        cells = {"withdrawn_on": (row["end"] if last else "", "end")}
        yield _made(
            "plans", row, person, cells,
            plan_id=row["id"] or f"{person}-{_iso(row['start'])}", date=row["start"],
            plan=plans[0], parallel_plan=plans[1] if len(plans) > 1 else "",
        )  # fmt: skip


def plans_of(told: str) -> list[str] | None:
    """The plans that a care plan's ten keys set, each once; None where they cannot be read."""
    try:
        keys = orjson.loads(told) if told else {}
    except orjson.JSONDecodeError:
        return None
    if isinstance(keys, list) and all(isinstance(item, dict) for item in keys):
        keys = {key: value for item in keys for key, value in item.items()}
    if not isinstance(keys, dict):
        return None
    found = {
        str(key).upper(): str(value if value is not None else "").strip().casefold()
        for key, value in keys.items()
    }
    chosen = [plan for key, plan in _PLANS if not _NOT_SET.fullmatch(found.get(key, ""))]
    return list(dict.fromkeys(chosen))


def _reviews(person: str, by_table: ByTable) -> Iterator[Row]:
    """Reviews that were held; the next that is planned stands with the last of them."""
    held: list[Row] = []
    planned: list[Row] = []
    for row in by_table["reviews"]:
        if row["cancelled"].casefold() in _YES:
            continue
        (held if row["date"] else planned).append(row)
    held.sort(key=lambda row: _iso(row["date"]))
    due = min((_iso(row["due"]) for row in planned if row["due"]), default="")
    for number, row in enumerate(held):
        on, by = _iso(row["date"]), _iso(row["due"])
        cells = {"on_time": (("yes" if on <= by else "no") if on and by else "", "due")}
        is_last = number == len(held) - 1
        yield _made(
            "reviews", row, person, cells,
            review_id=row["id"], date=row["date"], kind="looked_after",
            next_due=due if is_last and due > on else "",
        )  # fmt: skip
    for day in sorted({_iso(row["pathway_review"]) for row in by_table["care_leavers"]} - {""}):
        yield _made(
            "reviews", by_table["care_leavers"][0], person, {},
            review_id=f"{person}-pathway-{day}", date=day, kind="pathway_plan",
        )  # fmt: skip


def _iso(told: str) -> str:
    """A day as text that can be compared; empty where none can be read."""
    try:
        day = day_told(told)
    except ValueError:
        return ""
    return day.isoformat() if day else ""

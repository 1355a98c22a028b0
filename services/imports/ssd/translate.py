"""One young person's rows of the dataset, translated to the rows of a snapshot.

A column that the extract lacks changes nothing; an empty cell of a column that it has clears.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import orjson

from schemas.codes import LEGAL_STATUSES
from services.imports.ssd.contact import missing_episodes, visits
from services.imports.ssd.findings import Findings
from services.imports.ssd.person import ByTable, latest_record, person_row
from services.imports.tabular import vocabulary
from services.imports.tabular.dates import iso
from services.imports.tabular.layouts import Row

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

CONCERNED = ("care_leavers", "episodes", "placements", "pre_proceedings", "care_plans")
"""Tables of which one must name a young person for them to be Sightline's business."""


def snapshot_rows(person: str, rows: Iterable[Row], today: date, findings: Findings) -> list[Row]:
    """The rows of a snapshot; none where the young person is not Sightline's business."""
    by_table: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_table[row.table].append(row)
    if not any(by_table[table] for table in CONCERNED):
        return []
    leaver = latest_record(by_table["care_leavers"], findings)
    translated = [person_row(person, by_table, leaver, today, findings)]
    translated += _care(person, by_table, today, findings)
    translated += _placements(person, by_table["placements"])
    translated += _accommodation(person, leaver)
    translated += _pre_proceedings(person, by_table["pre_proceedings"], findings)
    translated += _plans(person, by_table["care_plans"], findings)
    translated += _reviews(person, by_table, findings)
    translated += visits(person, by_table, findings)
    translated += missing_episodes(person, by_table["missing"], findings)
    return translated


Cells = Mapping[str, tuple[str, str]]
"""Cell of a snapshot's row to its value, and the column of the dataset that it is read from."""


def _row(of_kind: str, source: Row, person: str, cells: Cells, **given: str) -> Row:
    fields = {name: value for name, (value, column) in cells.items() if column in source.values}
    read_from = {name: column for name, (_, column) in cells.items()}
    read_from |= {name: "id" for name in given if name.endswith("_id")}
    return Row(of_kind, source.file, source.line, {"person": person, **given, **fields}, read_from)


def _care(person: str, by_table: ByTable, today: date, findings: Findings) -> Iterator[Row]:
    """Each period of care, from its episodes."""
    periods: dict[str, list[Row]] = defaultdict(list)
    for row in by_table["episodes"]:
        periods[row["care"] or iso(row["entered_care"]) or row["id"]].append(row)
    status = _status_today(by_table["legal_status"], today)
    for care, episodes in periods.items():
        episodes.sort(key=lambda row: iso(row["start"]))
        last = episodes[-1]
        reason = vocabulary.reason_ceased(last["end_reason"])
        ended = bool(last["end"]) and reason not in ("", "X1")
        if last["end"] and not reason:
            findings.add_fault(
                last, "end_reason", "the reason why care ended; without it care goes on"
            )
        given = {
            "care_id": care,
            "start": episodes[0]["entered_care"] or episodes[0]["start"],
            "end": last["end"] if ended else "",
            "end_reason": reason if ended else "",
        }
        findings.told_with(last, episodes)
        if status and not ended:
            given["legal_status"] = vocabulary.legal_status(status["status"])
            findings.told_with(last, [status])
        yield _row("care", last, person, {}, **given)
    for row in by_table["legal_status"]:
        if row.place not in findings.part_of:
            findings.leave_out(row, "a legal status that is not today's, or not of care today")


def _status_today(rows: Sequence[Row], today: date) -> Row | None:
    """The row of today's national legal status; a local one says nothing about being in care."""
    on, found = str(today), None
    for row in sorted(rows, key=lambda row: iso(row["start"])):
        code, ended = vocabulary.legal_status(row["status"]), iso(row["end"])
        if code in LEGAL_STATUSES and iso(row["start"]) <= on and not (ended and ended <= on):
            found = row
    return found


def _placements(person: str, rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        cells = {
            "provider": (vocabulary.provider(row["provider"]), "provider"),
            "urn": (row["urn"], "urn"),
            "end_reason": (row["reason"], "reason"),
        }
        yield _row(
            "placements", row, person, cells,
            placement_id=row["id"], start=row["start"], end=row["end"],
            code=vocabulary.placement(row["code"]),
        )  # fmt: skip


def _accommodation(person: str, row: Row | None) -> Iterator[Row]:
    """Where a care leaver lives now: the record has only the latest dwelling, as a letter.

    Some extracts make new row keys for this table each night, so the person and letter are the key.
    """
    letter = vocabulary.accommodation(row["accommodation"]) if row else ""
    if row is None or not letter:
        return
    code = row["accommodation"].strip()
    digit = code[1:2] if len(code) == 2 else ""
    cells = {"suitable": (vocabulary.suitable(row["suitable"]), "suitable")}
    translated = _row(
        "accommodation", row, person, cells, accommodation_id=f"{person}-{letter}", code=letter
    )
    if digit and not translated["suitable"]:
        suits = {"suitable": vocabulary.suitable(digit)}
        translated = Row(
            translated.table, translated.file, translated.line, {**translated.values, **suits}
        )
    yield translated


def _pre_proceedings(person: str, rows: Sequence[Row], findings: Findings) -> Iterator[Row]:
    for row in rows:
        if not row["decision"]:
            findings.leave_out(row, "pre-proceedings on which nothing has been decided")
            continue
        outcome = row["outcome"].casefold()
        ended_by = "other" if row["ended"] else ""
        if "step" in outcome:
            ended_by = "step_down"
        elif "issue" in outcome or "care proceedings" in outcome:
            ended_by = "care_proceedings"
        cells = {
            "end": (row["ended"], "ended"),
            "outcome": (ended_by, "outcome"),
            "issued_on": (row["issued"], "issued"),
            "letter_sent_on": (row["letter"], "letter"),
            "first_meeting_on": (row["first_meeting"], "first_meeting"),
            "family_id": (row["family"], "family"),
        }
        id_ = row["id"] or f"{person}-{iso(row['decision'])}"
        yield _row("pre_proceedings", row, person, cells, period_id=id_, start=row["decision"])


def _plans(person: str, rows: Sequence[Row], findings: Findings) -> Iterator[Row]:
    """Plans for permanence. All ten keys blank: none is agreed. Unreadable: what is held stays."""
    agreed = []
    for row in rows:
        plans = plans_of(row["plans"])
        if plans is None:
            findings.add_fault(row, "plans", "the ten keys of a care plan as JSON")
            plans = [""]
        if plans:
            agreed.append((row, plans))
        else:
            findings.leave_out(row, "a care plan that sets no plan for permanence")
    agreed.sort(key=lambda item: iso(item[0]["start"]))
    for number, (row, plans) in enumerate(agreed):
        last = number == len(agreed) - 1
        cells = {"withdrawn_on": (row["end"] if last else "", "end")}
        yield _row(
            "plans", row, person, cells,
            plan_id=row["id"] or f"{person}-{iso(row['start'])}", date=row["start"],
            plan=plans[0], parallel_plan=plans[1] if len(plans) > 1 else "",
        )  # fmt: skip


def plans_of(cell: str) -> list[str] | None:
    """The plans that a care plan's ten keys set, each once; None where they cannot be read."""
    try:
        keys = orjson.loads(cell) if cell else {}
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


def _reviews(person: str, by_table: ByTable, findings: Findings) -> Iterator[Row]:
    """Completed reviews; the date of the next planned one goes with the last of them."""
    completed: list[Row] = []
    planned: list[Row] = []
    for row in by_table["reviews"]:
        if row["cancelled"].casefold() in _YES:
            findings.leave_out(row, "a review that was cancelled")
            continue
        (completed if row["date"] else planned).append(row)
    completed.sort(key=lambda row: iso(row["date"]))
    due = min((iso(row["due"]) for row in planned if row["due"]), default="")
    if completed:
        findings.told_with(completed[-1], planned)
    else:
        for row in planned:
            findings.leave_out(row, "a review that is planned, before any was held")
    for number, row in enumerate(completed):
        on, by = iso(row["date"]), iso(row["due"])
        cells = {"on_time": (("yes" if on <= by else "no") if on and by else "", "due")}
        is_last = number == len(completed) - 1
        yield _row(
            "reviews", row, person, cells,
            review_id=row["id"], date=row["date"], kind="looked_after",
            next_due=due if is_last and due > on else "",
        )  # fmt: skip
    for day in sorted({iso(row["pathway_review"]) for row in by_table["care_leavers"]} - {""}):
        yield _row(
            "reviews", by_table["care_leavers"][0], person, {},
            review_id=f"{person}-pathway-{day}", date=day, kind="pathway_plan",
        )  # fmt: skip

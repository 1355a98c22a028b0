"""One young person's rows of the dataset, as the rows of a snapshot."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import orjson

from schemas.codes import ACCOMMODATION, LEGAL_STATUSES
from services.imports.dates import day_told
from services.imports.rows import Row

_LEGAL = re.compile(r"\b([A-Z]\d)\b")
_ELIGIBILITY = {
    "formerrelevant": "former_relevant",
    "relevant": "relevant",
    "eligible": "eligible",
    "qualifying": "qualifying",
    "nocurrenteligibility": "none",
}
_IN_TOUCH = {
    "YES": "yes", "Y": "yes", "NO": "no", "N": "no", "DIED": "died", "REFU": "refused",
    "NREQ": "not_required", "RHOM": "returned_home",
}  # fmt: skip
_EDUCATION = {"F1": "higher", "F2": "further"}
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

_NOT_SET = frozenset({"", "n", "no", "0", "false", "null", "none"})
_YES = frozenset({"y", "yes", "1", "true"})

CONCERNED = ("care_leavers", "episodes", "placements", "pre_proceedings", "care_plans")
"""Tables of which one must name a young person for them to be Sightline's business."""


@dataclass(slots=True)
class Cover:
    """How many young people are with somebody who covers an absence, and who holds any case."""

    covered: int = 0
    allocated: set[str] = field(default_factory=set)


ByTable = Mapping[str, Sequence[Row]]


def snapshot_rows(person: str, rows: Iterable[Row], today: date, cover: Cover) -> list[Row]:
    """The rows of a snapshot; none where the young person is not Sightline's business."""
    by_table: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_table[row.table].append(row)
    if not any(by_table[table] for table in CONCERNED):
        return []
    made = [_person(person, by_table, today, cover)]
    made += _care(person, by_table, today)
    made += _placements(person, by_table["placements"])
    made += _accommodation(person, by_table["care_leavers"])
    made += _pre_proceedings(person, by_table["pre_proceedings"])
    made += _plans(person, by_table["care_plans"])
    made += _reviews(person, by_table)
    return made


def _made(of_kind: str, source: Row, person: str, **cells: str) -> Row:
    return Row(of_kind, source.file, source.line, {"person": person, **cells})


def _person(person: str, by_table: ByTable, today: date, cover: Cover) -> Row:
    told: dict[str, str] = {}
    first = next(row for table in by_table.values() for row in table)
    for row in by_table["person"]:
        first = row
        told["date_of_birth"] = row["dob"] or row["expected_dob"]
        told["closed_on"] = row["death_date"]
        told["closed_reason"] = "died" if row["death_date"] else ""
    for row in by_table["care_leavers"]:
        told["eligibility"] = _ELIGIBILITY.get(_letters(row["eligibility"]), "")
        told["in_touch"] = _IN_TOUCH.get(row["in_touch"].upper().split(" ")[0], "")
        activity = row["activity"].upper().split(" ")[0].rstrip(":-")
        told["full_time_education"] = _EDUCATION.get(activity, "none") if activity else ""
        told["personal_adviser"] = row["adviser"]
        told["team"] = row["team"]
        told["social_worker"] = row["worker"]
    told |= _allocated(by_table["involvements"], today, cover)
    told = {name: value for name, value in told.items() if value or name in _CLEARED}
    return _made("people", first, person, **told)


_CLEARED = frozenset({"eligibility", "in_touch", "personal_adviser", "team", "social_worker"})
"""What an empty cell takes back; a missing date of birth takes nothing back."""


def _allocated(rows: Sequence[Row], today: date, cover: Cover) -> dict[str, str]:
    """Who works with the young person today: of each role the involvement that began last."""
    told: dict[str, str] = {}
    on = str(today)
    current = [
        row
        for row in rows
        if (_iso(row["start"]) or on) <= on and not (len(end := _iso(row["end"])) > 0 and end <= on)
    ]
    for row in sorted(current, key=lambda row: _iso(row["start"])):
        role = _letters(row["role"])
        name = "personal_adviser" if "personaladvis" in role or role == "pa" else "social_worker"
        if "manager" in role:
            name = "team_manager"
        told[name] = row["professional"]
        if row["team"]:
            told["team"] = row["team"]
        covers = row["reason"].upper().startswith("ABSENC")
        cover.covered += covers
    cover.allocated |= {told[name] for name in told if name != "team" and told[name]}
    return told


def _care(person: str, by_table: ByTable, today: date) -> Iterator[Row]:
    """Each period of care, of the episodes that make it."""
    periods: dict[str, list[Row]] = defaultdict(list)
    for row in by_table["episodes"]:
        periods[row["care"] or _iso(row["entered_care"]) or row["id"]].append(row)
    status = _legal_status(by_table["legal_status"], today)
    for care, episodes in periods.items():
        episodes.sort(key=lambda row: _iso(row["start"]))
        last = episodes[-1]
        reason = last["end_reason"].upper().split(" ")[0].rstrip(":-")
        ended = last["end"] and reason not in ("", "X1")
        told = {
            "care_id": care,
            "start": episodes[0]["entered_care"] or episodes[0]["start"],
            "end": last["end"] if ended else "",
            "end_reason": reason if ended else "",
        }
        if status and not ended:
            told["legal_status"] = status
        yield _made("care", last, person, **told)


def _legal_status(rows: Sequence[Row], today: date) -> str:
    """The national legal status that holds today; local ones say nothing about being in care."""
    on, found = str(today), ""
    for row in sorted(rows, key=lambda row: _iso(row["start"])):
        code = _LEGAL.search(row["status"].upper())
        ended = _iso(row["end"])
        if code and code[1] in LEGAL_STATUSES and not (ended and ended <= on):
            found = code[1]
    return found


def _placements(person: str, rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        yield _made(
            "placements",
            row,
            person,
            placement_id=row["id"],
            start=row["start"],
            end=row["end"],
            code=row["code"].split(" ")[0].rstrip(":-"),
            provider=row["provider"].split(" ")[0].rstrip(":-"),
            urn=row["urn"],
            end_reason=row["reason"],
        )


def _accommodation(person: str, rows: Sequence[Row]) -> Iterator[Row]:
    """Where a care leaver lives now. A row has one dwelling after another, told by its letter."""
    for row in rows:
        told = row["accommodation"].upper()
        letter = told[:1]
        if letter not in ACCOMMODATION and letter.isalpha() is False:
            continue
        digit = row["suitable"][:1] or (told[1:2] if told[1:2].isdigit() else "")
        suitable = {"1": "yes", "2": "no"}.get(digit, "")
        yield _made(
            "accommodation",
            row,
            person,
            accommodation_id=f"{row['id'] or person}-{letter}",
            code=letter,
            suitable=suitable,
        )


def _pre_proceedings(person: str, rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        if not row["decision"]:
            continue  # a placeholder: nothing has been decided
        outcome = _letters(row["outcome"])
        told = ""
        if "stepdown" in outcome:
            told = "step_down"
        elif "issue" in outcome or "proceedings" in outcome:
            told = "care_proceedings"
        yield _made(
            "pre_proceedings",
            row,
            person,
            period_id=row["id"] or f"{person}-{_iso(row['decision'])}",
            start=row["decision"],
            end=row["ended"],
            outcome=told or ("other" if row["ended"] else ""),
            issued_on=row["issued"],
            letter_sent_on=row["letter"],
            first_meeting_on=row["first_meeting"],
            family_id=row["family"],
        )


def _plans(person: str, rows: Sequence[Row]) -> Iterator[Row]:
    """Plans for permanence. All ten keys blank: none is agreed."""
    agreed = [(row, plans) for row in rows if (plans := plans_of(row["plans"]))]
    agreed.sort(key=lambda item: _iso(item[0]["start"]))
    for number, (row, plans) in enumerate(agreed):
        last = number == len(agreed) - 1
        yield _made(
            "plans",
            row,
            person,
            plan_id=row["id"] or f"{person}-{_iso(row['start'])}",
            date=row["start"],
            plan=plans[0],
            parallel_plan=plans[1] if len(plans) > 1 else "",
            withdrawn_on=row["end"] if last else "",
        )


def plans_of(told: str) -> list[str]:
    """The plans that a care plan's ten keys set, each once; none where all are blank."""
    try:
        keys = orjson.loads(told) if told else {}
    except orjson.JSONDecodeError:
        return ["other"]
    if not isinstance(keys, dict):
        return []
    found = {
        str(key).upper(): str(value if value is not None else "").strip().casefold()
        for key, value in keys.items()
    }
    chosen = [plan for key, plan in _PLANS if found.get(key, "") not in _NOT_SET]
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
        yield _made(
            "reviews",
            row,
            person,
            review_id=row["id"],
            date=row["date"],
            kind="looked_after",
            on_time=("yes" if on <= by else "no") if on and by else "",
            next_due=due if number == len(held) - 1 and due > on else "",
        )
    for row in by_table["care_leavers"]:
        if row["pathway_review"]:
            yield _made(
                "reviews",
                row,
                person,
                review_id=f"{row['id'] or person}-pathway-{_iso(row['pathway_review'])}",
                date=row["pathway_review"],
                kind="pathway_plan",
            )


def _iso(told: str) -> str:
    """A day as text that can be compared; empty where none can be read."""
    try:
        day = day_told(told)
    except ValueError:
        return ""
    return day.isoformat() if day else ""


def _letters(told: str) -> str:
    return re.sub(r"[^a-z]", "", told.casefold())

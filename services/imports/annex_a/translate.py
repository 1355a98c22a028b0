"""A young person's rows of the two lists, translated to the rows of a snapshot.

The lists have names of workers and personal advisers, which are not read: no name is stored.
"""

from collections.abc import Iterable, Iterator, Mapping

from services.imports.annex_a.layout import CHILDREN_IN_CARE
from services.imports.tabular import vocabulary
from services.imports.tabular.dates import iso
from services.imports.tabular.layouts import Row

KINDS = frozenset({"people", "care", "placements", "accommodation", "plans", "reviews", "visits"})


_READ_FROM: Mapping[str, Mapping[str, str]] = {
    "people": {"full_time_education": "activity"},
    "care": {"start": "started", "end": "ceased", "end_reason": "reason", "care_id": "started"},
    "placements": {"start": "placement_start", "end": "ceased", "code": "placement",
                   "placement_id": "placement_start", "registration": "placement"},
    "accommodation": {"code": "accommodation"},
}  # fmt: skip
"""The columns of the lists that cells are made of, where they have another name."""


def snapshot_rows(person: str, list_rows: Iterable[Row]) -> list[Row]:
    """The rows of a snapshot. The person is one row, whichever of the lists they are in."""
    rows = list(list_rows)
    cells: dict[str, str] = {}
    for row in rows:
        cells |= {name: value for name, value in _person_cells(row).items() if value}
    translated = [
        Row("people", rows[0].file, rows[0].line, {"person": person} | cells, _READ_FROM["people"])
    ]
    for row in rows:
        translated += (
            _care_rows(person, row)
            if row.table == CHILDREN_IN_CARE.name
            else _leaver_rows(person, row)
        )
    return translated


def _person_cells(row: Row) -> dict[str, str]:
    cells = {
        "date_of_birth": row["date_of_birth"],
        "team": row["team"],
    }
    if row.table != CHILDREN_IN_CARE.name:
        cells["eligibility"] = vocabulary.eligibility(row["eligibility"])
        cells["in_touch"] = vocabulary.in_touch(row["in_touch"])
        cells["full_time_education"] = vocabulary.education(row["activity"])
        cells["activity"] = vocabulary.activity(row["activity"])
    return cells


def _care_rows(person: str, row: Row) -> Iterator[Row]:
    started = iso(row["started"])
    yield _row(
        "care",
        row,
        person,
        care_id=f"{person}-{started}" if started else person,
        start=row["started"],
        end=row["ceased"],
        end_reason=vocabulary.reason_ceased(row["reason"]) if row["ceased"] else "",
        legal_status=vocabulary.legal_status(row["legal_status"]),
    )
    if row["placement"]:
        placed = iso(row["placement_start"])
        yield _row(
            "placements",
            row,
            person,
            placement_id=f"{person}-{placed}-p" if placed else f"{person}-p",
            start=row["placement_start"],
            end=row["ceased"],
            code=vocabulary.placement(row["placement"]),
            provider=vocabulary.provider(row["provider"]),
            urn=row["urn"],
            registration=vocabulary.registration(row["placement"]),
        )
    if row["review"]:
        yield _row(
            "reviews",
            row,
            person,
            date_from="review",
            review_id=f"{person}-{iso(row['review'])}",
            date=row["review"],
            kind="looked_after",
        )
    if row["visit"]:
        yield _visit(row, person, "visit", "looked_after")
    # The list does not say when a plan was agreed: plans are agreed at reviews, as a rule.
    plan, since = vocabulary.plan(row["plan"]), "review" if row["review"] else "started"
    if plan and row[since] and not row["ceased"]:
        yield _row(
            "plans", row, person, date_from=since,
            plan_id=f"{person}-{plan}", date=row[since], plan=plan,
        )  # fmt: skip


def _leaver_rows(person: str, row: Row) -> Iterator[Row]:
    letter = vocabulary.accommodation(row["accommodation"])
    if letter:
        yield _row(
            "accommodation",
            row,
            person,
            accommodation_id=f"{person}-{letter}",
            code=letter,
            suitable=vocabulary.suitable(row["suitable"]),
        )
    if row["contact"]:
        yield _visit(row, person, "contact", "care_leaver")
    if row["pathway_review"]:
        yield _row(
            "reviews",
            row,
            person,
            date_from="pathway_review",
            review_id=f"{person}-pathway-{iso(row['pathway_review'])}",
            date=row["pathway_review"],
            kind="pathway_plan",
        )


def _visit(row: Row, person: str, column: str, kind: str) -> Row:
    """The latest visit or contact; earlier ones, of lists before, are kept."""
    return _row(
        "visits", row, person, date_from=column,
        visit_id=f"{person}-{kind}-{iso(row[column])}", date=row[column], kind=kind,
    )  # fmt: skip


def _row(of_kind: str, source: Row, person: str, *, date_from: str = "", **cells: str) -> Row:
    read_from = {**_READ_FROM.get(of_kind, {}), **({"date": date_from} if date_from else {})}
    return Row(of_kind, source.file, source.line, {"person": person, **cells}, read_from)

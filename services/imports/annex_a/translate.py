"""A young person's rows of the two lists, as the rows of a snapshot.

The lists name workers and personal advisers: names are not read, and come in by other ways as ids.
"""

from collections.abc import Iterable, Iterator

from services.imports.annex_a.layout import CHILDREN_IN_CARE
from services.imports.tabular import vocabulary
from services.imports.tabular.dates import iso
from services.imports.tabular.rows import Row

KINDS = frozenset({"people", "care", "placements", "accommodation", "plans", "reviews"})


def snapshot_rows(person: str, rows: Iterable[Row]) -> list[Row]:
    """The rows of a snapshot. What the two lists both say of a person is one row."""
    told = list(rows)
    cells: dict[str, str] = {}
    for row in told:
        cells |= {name: value for name, value in _person(row).items() if value}
    made = [Row("people", told[0].file, told[0].line, {"person": person} | cells)]
    for row in told:
        made += _in_care(person, row) if row.table == CHILDREN_IN_CARE.name else _left(person, row)
    return made


def _person(row: Row) -> dict[str, str]:
    told = {
        "date_of_birth": row["date_of_birth"],
        "team": row["team"],
    }
    if row.table != CHILDREN_IN_CARE.name:
        told["eligibility"] = vocabulary.eligibility(row["eligibility"])
        told["in_touch"] = vocabulary.in_touch(row["in_touch"])
        told["full_time_education"] = vocabulary.education(row["activity"])
    return told


def _in_care(person: str, row: Row) -> Iterator[Row]:
    began = iso(row["started"])
    yield _made(
        "care",
        row,
        person,
        care_id=f"{person}-{began}" if began else person,
        start=row["started"],
        end=row["ceased"],
        end_reason=vocabulary.reason_ceased(row["reason"]) if row["ceased"] else "",
        legal_status=vocabulary.legal_status(row["legal_status"]),
    )
    if row["placement"]:
        placed = iso(row["placement_start"])
        yield _made(
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
        yield _made(
            "reviews",
            row,
            person,
            review_id=f"{person}-{iso(row['review'])}",
            date=row["review"],
            kind="looked_after",
        )
    # The list does not say when a plan was agreed: plans are agreed at reviews, as a rule.
    plan, since = vocabulary.plan(row["plan"]), row["review"] or row["started"]
    if plan and since and not row["ceased"]:
        yield _made("plans", row, person, plan_id=f"{person}-{plan}", date=since, plan=plan)


def _left(person: str, row: Row) -> Iterator[Row]:
    letter = vocabulary.accommodation(row["accommodation"])
    if letter:
        yield _made(
            "accommodation",
            row,
            person,
            accommodation_id=f"{person}-{letter}",
            code=letter,
            suitable=vocabulary.suitable(row["suitable"]),
        )
    if row["pathway_review"]:
        yield _made(
            "reviews",
            row,
            person,
            review_id=f"{person}-pathway-{iso(row['pathway_review'])}",
            date=row["pathway_review"],
            kind="pathway_plan",
        )


def _made(of_kind: str, source: Row, person: str, **cells: str) -> Row:
    return Row(of_kind, source.file, source.line, {"person": person, **cells})

"""`sightline quality`: open questions by source, team and field, their trend, and imports."""

from typing import Any

from schemas.days import london_day
from schemas.weeks import week_name
from services.bootstrap.database import open_database
from services.cli.console import AsOf, Json, day_option, print_json, print_table, run
from services.oversight.data_quality import measures_of
from services.settings import Settings, load_settings
from services.store import question_counts as kept
from services.store.question_counts import Imported, Measured


def quality(as_of: AsOf = "", as_json: Json = False) -> None:
    """Print the open questions by source, team and field, week by week, and imports' faults."""
    day = day_option(as_of)

    async def work(
        settings: Settings,
    ) -> tuple[list[Measured], list[Measured], list[Imported]]:
        async with open_database(settings) as database, database.reading() as connection:
            return (
                await measures_of(connection, week_name(day), day),
                await kept.measures(connection),
                await kept.all_imports(connection),
            )

    now, weeks, imports = run(work(load_settings()))
    if as_json:
        print_json(_measure("now", item) for item in now)
        print_json(_measure("week", item) for item in weeks)
        print_json(fault for item in imports for fault in _faults(item))
        return
    print_table(
        f"Questions open on {day}",
        ("Source", "Team", "Field", "Questions", "Young people"),
        [
            (item.source, item.team, item.field, f"{item.questions:,}", f"{item.people:,}")
            for item in sorted(now, key=lambda item: -item.questions)
        ],
    )
    by_week: dict[str, int] = {}
    for item in weeks:
        by_week[item.week] = by_week.get(item.week, 0) + item.questions
    print_table("Week by week", ("Week", "Questions"), [(w, f"{n:,}") for w, n in by_week.items()])
    print_table(
        "What the last imports found",
        ("Source", "As at", "File", "Column", "What became of it", "Faults"),
        [
            (item.source, f"{london_day(item.as_at)}", file, column, became, f"{number:,}")
            for item in imports
            for file, column, became, number in item.faults
        ],
    )


def _measure(kind: str, item: Measured) -> dict[str, Any]:
    return {"kind": kind} | {name: getattr(item, name) for name in Measured.__slots__}


def _faults(item: Imported) -> list[dict[str, Any]]:
    return [
        {
            "kind": "import",
            "source": item.source,
            "as_at": item.as_at.isoformat(),
            "file": file,
            "column": column,
            "became": became,
            "faults": number,
        }
        for file, column, became, number in item.faults
    ]

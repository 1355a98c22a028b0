"""`sightline measures`: every oversight measure on a day, with its target and what it is judged."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from schemas.policy import Policy
from services.bootstrap.database import open_database
from services.bootstrap.measures import load_comparators, load_measures
from services.cli.console import AsOf, Json, day_option, print_json, print_table, run
from services.oversight.cases import view_of
from services.oversight.comparators.beside import Beside, published_beside
from services.oversight.measures.measured import Measured, measured
from services.oversight.tracked import counted, tracked_concerns
from services.settings import Settings, load_policy, load_settings
from services.store.scope import EVERYTHING


def measures(as_of: AsOf = "", as_json: Json = False) -> None:
    """Print the oversight measures of the whole council, on any day."""
    day = day_option(as_of)
    settings = load_settings()
    policy = load_policy(settings.policy)
    found = run(_measured(settings, policy, day))
    if as_json:
        council = policy.published_as
        comparators = load_comparators(settings.measures, council)
        print_json(
            _document(item, day, published_beside(item.measure, comparators, council))
            for item in found
        )
        return
    print_table(
        f"Measures on {day}",
        ("Measure", "Now", "Target", "Judged"),
        [
            (item.measure.name, item.value_in_words, item.target_in_words, item.judgement.state)
            for item in found
        ],
    )


async def _measured(settings: Settings, policy: Policy, day: date) -> list[Measured]:
    async with open_database(settings) as database, database.reading() as connection:
        tracked = counted(await tracked_concerns(connection, policy))
        view = view_of(EVERYTHING, day, tracked=tracked)
        return await measured(connection, view, load_measures(settings.measures))


def _document(item: Measured, day: date, published: Iterable[Beside]) -> dict[str, Any]:
    target = item.judgement.target
    return {
        "measure": item.measure.id,
        "name": item.measure.name,
        "as_of": day,
        "value": item.figure.value,
        "unit": item.measure.unit,
        "numerator": item.figure.numerator,
        "denominator": item.figure.denominator,
        "target": target.value if target else None,
        "by": target.by if target else None,
        "state": item.judgement.state,
        "forecast": item.forecast_in_words,
        "published": [
            {
                "area": it.area,
                "value": it.figure,
                "on": it.on,
                "same": it.comparator.same,
                "title": it.comparator.title,
                "address": it.comparator.address,
            }
            for it in published
        ],
    }

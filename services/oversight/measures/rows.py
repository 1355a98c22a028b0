"""Oversight measures as rows of a table to take away."""

from collections.abc import Sequence
from datetime import date

from services.oversight.measures.measured import Measured


def measure_columns(judged: str) -> Sequence[str]:
    """The headings; `judged` is that of what a measure is judged."""
    return (
        "Measure", "Value", "Unit", "Numerator", "Denominator", "Better", "Target", "By", judged,
        "Forecast", "Owner", "What it counts",
    )  # fmt: skip


def measure_row(item: Measured) -> list[str | float | date | None]:
    """A measure with its figure, its target and what it is judged."""
    measure, figure, judgement = item.measure, item.figure, item.judgement
    target = judgement.target
    return [
        measure.name, figure.value, measure.unit, figure.numerator, figure.denominator,
        measure.better, target.value if target else None, target.by if target else None,
        judgement.state, item.forecast_in_words, measure.owner, measure.what,
    ]  # fmt: skip

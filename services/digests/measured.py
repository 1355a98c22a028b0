"""Oversight measures as a digest has them: of the whole council, as the report keeps them."""

from collections.abc import Iterable

from schemas.digest import MeasureLine
from services.oversight.measures.measured import Measured


def measure_lines(found: Iterable[Measured]) -> tuple[MeasureLine, ...]:
    """Each measure that has a target, with its figure and what it is judged."""
    return tuple(
        MeasureLine(
            name=item.measure.name,
            value=item.value_in_words,
            target=item.target_in_words,
            state=item.judgement.state,
        )
        for item in found
        if item.judgement.target is not None
    )

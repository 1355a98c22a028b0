"""Oversight measures as a digest has them: of the whole council, as the report keeps them."""

from collections.abc import Iterable, Sequence

from schemas.digest import MeasureLine
from services.oversight.comparators.beside import published_beside
from services.oversight.comparators.definition import Comparator
from services.oversight.measures.measured import Measured


def measure_lines(
    found: Iterable[Measured], comparators: Sequence[Comparator], council: str
) -> tuple[MeasureLine, ...]:
    """Each measure that has a target, with its figure and what it is judged.

    Beside it stands the first published figure that counts the same, as a rule England's.
    """
    return tuple(
        MeasureLine(
            name=item.measure.name,
            value=item.value_in_words,
            target=item.target_in_words,
            state=item.judgement.state,
            published=next(
                (
                    it.in_words(item.measure)
                    for it in published_beside(item.measure, comparators, council)
                    if it.comparator.same and it.figure is not None
                ),
                "",
            ),
        )
        for item in found
        if item.judgement.target is not None
    )

"""Published figures beside measures: the newest of each area, neighbours, and what may be said."""

from datetime import date

import pytest
from pydantic import ValidationError

from services.oversight.comparators.beside import published_beside
from services.oversight.comparators.definition import (
    Comparator,
    neighbours,
    read_comparator,
    shipped,
)
from services.oversight.measures.definition import Measure
from services.oversight.measures.definition import shipped as measures

BY_ID = {measure.id: measure for measure in measures()}
SHARE = BY_ID["unsuitable_19_to_21"]
FILE = """
measure = "unsuitable_19_to_21"
definition = "As counted."
same = true
publisher = "Somebody"
title = "A publication"
address = "https://figures.example/1"
figures = [{areas}]
"""


def comparator(*areas: str) -> Comparator:
    return read_comparator("own", FILE.format(areas=", ".join(areas)))


def beside(measure: Measure, of: Comparator, council: str = "") -> list[tuple[str, str, date]]:
    return [
        (it.area, it.value_in_words(measure), it.on)
        for it in published_beside(measure, [of], council)
    ]


def test_every_shipped_one_stands_beside_a_measure_that_is_there() -> None:
    assert {item.measure for item in shipped()} <= set(BY_ID)
    for item in shipped():
        for it in item.figures:
            assert it.on <= (item.published or date(2026, 12, 1))
            if BY_ID[item.measure].unit == "per cent" and it.figure is not None:
                assert 0 <= it.figure <= 100, it
            assert it.numerator is None or it.numerator <= (it.denominator or 0)


def test_of_an_area_the_newest_figure_counts() -> None:
    of = comparator(
        '{ area = "England", kind = "country", on = 2024-03-31, numerator = 6, denominator = 100 }',
        '{ area = "England", kind = "country", on = 2025-03-31, numerator = 5, denominator = 100 }',
    )
    assert beside(SHARE, of) == [("England", "5 per cent", date(2025, 3, 31))]


def test_a_council_has_its_region_its_neighbours_median_and_its_own() -> None:
    first, second, third = neighbours().neighbours["Devon"][:3]
    day = "on = 2025-03-31"
    of = comparator(
        f'{{ area = "England", kind = "country", {day}, value = 5 }}',
        f'{{ area = "South West", kind = "region", {day}, value = 6 }}',
        f'{{ area = "London", kind = "region", {day}, value = 7 }}',
        f'{{ area = "Devon", kind = "council", {day}, value = 8 }}',
        f'{{ area = "{first}", kind = "council", {day}, value = 2 }}',
        f'{{ area = "{second}", kind = "council", {day}, value = 4 }}',
        f'{{ area = "{third}", kind = "council", {day} }}',
        f'{{ area = "Leeds", kind = "council", {day}, value = 90 }}',
    )
    on = date(2025, 3, 31)
    assert beside(SHARE, of, "Devon") == [
        ("England", "5 per cent", on),
        ("South West", "6 per cent", on),
        ("Statistical neighbours", "3 per cent", on),
        ("Devon, as published", "8 per cent", on),
    ]
    notes = [it.note for it in published_beside(SHARE, [of], "Devon")]
    assert notes[2].startswith(f"Median of 2 of 10: {first}, {second}, {third},")
    assert [area for area, _, _ in beside(SHARE, of)] == ["England"]


def test_a_figure_that_was_suppressed_is_not_published_and_never_0() -> None:
    of = comparator('{ area = "Devon", kind = "council", on = 2025-03-31 }')
    assert beside(SHARE, of, "Devon") == [
        ("Devon, as published", "not published", date(2025, 3, 31))
    ]


def test_what_counts_the_same_comes_first() -> None:
    alike = comparator('{ area = "England", kind = "country", on = 2025-03-31, value = 5 }')
    other = alike.model_copy(update={"id": "other", "same": False, "differs": "Otherwise."})
    found = published_beside(SHARE, [other, alike], "")
    assert [it.comparator.id for it in found] == ["own", "other"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("same = false", "differs must be given"),
        ('same = true\ndiffers = "x"', "differs must be given"),
        ("same = true\ncolour = 1", "colour"),
    ],
)
def test_a_file_that_says_too_little_or_too_much_is_refused(wrong: str, said: str) -> None:
    text = FILE.format(areas='{ area = "x", kind = "country", on = 2025-03-31, value = 5 }')
    with pytest.raises(ValidationError, match=said):
        read_comparator("own", text.replace("same = true", wrong))


def test_neighbours_are_of_every_council_and_ten_each() -> None:
    found = neighbours()
    assert len(found.neighbours) == 153
    for council, names in found.neighbours.items():
        assert len(set(names)) == 10
        assert council not in names
        assert set(names) <= set(found.region)

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
    names = neighbours().neighbours["Devon"]
    published, others = names[:6], names[6:]
    day = "on = 2025-03-31"
    of = comparator(
        f'{{ area = "England", kind = "country", {day}, value = 5 }}',
        f'{{ area = "South West", kind = "region", {day}, value = 6 }}',
        f'{{ area = "London", kind = "region", {day}, value = 7 }}',
        f'{{ area = "Devon", kind = "council", {day}, value = 8 }}',
        *(
            f'{{ area = "{name}", kind = "council", {day}, value = {value} }}'
            for value, name in enumerate(published)
        ),
        *(f'{{ area = "{name}", kind = "council", {day} }}' for name in others),
        f'{{ area = "Leeds", kind = "council", {day}, value = 90 }}',
    )
    on = date(2025, 3, 31)
    assert beside(SHARE, of, "Devon") == [
        ("England", "5 per cent", on),
        ("South West", "6 per cent", on),
        ("Statistical neighbours", "2.5 per cent", on),
        ("Devon, as published", "8 per cent", on),
    ]
    notes = [it.note for it in published_beside(SHARE, [of], "Devon")]
    assert notes[2] == f"Median of the 6 of 10 that are published: {', '.join(published)}"
    assert [area for area, _, _ in beside(SHARE, of)] == ["England"]


def test_two_councils_with_one_service_have_its_figure() -> None:
    of = comparator(
        '{ area = "Kingston upon Thames / Richmond upon Thames", kind = "council", '
        "on = 2025-03-31, value = 5 }"
    )
    for council in ("Kingston upon Thames", "Richmond upon Thames"):
        figures = beside(SHARE, of, council)
        assert (figures[-1][0], figures[-1][1]) == (
            "Kingston upon Thames / Richmond upon Thames, as published",
            "5 per cent",
        )


def test_of_neighbours_few_of_whom_are_published_no_median_is_told() -> None:
    names = neighbours().neighbours["Devon"]
    day = "on = 2025-03-31"
    of = comparator(
        *(f'{{ area = "{name}", kind = "council", {day}, value = 9 }}' for name in names[:5]),
        *(f'{{ area = "{name}", kind = "council", {day} }}' for name in names[5:]),
    )
    (theirs,) = published_beside(SHARE, [of], "Devon")
    assert theirs.value_in_words(SHARE) == "not published"
    assert theirs.note == "Too few are published: 5 of 10"


def test_what_is_published_is_to_the_nearest_tenth() -> None:
    of = comparator(
        '{ area = "England", kind = "country", on = 2025-03-31, numerator = 2040, '
        "denominator = 38190 }"
    )
    assert beside(SHARE, of) == [("England", "5.3 per cent", date(2025, 3, 31))]


@pytest.mark.parametrize(
    ("area", "said"),
    [
        ('area = "Devonshire", kind = "council", on = 2025-03-31, value = 5', "as the department"),
        ('area = "South", kind = "region", on = 2025-03-31, value = 5', "as the department"),
        ('area = "England", kind = "country", on = 2025-03-31, numerator = 5', "must have a value"),
        ('area = "X", kind = "country", on = 2025-03-31, value = 5, numerator = 5', "have a value"),
    ],
)
def test_an_area_or_a_figure_that_cannot_be_meant_is_refused(area: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        comparator(f"{{ {area} }}")


def test_a_figure_that_was_suppressed_is_not_published_and_never_0() -> None:
    of = comparator('{ area = "Devon", kind = "council", on = 2025-03-31 }')
    assert beside(SHARE, of, "Devon") == [
        ("Devon, as published", "not published", date(2025, 3, 31))
    ]


def test_what_counts_the_same_comes_first_and_of_that_the_newest() -> None:
    alike = comparator('{ area = "England", kind = "country", on = 2025-03-31, value = 5 }')
    old = comparator('{ area = "England", kind = "country", on = 2019-03-31, value = 5 }')
    other = alike.model_copy(update={"id": "other", "same": False, "differs": "Otherwise."})
    found = published_beside(SHARE, [other, old, alike], "")
    assert [(it.comparator.id, it.on.year) for it in found] == [
        ("own", 2025), ("own", 2019), ("other", 2025),
    ]  # fmt: skip


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

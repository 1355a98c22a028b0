"""The tables of the dataset that are read, and their columns, from fields.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.imports.tabular.dates import without_time
from services.imports.tabular.layouts import Layout

_PLACEHOLDERS = frozenset(
    {"ssd_ph", "placeholder_data", "placeholder", "null", "none", "nan", "n/a"}
)
_NOBODY = frozenset({"-1", "0", "unknown", "00000000-0000-0000-0000-000000000000"})
"""Row keys by which systems say that somebody or something is not known."""
_KEYS = frozenset(
    {
        "person",
        "professional",
        "worker",
        "adviser",
        "team",
        "id",
        "staff_id",
        "care",
        "urn",
        "family",
    }
)  # fmt: skip
"""Columns that hold a row key."""
_PLACEHOLDER_DATES = ("1900-01-01", "01/01/1900", "1900/01/01")


@dataclass(frozen=True, slots=True)
class SsdTable:
    """One table of the dataset.

    `key` is its key in fields.toml and `name` its name in the database. `columns` maps each column
    to the names that it may have, the published one first. By the columns in `own` a file of it is
    recognised; without one of `required` it cannot be used.
    """

    key: str
    name: str
    columns: Mapping[str, tuple[str, ...]]
    own: tuple[str, ...]
    required: tuple[str, ...]

    @property
    def layout(self) -> Layout:
        """The table as it is recognised in a file."""
        return Layout(
            self.key,
            tuple(self.columns),
            required=(),
            own=[column for column, names in self.columns.items() if set(names) & set(self.own)],
            aliases=self.columns,
        )


@cache
def ssd_tables() -> Mapping[str, SsdTable]:
    """Every table that is read, by its key in fields.toml."""
    definitions = tomllib.loads((Path(__file__).parent / "fields.toml").read_text("utf-8"))
    return {
        key: SsdTable(
            key,
            table["name"],
            {
                column: (names["name"], *names.get("also", ()))
                for column, names in table["columns"].items()
            },
            tuple(table["own"]),
            tuple(table.get("required", ())),
        )
        for key, table in definitions.items()
    }


def without_placeholder(column: str, cell: str) -> str:
    """A cell; empty where it holds a placeholder that the council has not filled yet.

    In a column of keys, the key that stands for nobody is one too.
    """
    text = without_time(cell.strip())
    word = text.casefold()
    is_placeholder = word in _PLACEHOLDERS or text.startswith(_PLACEHOLDER_DATES)
    return "" if is_placeholder or (column in _KEYS and word in _NOBODY) else text

"""The tables of the dataset that are read, by the field file beside this."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.imports.tabular.dates import without_time
from services.imports.tabular.rows import Layout

_PLACEHOLDERS = frozenset({"ssd_ph", "placeholder_data", "placeholder", "null", "none", "nan"})
_PLACEHOLDER_DATES = ("1900-01-01", "01/01/1900", "1900/01/01")


@dataclass(frozen=True, slots=True)
class SsdTable:
    """One table: its name in the database, and the names that each of its columns may have."""

    key: str
    name: str
    columns: Mapping[str, tuple[str, ...]]
    own: tuple[str, ...]
    required: tuple[str, ...]

    @property
    def layout(self) -> Layout:
        """The table as a file of its own."""
        return Layout(
            self.key,
            tuple(self.columns),
            required=(),
            own=[column for column, names in self.columns.items() if set(names) & set(self.own)],
            aliases=self.columns,
        )


@cache
def ssd_tables() -> Mapping[str, SsdTable]:
    """Every table that is read, by its key in the field file."""
    told = tomllib.loads((Path(__file__).parent / "fields.toml").read_text("utf-8"))
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
        for key, table in told.items()
    }


def meant(cell: str) -> str:
    """A cell without what only holds a place until a council fills it."""
    told = without_time(cell.strip())
    placeholder = told.casefold() in _PLACEHOLDERS or told.startswith(_PLACEHOLDER_DATES)
    return "" if placeholder else told

"""Tables of a published format: their headings, by which a file is recognised, and their rows."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.ledger import Place

_ADDED = re.compile(r"[(\[][^)\]]*[)\]]")
_NOT_LETTERS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in its file. `values` are cells by column, without spaces around.

    Of a row that was translated, `read_from` says of which column of its file a column was made.
    """

    table: str
    file: str
    line: int
    values: Mapping[str, str]
    read_from: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        """A cell; empty where the file has no such column."""
        return self.values.get(column, "")

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.file, self.line

    def fault(self, column: str, expected: str, became: Became, child: str = "") -> FileFault:
        """A fault in this row."""
        named = self.read_from.get(column, column)
        return FileFault(
            self.file, self.line, named, self[column], expected, became, child, self.table
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of a published format.

    `own` are the columns by which it is recognised, `aliases` other headings of a column.
    """

    name: str
    columns: Sequence[str]
    required: Sequence[str]
    own: Sequence[str]
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def named(self, headings: Iterable[str]) -> dict[int, str]:
        """Position to column, for the headings that are recognised; the first of two counts."""
        known = {plain(column): column for column in self.columns}
        for column, others in self.aliases.items():
            known |= {plain(other): column for other in others}
        found: dict[int, str] = {}
        # As they are first; then without what stands in brackets, as councils add to headings.
        for read in (plain, _without_additions):
            for position, heading in enumerate(headings):
                named = known.get(read(heading))
                if named and position not in found and named not in found.values():
                    found[position] = named
        return found

    def not_found(self, columns: Iterable[str]) -> list[str]:
        """The columns that none of the headings is of, by the names that they are published by."""
        present = set(columns)
        return [column for column in self.columns if column not in present]


NoteColumns = Callable[[str, Layout, Mapping[str, str]], list[str]]
"""Sentences on the columns of a file of a table, by those that it has, each with its heading."""

_MANY = 12
"""Headings of which so many are named."""


def note_of_headings(file: str, columns: Mapping[str, str], headings: Iterable[str]) -> list[str]:
    """A sentence on the headings of a file that no column takes; none where all are taken."""
    read = set(columns.values())
    others = [heading for heading in headings if heading and heading not in read]
    if not others:
        return []
    more = " and others" if len(others) > _MANY else ""
    return [f"{file}: nothing is read from {', '.join(others[:_MANY])}{more}."]


def _without_additions(heading: str) -> str:
    return plain(_ADDED.sub(" ", heading))


def plain(heading: str) -> str:
    """A heading as it is compared: no capitals, no spaces, no underscores."""
    return _NOT_LETTERS.sub("", heading.casefold())


def recognise(layouts: Iterable[Layout], headings: Sequence[str], hint: str) -> Layout | None:
    """The table that these headings are of; `hint` is the file's name, where two are as likely."""
    best_score: tuple[float, bool] = (0.0, False)
    best: Layout | None = None
    for layout in layouts:
        found = set(layout.named(headings).values())
        share = len(found & set(layout.own)) / len(layout.own)
        score = (
            share + len(found) / (100 * len(layout.columns)),
            plain(layout.name) in plain(hint),
        )
        if share and score > best_score:
            best_score, best = score, layout
    return best


def note_of_columns(file: str, layout: Layout, columns: Iterable[str]) -> list[str]:
    """A sentence on the columns that a file has no heading for; none where it has all."""
    absent = [layout.aliases.get(name, (name,))[0] for name in layout.not_found(columns)]
    if not absent:
        return []
    lacks = f"{file} has no column that can be recognised as {', or as '.join(absent)}"
    return [f"{lacks}. Where it has one, name it so: nothing is known here of what it says."]

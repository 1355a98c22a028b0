"""The XML form of the return, parsed as a stream: one child in memory at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from services.imports.ssda903.layout import CHILD, HEADER, LAYOUTS, OC3
from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.layouts import Layout, Row, plain

_BLOCK = 1 << 16
_DEEPEST = 32
"""Elements within one another: a return has six."""
_MOST_OF_CHILD = 50_000
"""Elements of one child."""
_LONGEST_TEXT = 10_000
"""Characters of one element."""
_CHILD_NAMES = frozenset(map(plain, ("CHILD", *CHILD)))
_LIVES_IN_HEADER = ("header", "oc3", "uasc", "ad1")
"""Tables of one row a child, whose fields may stand in the HEADER itself."""


@dataclass(slots=True)
class _Element:
    """An element that is open: its leaves by tag, and the elements within it."""

    tag: str
    line: int
    leaves: dict[str, str] = field(default_factory=dict)
    within: list["_Element"] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    length: int = 0

    @property
    def is_leaf(self) -> bool:
        return not self.leaves and not self.within


class _Reader:
    """Follows the parser, and hands over each CHILD when it closes."""

    def __init__(self) -> None:
        self.open: list[_Element] = []
        self.closed: list[_Element] = []
        self.of_child = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity

    def _start(self, tag: str, _attributes: object) -> None:
        if len(self.open) >= _DEEPEST:
            raise expat.ExpatError(f"elements stand within one another {_DEEPEST} deep at most")
        if self.open:  # what stands between elements is no value
            self.open[-1].text.clear()
            self.open[-1].length = 0
        self.of_child = self.of_child + 1 if len(self.open) > 1 else 0
        if self.of_child > _MOST_OF_CHILD:
            raise expat.ExpatError(f"a child has {_MOST_OF_CHILD:,} elements at most")
        self.open.append(_Element(tag.rsplit(":", 1)[-1], self.parser.CurrentLineNumber))

    def _text(self, text: str) -> None:
        if self.open:
            element = self.open[-1]
            element.length += len(text)
            if element.length > _LONGEST_TEXT:
                raise expat.ExpatError(f"a value has {_LONGEST_TEXT:,} characters at most")
            element.text.append(text)

    def _end(self, _tag: str) -> None:
        element = self.open.pop()
        if not self.open:
            return
        parent = self.open[-1]
        depth = len(self.open)
        if depth == 1:
            self.closed.append(element)
        elif element.is_leaf:
            parent.leaves.setdefault(element.tag, "".join(element.text).strip())
        else:
            parent.within.append(element)

    def _entity(self, *_declaration: object) -> None:
        raise expat.ExpatError("a return declares no entities")


def read_xml(path: Path) -> Iterator[Row | FileFault]:
    """The rows of a return in XML. A file that breaks off counts up to there, and is a fault."""
    reader = _Reader()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                reader.parser.Parse(block, False)
                yield from _rows_of(path.name, reader)
            reader.parser.Parse(b"", True)
            yield from _rows_of(path.name, reader)
        except expat.ExpatError as error:
            yield from _rows_of(path.name, reader)
            expected = f"XML that can be read to its end ({error}); what stands after is left out"
            line = reader.parser.CurrentLineNumber
            yield FileFault(path.name, line, "", "", expected, Became.FILE_LEFT_OUT)


def _rows_of(file: str, reader: _Reader) -> Iterator[Row]:
    closed, reader.closed = reader.closed, []
    for child in closed:
        groups = list(_groups(child))
        ids = (value for group in groups for tag, value in group.leaves.items() if _is_child(tag))
        id_ = next(ids, "")
        for group in groups:
            yield from _rows_in(file, group, id_)


def _groups(element: _Element) -> Iterator[_Element]:
    """An element and all within it that have leaves."""
    if element.leaves:
        yield element
    for inner in element.within:
        yield from _groups(inner)


def _rows_in(file: str, group: _Element, child: str) -> Iterator[Row]:
    """The rows that one element makes: a header may hold one of several tables."""
    found = [(layout, _values(layout, group, child)) for layout in LAYOUTS]
    if any(tag in group.leaves for tag in ("CHILDID", "CHILD")) or plain(group.tag) == "header":
        for layout, values in found:
            if layout.name in _LIVES_IN_HEADER and (
                layout is HEADER or _has_values(layout, values)
            ):
                yield Row(layout.name, file, group.line, values)
        return
    best = max(found, key=lambda item: _share(item[0], item[1]))
    if _share(*best):
        yield Row(best[0].name, file, group.line, best[1])


def _values(layout: Layout, group: _Element, child: str) -> dict[str, str]:
    tags: Sequence[str] = list(group.leaves)
    columns = layout.named(tags)
    return {"CHILD": child} | {
        column: group.leaves[tags[position]]
        for position, column in columns.items()
        if column != "CHILD"
    }


def _share(layout: Layout, values: dict[str, str]) -> float:
    return sum(column in values for column in layout.own) / len(layout.own)


def _has_values(layout: Layout, values: dict[str, str]) -> bool:
    """Whether a table of a header says anything; OC3 counts where any of its three is there."""
    own = ("DUC",) if layout.name == "uasc" else layout.own
    return any(values.get(column) for column in own) or (
        layout is OC3 and any(column in values for column in layout.own)
    )


def _is_child(tag: str) -> bool:
    return plain(tag) in _CHILD_NAMES

"""Ids of young people as files write them: 123.0, leading zeros lost, other capitals.

Where those of two files, or of a file and of what is held, hardly meet and would after such a
mending, it is said; they are mended only where the caller says so.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.layouts import Row

LONGEST_ID = 200


def is_id(value: str) -> bool:
    """Whether it can be the id of a row, or of a young person."""
    return value.isprintable() and 0 < len(value) <= LONGEST_ID


class Mending(StrEnum):
    """How ids are read alike."""

    DECIMALS = "decimals"
    ZEROS = "zeros"
    CAPITALS = "capitals"


_READ: Mapping[Mending, Callable[[str], str]] = {
    Mending.DECIMALS: lambda id_: id_.removesuffix(".0"),
    Mending.ZEROS: lambda id_: id_.lstrip("0") or id_,
    Mending.CAPITALS: str.casefold,
}
_IN_WORDS: Mapping[Mending, str] = {
    Mending.DECIMALS: 'without ".0" at their end',
    Mending.ZEROS: "without zeros at their start",
    Mending.CAPITALS: "whatever their capitals",
}
_HARDLY, _MOST = 0.2, 0.8
"""Shares of the ids of a file: fewer hardly meet others, as many mostly do."""
HELD = "what is held of this source"


@dataclass(slots=True)
class Ids:
    """The ids of one import. `mendings` are how the caller wants them read, `held` the known ones.

    `seen` are those of each file, as they are used. An id that is held as it stands is used so;
    else it is used as the first that reads like it was written, held ones first. Two that are held
    and read alike stay two.
    """

    mendings: Collection[Mending] = ()
    held: Collection[str] = ()
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _used: dict[str, str] | None = None
    _doubtful: set[str] = field(default_factory=set)
    _written: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def read(self, row: Row, column: str = "person") -> Row:
        """The row, its id as it is used."""
        id_ = row[column]
        if id_ and self.mendings:
            used = self._as_used(id_)
            self._written[row.file, used].add(id_)
            if used != id_:
                row = replace(row, values={**row.values, column: used})
            id_ = used
        if id_:
            self.seen[row.file].add(id_)
        return row

    def _as_used(self, id_: str) -> str:
        if self._used is None:
            self._used = {}
            for held in sorted(self.held):
                mended = self._mended(held)
                if mended in self._used:
                    self._doubtful.add(mended)
                self._used[mended] = held
        mended = self._mended(id_)
        if id_ in self.held or mended in self._doubtful:
            return id_
        return self._used.setdefault(mended, id_)

    def _mended(self, id_: str) -> str:
        for mending in Mending:
            if mending in self.mendings:
                id_ = _READ[mending](id_)
        return id_

    def faults(self, column: str = "person") -> Iterator[FileFault]:
        """What is wrong with the ids, once all were read.

        Those of a file hardly meet the others' and would, read otherwise; or two of one file were
        read as one.
        """
        for file, ids in self.seen.items():
            others = {id_ for other, found in self.seen.items() if other != file for id_ in found}
            if fault := _apart(file, column, ids, others, "the other files"):
                yield fault
        everybody = {id_ for found in self.seen.values() for id_ in found}
        if fault := _apart(next(iter(self.seen), ""), column, everybody, set(self.held), HELD):
            yield fault
        for (file, used), written in sorted(self._written.items()):
            if len(written) > 1:
                expected = f"one id: {', '.join(sorted(written))} were read as one by --ids"
                yield FileFault(file, 1, column, used, expected, Became.KEPT)


def _apart(file: str, column: str, ids: set[str], others: set[str], whose: str) -> FileFault | None:
    """What to say where the ids hardly meet others, and would after one mending."""
    fewer = min(len(ids), len(others))
    meeting = len(ids & others)
    if not fewer or meeting > _HARDLY * fewer:
        return None
    for mending, read in _READ.items():
        would = len({read(id_) for id_ in ids} & {read(id_) for id_ in others})
        if would >= _MOST * fewer and would > meeting:
            expected = (
                f"an id as in {whose}: {meeting:,} of {fewer:,} are, and {would:,} would be, read "
                f"{_IN_WORDS[mending]}; --ids {mending} reads them so"
            )
            return FileFault(file, 1, column, min(ids - others), expected, Became.KEPT)
    return None

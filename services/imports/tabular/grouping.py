"""Grouping the rows of many files by young person: an external merge sort, in bounded memory."""

import heapq
import pickle
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, TypeVar

Item = TypeVar("Item")

_IN_MEMORY = 20_000
"""Items in memory before they are sorted and written to disk."""


def grouped(items: Iterable[tuple[str, Item]]) -> Iterator[tuple[str, list[Item]]]:
    """Items by key, keys in order, the items of one key in the order in which they came."""
    with TemporaryDirectory(prefix="sightline-") as folder:
        runs: list[Path] = []
        buffer: list[tuple[str, Item]] = []
        for item in items:
            buffer.append(item)
            if len(buffer) >= _IN_MEMORY:
                runs.append(_write_run(buffer, Path(folder) / str(len(runs))))
                buffer = []
        buffer.sort(key=itemgetter(0))
        merged = heapq.merge(*map(_read_run, runs), buffer, key=itemgetter(0))
        for key, group in groupby(merged, key=itemgetter(0)):
            yield key, [item for _, item in group]


def _write_run(buffer: list[tuple[str, Item]], path: Path) -> Path:
    buffer.sort(key=itemgetter(0))
    with path.open("wb") as file:
        for item in buffer:
            pickle.dump(item, file, pickle.HIGHEST_PROTOCOL)
    return path


def _read_run(path: Path) -> Iterator[tuple[str, Item]]:
    with path.open("rb") as file:
        yield from unpickled(file)


def unpickled(file: IO[bytes]) -> Iterator[Any]:
    """The objects that this process pickled to a file, one after another."""
    while True:
        try:
            yield pickle.load(file)  # noqa: S301 (written by this process, in its own temporary folder)
        except EOFError:
            return

"""Rows of many files brought together by young person, on disk, whatever their number."""

import heapq
import pickle
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, TypeVar

Item = TypeVar("Item")

_HELD = 20_000
"""Items held in memory before they are sorted and put aside."""


def grouped(items: Iterable[tuple[str, Item]]) -> Iterator[tuple[str, list[Item]]]:
    """Items by key, keys in order, the items of one key in the order in which they came."""
    with TemporaryDirectory(prefix="sightline-") as folder:
        runs: list[Path] = []
        held: list[tuple[str, Item]] = []
        for item in items:
            held.append(item)
            if len(held) >= _HELD:
                runs.append(_put_aside(held, Path(folder) / str(len(runs))))
                held = []
        held.sort(key=itemgetter(0))
        merged = heapq.merge(*map(_taken_back, runs), held, key=itemgetter(0))
        for key, group in groupby(merged, key=itemgetter(0)):
            yield key, [item for _, item in group]


def _put_aside(held: list[tuple[str, Item]], path: Path) -> Path:
    held.sort(key=itemgetter(0))
    with path.open("wb") as file:
        for item in held:
            pickle.dump(item, file, pickle.HIGHEST_PROTOCOL)
    return path


def _taken_back(path: Path) -> Iterator[tuple[str, Item]]:
    with path.open("rb") as file:
        yield from unpickled(file)


def unpickled(file: IO[bytes]) -> Iterator[Any]:
    """What this process itself put aside in a file, one after another."""
    while True:
        try:
            yield pickle.load(file)  # noqa: S301 (written by us, in a place of our own)
        except EOFError:
            return

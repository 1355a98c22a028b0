"""Files that a command writes for whoever runs it, and that nobody else on the machine can read."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from services.cli.console import fail


def make_folder(folder: Path, names: Iterable[str]) -> None:
    """Make a folder for some files; the command ends if it cannot, or it has one of them."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        fail(f"{folder} cannot be made: {error.strerror}.")
    if taken := [name for name in names if (folder / name).exists()]:
        fail(f"{folder} has {taken[0]} already; name an empty folder.")


def write_privately(path: Path, content: bytes) -> None:
    """Write a new file, its owner's alone from the first byte on; the command ends if it cannot."""
    with new_private_file(path) as file:
        file.write(content)


@contextmanager
def new_private_file(path: Path) -> Iterator[BinaryIO]:
    """A new file to write, its owner's alone; the command ends where it cannot be written."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            yield file
    except FileExistsError:
        fail(f"{path} exists; name a file that does not.")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.")

"""Small TOML files that are shipped beside the code that reads them."""

from collections.abc import Callable
from importlib.resources import files
from typing import TypeVar

T = TypeVar("T")


def shipped_in(package: str, read: Callable[[str, str], T]) -> tuple[T, ...]:
    """What the folder `shipped` of a package has, in the order of the file names.

    Args:
        package: the package, by its name.
        read: makes something of a file's name and its text.
    """
    folder = files(package) / "shipped"
    return tuple(
        read(file.name.removesuffix(".toml"), file.read_text("utf-8"))
        for file in sorted(folder.iterdir(), key=lambda item: item.name)
        if file.name.endswith(".toml")
    )

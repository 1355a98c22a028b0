"""The files of this repository, each read and parsed once, however many guards look at it."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROOMS = ("schemas", "events", "services")
"""The folders of the program itself."""


def name_of(path: Path) -> str:
    """Where a file stands, from the top of the repository."""
    return str(path.relative_to(ROOT))


@cache
def files_in(folder: str, ending: str = ".py") -> tuple[Path, ...]:
    """The files of a folder and of those beneath it, in order; an empty ending means all."""
    found = (ROOT / folder).rglob("*")
    return tuple(sorted(path for path in found if path.is_file() and path.name.endswith(ending)))


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """The modules of these folders; of the whole program, where none is named."""
    return tuple(path for folder in folders or ROOMS for path in files_in(folder))


@cache
def text_of(path: Path) -> str:
    """What a file holds."""
    return path.read_text("utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """A module, parsed."""
    return ast.parse(text_of(path))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a module."""
    return tuple(ast.walk(tree_of(path)))


@cache
def imports_of(path: Path) -> frozenset[str]:
    """The modules that a module imports, anywhere in it."""
    found = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return frozenset(found)

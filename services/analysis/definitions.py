"""What the columns of the analysis mean: its sheet of definitions."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def definitions() -> tuple[tuple[str, str, str], ...]:
    """Sheet, column, and what it means, in the order of the sheets."""
    text = (files("services.analysis") / "definitions.toml").read_text("utf-8")
    return tuple(
        (sheet, column, meaning)
        for sheet, columns in tomllib.loads(text).items()
        for column, meaning in columns.items()
    )

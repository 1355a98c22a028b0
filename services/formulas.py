"""Cells that a spreadsheet would take for a formula, and run."""

import unicodedata

_BEGINS = ("=", "+", "-", "@")
_LINE = ("\t", "\r", "\n")


def defused(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would take for a formula.

    Full-width signs are read as the plain ones, and what stands before them and is not seen is
    passed over: spaces of any kind, controls, marks of direction.

    Source: OWASP, CSV injection.
    """
    if cell.startswith(_LINE):
        return f"'{cell}"
    seen = next((char for char in cell if not _is_unseen(char)), "")
    return f"'{cell}" if unicodedata.normalize("NFKC", seen).startswith(_BEGINS) else cell


def _is_unseen(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cc", "Cf", "Zs", "Zl", "Zp")

"""Cells that a spreadsheet would take for a formula, and run."""

_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}")


def defused(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would take for a formula.

    Source: OWASP, CSV injection.
    """
    return f"'{cell}" if cell.lstrip(" ").startswith(_BEGINS) else cell

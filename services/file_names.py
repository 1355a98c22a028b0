"""What a file to take away is called."""

from datetime import date


def file_name(what: str, day: date, kind: str, *, is_incomplete: bool) -> str:
    """A file's name: what it is, of which day, and whether it lacks something.

    A file that lacks something would be counted as one that lacks nothing.
    """
    return f"sightline-{what}-{day}{'-incomplete' if is_incomplete else ''}.{kind}"

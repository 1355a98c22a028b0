"""What may be a case reference: it stands in mails, links and file names, so its form is narrow."""

import re
from urllib.parse import quote

_FORM = re.compile(r"[A-Za-z0-9_./:-]{1,64}", re.ASCII)

FORM_IN_WORDS = "1 to 64 letters, digits and the signs - _ . / :"


def is_case_reference(text: str) -> bool:
    """Whether a text may be a young person's case identifier."""
    return _FORM.fullmatch(text) is not None


def as_segment(reference: str) -> str:
    """A case reference as one segment of an address, which no browser changes or divides.

    Two signs that no reference has stand for what would divide it, or lead to another page.
    """
    return f"!{reference}" if reference in (".", "..") else reference.replace("/", "~")


def case_path(reference: str) -> str:
    """The path of a young person's page, whatever signs their reference has."""
    return f"/cases/{quote(as_segment(reference), safe='!~')}"


def from_segment(segment: str) -> str:
    """The case reference of a segment; one as older links have it is itself."""
    return segment.removeprefix("!").replace("~", "/")

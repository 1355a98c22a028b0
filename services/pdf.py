"""Documents as PDF, by WeasyPrint."""

from importlib import import_module

PDF = "application/pdf"
"""The media type."""


def pdf_of(html: str) -> bytes:
    """A document as PDF. The same document gives the same bytes.

    WeasyPrint is read in when it is asked for: it takes a second, and loads the system's text
    shaping.
    """
    weasyprint = import_module("weasyprint")
    made: bytes = weasyprint.HTML(string=html).write_pdf(pdf_identifier=b"0")
    return made

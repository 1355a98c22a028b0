"""The templates of pages, mail and evidence: an undefined name in one is an error."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from schemas.days import plain_day

__all__ = ["Environment", "TemplateFault", "template_environment"]

TemplateFault = TemplateError
"""What a template raises that is not there or cannot be used."""

_FOLDER = Path(__file__).resolve().parents[1] / "templates"


def template_environment(*, html: bool = True, extensions: Sequence[str] = ()) -> Environment:
    """The environment that renders them; in HTML whatever is shown is escaped.

    Args:
        html: whether it is HTML, and not plain text.
        extensions: those of Jinja that the templates need.
    """
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=html,  # noqa: S701 (a plain text is no HTML)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=extensions,
    )
    environment.filters["day"] = _day
    return environment


def _day(value: date | None) -> str:
    """A day in words; nothing where there is none."""
    return plain_day(value) if value else ""

"""The templates of pages, mail and evidence: an undefined name in one is an error."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

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
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=html,  # noqa: S701 (a plain text is no HTML)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=extensions,
    )

"""What people read of a pack of evidence: one document as HTML and as PDF (WeasyPrint)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache

from schemas.days import plain_moment
from schemas.weeks import week_words
from services.evidence.collect import CaseEvidence
from services.evidence.pack import PackMaker
from services.oversight.case_history import in_words
from services.oversight.wording import ACTION_KINDS
from services.pdf import pdf_of
from services.templating import Environment, template_environment


@cache
def _environment() -> Environment:
    environment = template_environment()
    environment.filters.update(moment=_moment, week=week_words, day_in_words=in_words)
    return environment


def readable(
    cases: Sequence[CaseEvidence],
    maker: PackMaker,
    shown: Callable[[str], str],
    display_name: Callable[[str], str],
) -> Mapping[str, bytes]:
    """The document of a pack: `evidence.html` and `evidence.pdf`.

    Args:
        cases: the evidence of each case.
        maker: who makes it, of what.
        shown: how references are shown: as they are, or by pseudonyms.
        display_name: a member of staff, or a recipient, as people call them.
    """
    html = shown(
        _environment()
        .get_template("evidence/pack.html.j2")
        .render(cases=cases, maker=maker, display_name=display_name, action_kinds=ACTION_KINDS)
    )
    return {"evidence.html": html.encode(), "evidence.pdf": pdf_of(html)}


def _moment(value: datetime | None) -> str:
    return plain_moment(value) if value else "not sent"

"""What people read is said as docs/style.md says it: in every template and every sentence."""

import ast
import re
from collections.abc import Iterator

import pytest

from schemas.events.catalogue import CATALOGUE, title_of
from schemas.weeks import week_words
from services.digests.week import mail_title
from tests.unit.guards.sources import ROOT, files_in, name_of, python_files, text_of, tree_of

NEVER = (
    "rule spoke", "rule speaks", "cause for concern", "becomes now", "action is updated",
    "been quiet", "usually quiet", "quiet feed", "n/a", "please", "oops", "invalid",
    "illegal", "the user",
)  # fmt: skip
_BANNED = re.compile("|".join(rf"(?<![\w-]){re.escape(words)}(?![\w-])" for words in NEVER))
_COMMENT = re.compile(r"{#.*?#}", re.DOTALL)


def sentences(path: str) -> Iterator[str]:
    """What a module says to people: its texts with a space, but for docstrings."""
    tree = tree_of(ROOT / path)
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if " " in text and id(node) not in docstrings:
                yield text


@pytest.mark.parametrize("path", [name_of(path) for path in python_files("services")])
def test_no_sentence_has_a_word_that_people_would_not_say(path: str) -> None:
    found = {match[0] for text in sentences(path) for match in _BANNED.finditer(text.lower())}
    assert found == set()


@pytest.mark.parametrize("path", [name_of(path) for path in files_in("templates", ".j2")])
def test_no_template_has_one(path: str) -> None:
    text = _COMMENT.sub("", text_of(ROOT / path)).lower()
    shown = re.sub(r"{%.*?%}", "", text, flags=re.DOTALL)
    assert {match[0] for match in _BANNED.finditer(shown)} == set()


def test_the_page_of_words_names_each_that_is_refused() -> None:
    page = (ROOT / "docs" / "style.md").read_text("utf-8").lower()
    for words in NEVER:
        assert words.removeprefix("usually ").removeprefix("been ").split()[0] in page, words


def test_names_of_events_and_weeks_are_read_out_as_titles() -> None:
    assert title_of("pre_proceedings.started") == "Pre-proceedings started"
    assert all("." not in title_of(name) and "_" not in title_of(name) for name in CATALOGUE)
    assert week_words("2026-W47") == "week of 16 November 2026"
    assert week_words("2027-W01") == "week of 4 January 2027"
    assert mail_title("2026-W53") == "Digest of the week of 28 December 2026"
    assert mail_title("2026-W47-notice-1120T100000Z") == "Notice of what is unlawful"
    assert mail_title("2026-W47-notice-silence-1120T100000Z") == "Alarm of a silent feed"

"""What somebody may see is a condition that every query about young people starts from."""

import ast
from pathlib import Path

from tests.unit.guards.sources import name_of, python_files, text_of, tree_of

STORE = "services/store"
ABOUT_YOUNG_PEOPLE = {
    "cases", "assignments", "periods", "questions", "reported", "refused", "actions",
    "iro_escalations", "duties",
}  # fmt: skip
LIMITING = {"view", "scope"}

OF_ONE_OR_OF_THE_STORE = {
    "assignments": "reads whose one young person is",
    "cases_of": "of one young person, whom the one who asks has opened",
    "lines_of": "of one young person, whom the one who asks has opened",
    "cases_at": "of keys that were found in what a reader may see",
    "reported_of_person": "of one young person, whom the one who asks has opened",
    "reasons_of": "of periods that were found in what a reader may see",
    "refused_about": "of one young person, whom the one who asks has opened",
    "periods_on": "publishes colours that begin by themselves",
    "beginning": "finds whom midnight concerns",
    "keep_report": "keeps what is so of everybody",
    "count_again": "counts everybody again",
    "write": "replaces what is derived of young people, and reads what it was",
    "remove_of": "removes everything that is held of somebody",
    "remove_reports_before": "removes the reports of weeks, with every case in them",
    "heard": "whether anything is known of something at all, and of nobody",
    "keep": "keeps a refused event, whoever it is about",
    "listed_refused": "refused events, for those who may mend them",
    "count_refused": "refused events, for those who may mend them",
    "refused_event": "one refused event, for those who may mend it",
}
"""Functions that read rows of young people without a reader's scope, and why each may."""

MAY_ASK_ABOUT_ONE = {
    "services/store/scope.py",
    "services/oversight/case_file.py",
    "services/access/directory.py",
    "services/digests/unlawful_notice.py",
}
"""Where one opened young person is held against a scope, or each recipient against one notice."""


def reading(path: Path) -> dict[str, ast.AsyncFunctionDef]:
    """The public functions of a module that read a table about young people."""
    found = {}
    for node in tree_of(path).body:
        if not isinstance(node, ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        calls = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
        selects = any(isinstance(c.func, ast.Name) and c.func.id == "select" for c in calls)
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        if selects and names & ABOUT_YOUNG_PEOPLE:
            found[node.name] = node
    return found


def test_every_query_about_young_people_takes_what_its_reader_may_see() -> None:
    without = []
    met = set()
    for path in python_files(STORE):
        for name, node in reading(path).items():
            arguments = {item.arg for item in (*node.args.args, *node.args.kwonlyargs)}
            if arguments & LIMITING:
                continue
            met.add(name)
            if name not in OF_ONE_OR_OF_THE_STORE:
                without.append(f"{path.name}: {name}")
    assert without == []


def test_what_a_query_takes_it_uses() -> None:
    for path in python_files(STORE):
        for name, node in reading(path).items():
            arguments = {item.arg for item in (*node.args.args, *node.args.kwonlyargs)} & LIMITING
            used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            assert arguments <= used, f"{path.name}: {name}"


def test_no_page_filters_by_hand() -> None:
    asking = {name_of(path) for path in python_files("services") if ".sees(" in text_of(path)}
    assert asking <= MAY_ASK_ABOUT_ONE | {"services/store/scope.py"}

"""Templates stay small, readable and used, and what they make is accessible."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from jinja2 import Environment, nodes

from tests.unit.guards.sources import ROOT, files_in, python_files, text_of

FOLDER = ROOT / "templates"
TEMPLATES = {str(path.relative_to(FOLDER)): path for path in files_in("templates", ".j2")}
FOLDERS_OF_CODE = ("", "pages/", "pages/forms/")
"""Where code looks for a template that it names; in templates, names are from the top."""

LONGEST_LINE = 120
MOST_LINES = 150

DEFINED = re.compile(r"{%-? macro (\w+)\(")
CITED = re.compile(r"""["']([\w/]+\.(?:html|txt)\.j2)["']""")
TAG = re.compile(r"<(\w+)((?:[^<>\"{]|\"[^\"]*\"|{{.*?}}|{%.*?%})*)>", re.DOTALL)


def source(name: str) -> str:
    return text_of(TEMPLATES[name])


@cache
def parsed(name: str) -> nodes.Template:
    return Environment(extensions=["jinja2.ext.do"], autoescape=True).parse(source(name))


def tags(name: str, tag: str) -> Iterator[str]:
    """The attributes of every such tag of a template."""
    text = re.sub(r"{#.*?#}", "", source(name), flags=re.DOTALL)
    return (found[2] for found in TAG.finditer(text) if found[1] == tag)


def test_there_are_templates_and_nothing_else() -> None:
    assert set(files_in("templates", "")) == set(TEMPLATES.values())


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_short_and_so_are_its_lines(name: str) -> None:
    lines = source(name).splitlines()
    assert [n for n, line in enumerate(lines, 1) if len(line) > LONGEST_LINE] == []
    assert len(lines) <= MOST_LINES


def test_every_template_is_used_and_every_template_that_is_named_exists() -> None:
    cited_in_templates = {cited for name in TEMPLATES for cited in CITED.findall(source(name))}
    cited_in_code = {
        cited for path in python_files("services") for cited in CITED.findall(text_of(path))
    }
    candidates = {name: [f"{folder}{name}" for folder in FOLDERS_OF_CODE] for name in cited_in_code}
    assert cited_in_templates <= set(TEMPLATES)
    assert [name for name, paths in candidates.items() if not set(paths) & set(TEMPLATES)] == []
    used = cited_in_templates | {path for paths in candidates.values() for path in paths}
    assert set(TEMPLATES) - used == set()


def imported(name: str) -> set[str]:
    """The names that a template imports."""
    found = {
        alias
        for node in parsed(name).find_all(nodes.FromImport)
        for alias in (item[1] if isinstance(item, tuple) else item for item in node.names)
    }
    return found | {node.target for node in parsed(name).find_all(nodes.Import)}


@pytest.mark.parametrize("name", TEMPLATES)
def test_whatever_a_template_imports_or_keeps_to_itself_it_uses(name: str) -> None:
    read = {node.name for node in parsed(name).find_all(nodes.Name) if node.ctx == "load"}
    private = {macro for macro in DEFINED.findall(source(name)) if macro.startswith("_")}
    assert (imported(name) | private) - read == set()


def test_every_macro_is_used() -> None:
    defined = {macro for name in TEMPLATES for macro in DEFINED.findall(source(name))}
    uses = "\n".join(
        re.sub(r"{%-? macro \w+|{#.*?#}", "", source(name), flags=re.DOTALL) for name in TEMPLATES
    )
    assert {macro for macro in defined if not re.search(rf"\b{macro}\b", uses)} == set()


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.endswith(".html.j2")])
def test_tables_charts_and_inputs_say_what_they_are(name: str) -> None:
    text = source(name)
    assert [th for th in tags(name, "th") if "scope=" not in th] == []
    tables = [table for table in tags(name, "table") if 'role="presentation"' not in table]
    if name.startswith("pages/"):
        assert len(tables) == len(list(tags(name, "caption")))
    for svg in tags(name, "svg"):
        assert 'aria-hidden="true"' in svg or ('role="img"' in svg and "aria-label=" in svg)
    for tag in ("input", "select", "textarea"):
        for attributes in tags(name, tag):
            field = re.search(r'\bid="([^"]*)"', attributes)
            assert 'type="hidden"' in attributes or (field and f'for="{field[1]}"' in text)

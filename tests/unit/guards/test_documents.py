"""What comments, docstrings and documents cite exists, and what can be set is documented."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import typer
from pydantic import BaseModel

from schemas.policy import Policy
from services.assessment.rulebook import Source, shipped
from services.settings import Settings
from tests.unit.guards.sources import ROOT, files_in, name_of, nodes_of, text_of

CODE = ("schemas", "events", "services", "tests")
LAW = re.compile(r"\b(?:Act|Regulations) \d{4}(?! guidance)")
LEGISLATION = re.compile(
    r"https://www\.legislation\.gov\.uk/(?:ukpga|uksi)/\d{4}/\d+/(?:section|regulation)/\d+[A-Z]*"
)
FILE = r"(?:\.ci|deploy|docs|events|schemas|services|templates|tests)/[\w./*-]*[\w/]"
MODULE = re.compile(r"`((?:events|schemas|services|tests)(?:\.\w+)+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)")
SECTIONS = re.compile(r"docs/rules\.md, sections? \d[a-z]?\b(?:(?:,| and) \d[a-z]?\b)*")
RULE = re.compile(r"\b(?:UA|UP|PP|PE|VI|PW|MI|IR)\d{1,2}\b")


@cache
def documents() -> dict[str, str]:
    """Every document by its path."""
    paths = [*ROOT.glob("*.md"), *files_in("docs", ".md"), *files_in("tests", ".md")]
    return {name_of(path): text_of(path) for path in sorted(paths)}


@cache
@cache
def prose() -> dict[str, str]:
    """Documents whole, and the comments and docstrings of every source file, by path."""
    texts = dict(documents())
    for room in CODE:
        for path in files_in(room):
            if "versions" not in path.parts:
                texts[name_of(path)] = "\n".join(_comments_and_docstrings(path))
        for path in files_in(room, ".toml"):
            texts[name_of(path)] = text_of(path)
    for name in ("Makefile", "compose.yaml", "deploy/nats.conf"):
        texts[name] = "\n".join(re.findall(r"#.*", text_of(ROOT / name)))
    return texts


def _comments_and_docstrings(path: Path) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text_of(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.lstrip("# ")
    for node in nodes_of(path):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


@cache
def everything_written() -> str:
    return "\n".join(documents().values())


def anchors(document: str) -> set[str]:
    """Where a document can be cited: explicit anchors, and headings as GitHub names them."""
    text = documents()[document]
    slugs = {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    return slugs | set(re.findall(r'<a id="([\w-]+)">', text))


def test_every_file_that_is_cited_exists() -> None:
    missing = {
        f"{name}: {cited}"
        for name, text in prose().items()
        for cited in re.findall(rf"(?<![\w./-]){FILE}", text)
        if not ("*" in cited and any(ROOT.glob(cited))) and not (ROOT / cited).exists()
    }
    assert missing == set()


def test_every_document_that_is_cited_exists() -> None:
    missing = set()
    for name, text in prose().items():
        here = (ROOT / name).parent if name.endswith(".md") else ROOT
        for cited in re.findall(r"(?<![\w./-])[\w./-]+\.md\b", text):
            if not (ROOT / cited).exists() and not (here / cited).exists():
                missing.add(f"{name}: {cited}")
    assert missing == set()


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = set()
    for name, text in documents().items():
        for target, anchor in LINK.findall(text):
            path = ((ROOT / name).parent / target).resolve() if target else ROOT / name
            cited = str(path.relative_to(ROOT))
            if not path.exists() or (anchor and anchor not in anchors(cited)):
                broken.add(f"{name}: {target}#{anchor}")
    assert broken == set()


def test_every_section_of_the_rules_that_is_cited_exists_and_is_cited_by_its_document() -> None:
    sections = {a.removeprefix("section-") for a in anchors("docs/rules.md") if "section-" in a}
    assert {"1", "2", "3", "4", "5", "6", "7", "7a", "7b", "7c", "8"} <= sections
    wrong = set()
    for name, text in prose().items():
        plain = " ".join(text.split())
        for cited in SECTIONS.finditer(plain):
            numbers = re.findall(r"\d[a-z]?", cited[0].split("section", 1)[1])
            wrong |= {f"{name}: section {number}" for number in numbers if number not in sections}
        wrong |= {f"{name}: {cited}" for cited in re.findall(r"rules\.md \d\w?", plain)}
        wrong |= {f"{name}: {cited}" for cited in re.findall(r"\(M\d{1,2}\)", plain)}
    assert wrong == set()


def test_every_rule_that_is_cited_stands_in_the_rule_book() -> None:
    table = documents()["docs/rules.md"]
    rules = set(re.findall(r"^\| ((?:UA|UP|PP|PE|VI|PW|MI|IR|AR)\d+) ", table, re.MULTILINE))
    unknown = {
        f"{name}: {cited}"
        for name, text in prose().items()
        for cited in RULE.findall(text)
        if cited not in rules
    }
    assert unknown == set()
    assert set(shipped()[1]) - rules <= {"E1", "rating", "review", "visit"}


def test_every_module_that_a_document_names_exists() -> None:
    files = {path.name for room in CODE for path in files_in(room, "")}
    unknown = set()
    for name, text in documents().items():
        if name == "CHANGELOG.md":  # it says how things were
            continue
        for cited in re.findall(r"`(\w+\.(?:py|toml|html\.j2))`", text):
            if cited not in files | {"pyproject.toml", "recipients.toml", "policy.toml"}:
                unknown.add(f"{name}: {cited}")
        for cited in MODULE.findall(text):
            path = ROOT / cited.replace(".", "/")
            if not path.is_dir() and not path.with_suffix(".py").exists():
                unknown.add(f"{name}: {cited}")
    assert unknown == set()


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)\b(?=[`\s])", everything_written(), re.MULTILINE))
    assert named - targets == set()


def test_every_setting_is_documented_and_no_other() -> None:
    settings = {f"SIGHTLINE_{name.upper()}" for name in Settings.model_fields}
    assert settings == set(re.findall(r"SIGHTLINE_[A-Z_]+", documents()["docs/settings.md"]))


def commands(command: Any, path: str) -> Iterator[tuple[str, set[str]]]:
    """Every command with its long options; hidden ones are older names."""
    if hasattr(command, "commands"):
        context = typer.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if not inner.hidden:
                yield from commands(inner, f"{path} {name}")
    else:
        options = {option for item in command.params for option in item.opts}
        yield path, {option for option in options if option.startswith("--")}


def test_every_command_is_documented_with_its_options() -> None:
    from services.cli.main import app

    text = documents()["docs/commands.md"]
    known = dict(commands(typer.main.get_command(app), "sightline"))
    named = set(re.findall(r"`(sightline(?: [a-z][\w-]*)+)", text))
    assert known.keys() - named == set()
    assert {name for name in named if not any(c.startswith(name) for c in known)} == set()
    written = everything_written()
    assert {o for options in known.values() for o in options if f"`{o}" not in written} == set()


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    """Every key of a policy file, whatever its section."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in (field.annotation, *_arguments(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from keys_of(inner)


def _arguments(annotation: Any) -> Iterator[Any]:
    for argument in get_args(annotation):
        yield argument
        yield from _arguments(argument)


def test_every_key_of_a_policy_is_documented() -> None:
    text = documents()["docs/policy.md"]
    keys = set(keys_of(Policy))
    assert {key for key in keys if f"`{key}`" not in text and f"[{key}" not in text} == set()


def test_every_rule_and_parameter_that_rests_on_law_has_its_address() -> None:
    """It is that of a provision on legislation.gov.uk; guidance and local rules have none."""
    parameters, rules = shipped()
    sources: dict[str, Source] = dict(rules)
    sources |= {name: parameter.source for name, parameter in parameters.items()}
    wrong = {
        name: source
        for name, source in sources.items()
        if bool(LAW.search(source.title)) is not bool(LEGISLATION.fullmatch(source.address))
    }
    assert wrong == {}
    unfounded = {
        name
        for name, parameter in parameters.items()
        if parameter.basis == "law" and not parameter.source.address
    }
    assert unfounded == set()

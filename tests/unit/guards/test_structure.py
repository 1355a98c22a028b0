"""The house rules, held by tests: where things may stand, and that nothing has drifted."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from events.published import FOLDER, documents
from schemas.envelope import Event, read_event
from schemas.events.catalogue import CATALOGUE, type_of
from schemas.status import Concern
from services.assessment.rulebook import shipped
from services.assessment.rules import CONCERNS, categories
from services.oversight.wording import ACTION_KINDS
from services.store.tables import metadata
from tests.unit.guards.sources import (
    ROOT,
    imports_of,
    name_of,
    nodes_of,
    python_files,
    text_of,
)
from tests.unit.independent.lives import random_life

RULES = "services/assessment/rules"


def test_imports_run_one_way() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([str(lint)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("faststream", {"events", "services/bootstrap"}),
        ("aiosmtplib", {"services/digests/mail.py"}),
        ("apscheduler", {"services/digests/schedule.py"}),
        ("alembic", {"services/store"}),
        ("typer", {"services/cli"}),
        ("jinja2", {"services/templating.py", "services/web/kit/templates.py"}),
        ("starlette", {"services/web"}),
        ("fastapi", {"services/web/api"}),
        ("uvicorn", {"services/web/server.py"}),
        ("authlib", {"services/access/oidc.py"}),
        ("joserfc", {"services/access/oidc.py", "services/access/provider_tokens.py"}),
        ("cryptography", {"services/access/sealing.py"}),
        ("openpyxl", {"services/imports/tabular/workbooks.py"}),
        ("xlsxwriter", {"services/workbooks.py"}),
        ("prometheus_client", {"services/web"}),
    ],
)
def test_each_library_has_its_place(library: str, rooms: set[str]) -> None:
    users = {
        name_of(path)
        for path in python_files()
        if any(name.split(".")[0] == library for name in imports_of(path))
    }
    assert users
    assert {user for user in users if not user.startswith(tuple(rooms))} == set()


def test_sql_is_written_in_the_store_alone() -> None:
    writers = {"select", "insert", "update", "delete", "text"}
    for path in python_files():
        if "store" in path.parts:
            continue
        used = {
            alias.name
            for node in nodes_of(path)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
            for alias in node.names
        }
        assert not used & writers, path


def test_assessment_takes_no_clock_and_does_no_input_or_output() -> None:
    for path in python_files("services/assessment"):
        text = text_of(path)
        assert not re.search(
            r"\.now\(|\.today\(|(?<![\w.])open\(|environ|import (os|time|asyncio)\b", text
        ), path


def test_a_room_is_a_file_with_one_subject() -> None:
    lengths = {path: len(text_of(path).splitlines()) for path in python_files()}
    assert max(lengths.values()) <= 400, max(lengths, key=lambda path: lengths[path])
    assert sorted(lengths.values())[len(lengths) // 2] <= 120


def test_every_parameter_is_asked_about_and_every_one_asked_about_is_there() -> None:
    used = set()
    for path in (*python_files("services/assessment"), *python_files("services/oversight")):
        used |= set(
            re.findall(
                r'"((?:U[AP]|P[PEW]|VI|MI|IR|AR|rating|review|visit)\d*\.\w+)"', text_of(path)
            )
        )
    used -= set(CATALOGUE)
    assert used == set(shipped()[0])


def test_every_parameter_says_its_unit_its_basis_and_its_source() -> None:
    for parameter in shipped()[0].values():
        assert parameter.what
        assert len(parameter.source.title) > 10
        assert parameter.unit in {
            "days", "working days", "months", "day", "episodes", "children",
        }  # fmt: skip
        assert parameter.basis in {"law", "guidance", "local"}
        assert [day for day, _ in parameter.values] == sorted(day for day, _ in parameter.values)


def test_every_rule_has_a_function_a_source_and_words_for_the_digest() -> None:
    functions = {
        name.split("_")[0].upper()
        for path in python_files(RULES)
        for name in re.findall(
            r"^def ((?:u[ap]|p[pew]|vi|mi|e)\d+_\w+)", text_of(path), re.MULTILINE
        )
    }
    colourless = {"rating", "review", "visit", "IR1", "IR2", "IR3", "IR4", "AR2"}
    sources = set(shipped()[1]) - colourless
    assert functions == sources
    assert set(categories()) == sources - {"UP7"}


def test_no_reason_says_the_name_of_its_concern_again() -> None:
    for concern, declaration in CONCERNS.items():
        for rule, words in declaration.categories.items():
            assert not words.lower().startswith(concern.heading.lower()), (rule, words)
    assert list(CONCERNS) == list(Concern)


def test_published_schemas_have_not_drifted() -> None:
    on_disk = {path.name: text_of(path) for path in FOLDER.glob("*.json")}
    assert on_disk == documents(), "run make published"


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_published_schema_is_a_schema_and_takes_events_of_its_type(name: str) -> None:
    import json

    schema = json.loads(text_of(FOLDER / f"{type_of(name)}.json"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    sent = [e for seed in range(60) for e in random_life(seed) if e["type"] == type_of(name)]
    for event in sent[:20]:
        read = read_event(event)
        assert isinstance(read, Event)
        if not read.doubts:
            data = read.data.model_dump(mode="json", exclude_unset=True)
            assert list(validator.iter_errors(event | {"data": data})) == []


def test_asyncapi_names_every_subject() -> None:
    import json

    told = json.loads(text_of(FOLDER / "asyncapi.json"))
    addresses = {channel["address"] for channel in told["channels"].values()}
    assert addresses == {f"sightline.events.{name}" for name in CATALOGUE} | {
        "sightline.status.changed",
        "sightline.casenotes",
    }


def test_every_kind_of_action_has_words() -> None:
    from typing import get_args

    from schemas.events.action import ActionKind

    assert set(ACTION_KINDS) == set(get_args(ActionKind))


def test_no_table_has_a_column_for_a_name() -> None:
    columns = {column.name for table in metadata.tables.values() for column in table.columns}
    assert not columns & {
        "forename",
        "surname",
        "first_name",
        "last_name",
        "initials",
        "address_line",
    }


def test_the_readme_names_two_commands_and_they_are_made() -> None:
    readme, makefile = text_of(ROOT / "README.md"), text_of(ROOT / "Makefile")
    for command in ("demo", "test"):
        assert f"make {command}" in readme
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)
    assert "make test" in text_of(ROOT / ".ci" / "run")


def test_pins_have_hashes_and_no_index_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = text_of(ROOT / name)
        assert "--hash=sha256:" in text
        assert "://" not in text
        pins = re.findall(r"^([a-z0-9._-]+(?:\[[a-z,]+\])?)==", text, re.MULTILINE)
        assert len(pins) > 20


def test_every_dependency_has_a_bound() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    for requirement in project["dependencies"]:
        assert ">=" in requirement, requirement


def test_compose_names_every_role() -> None:
    from services.serve import Role

    services = yaml.safe_load(text_of(ROOT / "compose.yaml"))["services"]
    assert {role.value for role in Role} - {"all"} <= set(services)

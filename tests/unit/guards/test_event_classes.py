"""What is true of an event stands on its class, and one function writes every event."""

import ast
import re
from collections.abc import Sequence

import pytest

from schemas.events.base import Dated, EventData
from schemas.events.catalogue import CATALOGUE, NAMES
from schemas.policy import SourcePermissions
from tests.unit.guards.sources import name_of, nodes_of, python_files

MODULES = {name_of(path): nodes_of(path) for path in python_files("events", "services")}
NAMED = {*CATALOGUE, *NAMES}


def subclasses(model: type[EventData]) -> set[type[EventData]]:
    return {model}.union(*map(subclasses, model.__subclasses__()))


def event_names(nodes: list[ast.expr | None]) -> set[str]:
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMED
    }


def test_the_catalogue_has_every_class_of_the_folder_of_events() -> None:
    public = {
        model
        for model in subclasses(EventData) - {EventData, Dated}
        if not model.__name__.startswith("_") and model.__module__.startswith("schemas.")
    }
    assert public == set(CATALOGUE.values())
    files = {path.stem for path in python_files("schemas/events")}
    families = {model.__module__.rsplit(".", 1)[-1] for model in CATALOGUE.values()}
    assert families == files - {"__init__", "base", "catalogue"}


OPTIONAL_IDS = {"visit_id"}
"""Of visits that have none, each stands by itself."""


@pytest.mark.parametrize("model", CATALOGUE.values())
def test_each_class_has_its_traits(model: type[EventData]) -> None:
    assert {"name", "example"} <= vars(model).keys()
    assert CATALOGUE[model.name] is model
    assert model.__name__ == "".join(map(str.capitalize, re.split(r"[._]", model.name)))
    assert model.example
    assert model.permission is None or f"may_{model.permission}" in SourcePermissions.model_fields
    assert set(model.code_lists) <= set(model.model_fields)
    ids = {field for field in model.required_fields() if field.endswith("_id")}
    assert ids == {model.id_field} - {None, *OPTIONAL_IDS}
    assert model.id_field is None or model.id_field in model.model_fields
    assert not model.begins or model.id_field
    assert model.cumulative or not model.name.endswith(".changed")


@pytest.mark.parametrize("id_field", sorted({m.id_field for m in CATALOGUE.values() if m.id_field}))
def test_what_several_events_refer_to_begins_with_one_of_them(id_field: str) -> None:
    models = [model for model in CATALOGUE.values() if model.id_field == id_field]
    assert len(models) == 1 or sum(model.begins for model in models) == 1


def lists_of_event_names(nodes: Sequence[ast.AST]) -> list[int]:
    """Lines with a list of event names, or with a chain of comparisons to them."""
    lines = []
    for node in nodes:
        if isinstance(node, ast.Dict) and len(event_names(node.keys)) > 1:
            lines.append(node.lineno)
        if isinstance(node, ast.Set | ast.List | ast.Tuple) and len(event_names([*node.elts])) > 1:
            lines.append(node.lineno)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            compared: list[ast.expr | None] = []
            for inner in ast.walk(node):
                if isinstance(inner, ast.Compare):
                    compared += (inner.left, *inner.comparators)
            if len(event_names(compared)) > 2:
                lines.append(node.lineno)
    return lines


def test_no_module_outside_schemas_keeps_a_list_of_event_names() -> None:
    found = {module: lists_of_event_names(nodes) for module, nodes in MODULES.items()}
    assert {module: lines for module, lines in found.items() if lines} == {}


def test_one_function_writes_every_event() -> None:
    writers = {
        module
        for module, nodes in MODULES.items()
        for node in nodes
        if isinstance(node, ast.Dict)
        and any(isinstance(key, ast.Constant) and key.value == "specversion" for key in node.keys)
    }
    assert writers == {"events/published.py"}  # its dictionary is the published schema


def test_one_function_writes_problem_details() -> None:
    writers = {
        module
        for module, nodes in MODULES.items()
        for node in nodes
        if isinstance(node, ast.Constant) and node.value == "application/problem+json"
    }
    assert writers == {"services/web/kit/problems.py"}

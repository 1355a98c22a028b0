"""Alert rules and dashboard: each alert fires, and what they ask for is what there is."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from services.bootstrap.health.ailment import Part
from services.web.metrics import Figures, Metrics

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "operations"
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
PANELS = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in PANELS for target in panel["targets"]
]


@pytest.mark.slow
def test_prometheus_fires_each_alert_when_it_should_and_not_before() -> None:
    promtool = shutil.which("promtool")
    assert promtool, "promtool comes with the package prometheus: run make clients"
    told = subprocess.run(
        [promtool, "test", "rules", "alerts_test.yml"],
        check=False, cwd=FOLDER, capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    tests = yaml.safe_load((FOLDER / "alerts_test.yml").read_text("utf-8"))["tests"]
    fired = [
        one["alertname"] for test in tests for one in test["alert_rule_test"] if one["exp_alerts"]
    ]
    assert sorted(fired) == sorted(rule["alert"] for rule in RULES)


def test_every_alert_says_what_is_so_and_what_to_do() -> None:
    for rule in RULES:
        assert rule["annotations"].keys() == {"summary", "action"}, rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_asked_for_is_a_metric_of_ours_with_its_labels(expression: str) -> None:
    metrics = Metrics()
    metrics.observe("/", 200, 0.1)
    figures = Figures({"missing": 1}, {"head_of_service": 1}, 1, 1, {"/cms": (1.0, 1)}, 1.0)
    wrong = {part.value: True for part in Part}
    body = metrics.render(figures, behind=1, wrong=wrong).decode()
    ours = set(re.findall(r"^(sightline_\w+)", body, re.MULTILINE)) | {"up"}
    asked = set(re.findall(r"\b(sightline_\w+|up)\b(?!\")", expression))
    assert asked
    assert asked <= ours
    for named in re.findall(r'part=~?"([^"]*)"', expression):
        assert set(named.split("|")) <= {part.value for part in Part}


def test_every_part_that_can_be_wrong_has_an_alert() -> None:
    parts = {
        part
        for rule in RULES
        for named in re.findall(r'part=~?"([^"]*)"', rule["expr"])
        for part in named.split("|")
    }
    # Of these a metric of their own says how many: an alert asks for that.
    assert parts | {"lag", "refused", "deriving"} == {part.value for part in Part}

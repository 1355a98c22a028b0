"""The Helm chart: what it makes is sound, runs without root, and is asked after."""

import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from schemas.policy import Policy
from services.cli.main import COMMANDS
from services.serve import Role
from services.settings import Settings
from tests.system.deployment.helm import CHART, helm, rendered

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
KUBERNETES = "1.29"
ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}

WAYS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "one of each, mail in a volume": {
        "trackers.replicas": 1,
        "schedulers.replicas": 1,
        "pages.replicas": 1,
        "mailbox.enabled": True,
        "secrets.keys": ["database-url", "nats-url"],
    },
    "all that a platform asks for": {
        "image.pullSecrets": ["registry"],
        "secrets.certificates": "certificates",
        "secrets.ownerDatabaseKey": "owner-database-url",
        "councilConfigMap": "council",
        "ingress.className": "nginx",
        "ingress.annotations": {"nginx.ingress.kubernetes.io/proxy-body-size": "8m"},
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"key": "council", "operator": "Exists", "effect": "NoSchedule"}],
    },
    "closed": {"ingress.enabled": False, "networkPolicy.enabled": False},
}

each_way = pytest.mark.parametrize("way", WAYS)


def of_kind(objects: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {item["metadata"]["name"]: item for item in objects if item["kind"] == kind}


def pods(objects: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The pod of each role, and of the job that migrates."""
    return {
        item["metadata"]["labels"]["app.kubernetes.io/component"]: item["spec"]["template"]
        for item in objects
        if item["kind"] in ("Deployment", "Job")
    }


def test_the_chart_is_linted_and_has_the_version_of_the_project() -> None:
    linted = helm("lint", "--strict", str(CHART))
    assert linted.returncode == 0, linted.stdout + linted.stderr
    shown = helm("show", "chart", str(CHART)).stdout
    assert f'appVersion: "{PROJECT["version"]}"' in shown or (
        f"appVersion: {PROJECT['version']}" in shown
    )
    assert f"version: {PROJECT['version']}\n" in shown


@each_way
def test_every_object_is_one_that_kubernetes_knows(way: str) -> None:
    for item in rendered(**WAYS[way]):
        kubernetes_validate.validate(item, KUBERNETES, strict=True)


@each_way
def test_no_process_is_root_or_can_become_it_or_write_but_where_it_must(way: str) -> None:
    for name, pod in pods(rendered(**WAYS[way])).items():
        whole, [container] = pod["spec"]["securityContext"], pod["spec"]["containers"]
        assert whole["runAsNonRoot"] is True, name
        assert whole["runAsUser"] == 10001
        assert whole["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert container["resources"]["requests"]["memory"]
        assert container["resources"]["limits"]["memory"]


@each_way
def test_every_role_is_there_and_each_is_asked_whether_it_lives_and_is_at_work(way: str) -> None:
    objects = rendered(**WAYS[way])
    found = pods(objects)
    assert set(found) == {"migrate", *(role.value for role in Role if role is not Role.ALL)}
    for name, pod in found.items():
        [container] = pod["spec"]["containers"]
        assert container["args"][0] in COMMANDS
        if name == "migrate":
            assert container["args"] == ["db", "upgrade"]
            continue
        assert container["args"] == ["serve", "--role", name]
        asked = {
            probe: container[f"{probe}Probe"]["httpGet"]
            for probe in ("startup", "liveness", "readiness")
        }
        assert {get["port"] for get in asked.values()} == {"probes"}
        assert asked["liveness"]["path"] == "/healthz"
        # Pages that no tracker serves with news are still to be read.
        assert asked["readiness"]["path"] == ("/healthz" if name == "pages" else "/readyz")
        values = {item["name"]: item["value"] for item in container["env"]}
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert ports["probes"] == int(values["SIGHTLINE_PROBES_PORT"])
        assert ("pages" in ports) == (name == "pages")


@each_way
def test_every_variable_is_a_setting_and_no_secret_is_a_value(way: str) -> None:
    known = {f"SIGHTLINE_{name.upper()}" for name in Settings.model_fields}
    secret = {"SIGHTLINE_DATABASE_URL", "SIGHTLINE_NATS_URL", "SIGHTLINE_SMTP_URL"}
    for pod in pods(rendered(**WAYS[way])).values():
        [container] = pod["spec"]["containers"]
        mounts = {item["mountPath"] for item in container["volumeMounts"]}
        for item in container["env"]:
            name, is_file = item["name"].removesuffix("_FILE"), item["name"].endswith("_FILE")
            assert name in known, name
            assert name not in secret or is_file
            if is_file:
                assert str(Path(item["value"]).parent) in mounts
        for name in ("SIGHTLINE_POLICY", "SIGHTLINE_RECIPIENTS"):
            for item in container["env"]:
                if item["name"] == name:
                    assert str(Path(item["value"]).parent) in mounts


@each_way
def test_two_of_a_role_are_never_taken_away_together(way: str) -> None:
    objects = rendered(**WAYS[way])
    budgets = of_kind(objects, "PodDisruptionBudget")
    for name, item in of_kind(objects, "Deployment").items():
        kept = name.endswith("-scheduler") and WAYS[way].get("mailbox.enabled", False)
        strategy = {"type": "Recreate"} if kept else ROLLING
        assert item["spec"]["strategy"] == strategy
        if item["spec"]["replicas"] > 1:
            budget = budgets[name]["spec"]
            assert budget["maxUnavailable"] == 1
            assert budget["selector"] == item["spec"]["selector"]
        else:
            assert name not in budgets
        labels = item["spec"]["template"]["metadata"]["labels"]
        assert item["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_the_database_is_upgraded_by_its_owner_before_anything_new_starts() -> None:
    objects = rendered(**{"secrets.ownerDatabaseKey": "owner-database-url"})
    [job] = of_kind(objects, "Job").values()
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    [account] = of_kind(objects, "ServiceAccount").values()
    assert account["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    for name, pod in pods(objects).items():
        values = {item["name"]: item["value"] for item in pod["spec"]["containers"][0]["env"]}
        last = values["SIGHTLINE_DATABASE_URL_FILE"].rsplit("/", 1)[1]
        assert last == ("owner-database-url" if name == "migrate" else "database-url")
        [secret] = [item["secret"] for item in pod["spec"]["volumes"] if item["name"] == "settings"]
        given = {item["key"] for item in secret["items"]}
        assert ("owner-database-url" in given) == (name == "migrate")


def test_pages_that_go_still_answer_whoever_has_not_heard_of_it() -> None:
    for name, pod in pods(rendered()).items():
        [container] = pod["spec"]["containers"]
        assert ("preStop" in container.get("lifecycle", {})) == (name == "pages")
        assert pod["spec"]["terminationGracePeriodSeconds"] > 5 + 10  # the pause, and the pages'


def test_the_policy_that_it_makes_is_one() -> None:
    [made] = of_kind(rendered(), "ConfigMap").values()
    Policy.model_validate(tomllib.loads(made["data"]["policy.toml"]))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"settings.SIGHTLINE_SMTP_URL": "smtp://user:password@host"}, "SIGHTLINE_SMTP_URL"),
        ({"settings.SIGHTLINE_BASE_URL": "http://here"}, "SIGHTLINE_BASE_URL"),
        ({"tracker.replicas": 2}, "tracker"),
        ({"mailbox.enabled": True}, "schedulers.replicas"),
        ({"secrets.keys": ["database-url", "nats-url"]}, "Mail has nowhere to go"),
        ({"secrets.keys": ["database-url", "smtp-url"]}, "secrets"),
        ({"secrets.keys": ["nats-url", "smtp-url"]}, "secrets"),
    ],
)
def test_what_cannot_be_meant_is_refused(values: dict[str, Any], why: str) -> None:
    asked = [f"--set={name}={value}" for name, value in values.items()]
    if "secrets.keys" in values:
        asked = ["--set-json=secrets.keys=" + str(values["secrets.keys"]).replace("'", '"')]
    made = helm("template", "council", str(CHART), *asked)
    assert made.returncode != 0
    assert why in made.stderr

"""What `compose.yaml`, the Dockerfile and its ignore file promise, checked as they are written."""

import json
import re
import tomllib
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from sqlalchemy import make_url

from events.broker import GRACE_SECONDS
from services.serve import Role
from services.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<how>:?[-?+])?(?P<rest>[^}]*)\}")
SECRET = re.compile("PASSWORD|SECRET|TOKEN|SMTP_URL|KEY")
VERSION = re.compile(r":v?\d+(\.\d+)*(-[a-z]+)?$")

each_service = pytest.mark.parametrize("name", SERVICES)


def own_services() -> dict[str, dict[str, Any]]:
    return {name: told for name, told in SERVICES.items() if "build" in told}


def service_of(role: Role) -> dict[str, Any]:
    found = [told for told in SERVICES.values() if told.get("command") == ["serve", "--role", role]]
    assert len(found) == 1, f"{role} has {len(found)} services"
    return found[0]


def texts(part: Any) -> Iterator[str]:
    """Every text in the file, however deep."""
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from texts(item)
    elif isinstance(part, str):
        yield part


def variables() -> Iterator[re.Match[str]]:
    for text in texts(COMPOSE):
        yield from VARIABLE.finditer(text)


def filled_in(text: str) -> str:
    """The text as Compose hands it on where only what is required is set: each to its own name."""
    return VARIABLE.sub(
        lambda found: found["rest"] if found["how"] == ":-" else found["name"].lower(), text
    )


def test_the_file_is_what_the_compose_specification_allows() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text("utf-8"))
    checker = jsonschema.validators.validator_for(schema)
    assert checker is jsonschema.Draft202012Validator
    faults = [
        f"{fault.json_path}: {fault.message}" for fault in checker(schema).iter_errors(COMPOSE)
    ]
    assert not faults


def test_a_secret_has_no_default_and_nothing_starts_without_it() -> None:
    secrets = {
        (found["name"], found["how"]) for found in variables() if SECRET.search(found["name"])
    }
    assert secrets == {
        ("SIGHTLINE_POSTGRES_PASSWORD", ":?"),
        ("SIGHTLINE_NATS_PASSWORD", ":?"),
        ("SIGHTLINE_NATS_PUBLISHER_PASSWORD", ":?"),
    }


@each_service
def test_no_secret_is_written_down(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if SECRET.search(key) and not key.endswith("_FILE"):
            assert value is None or not VARIABLE.sub("", value).strip('"'), key


def test_postgresql_reads_its_password_from_a_file_made_of_the_same_variable() -> None:
    told = SERVICES["postgres"]
    (secret,) = told["secrets"]
    assert told["environment"]["POSTGRES_PASSWORD_FILE"] == f"/run/secrets/{secret}"
    assert COMPOSE["secrets"][secret] == {"environment": "SIGHTLINE_POSTGRES_PASSWORD"}


def test_postgresql_keeps_checksums() -> None:
    assert "--data-checksums" in SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


@each_service
def test_every_image_has_a_version(name: str) -> None:
    assert VERSION.search(SERVICES[name]["image"])


def test_our_image_has_the_version_of_the_project() -> None:
    for told in own_services().values():
        assert told["image"] == f"sightline:{PROJECT['project']['version']}"


def test_every_image_that_ours_is_made_from_has_a_version() -> None:
    usual = dict(re.findall(r"^ARG (\w+)=(\S+)", DOCKERFILE, re.MULTILINE))
    text = re.sub(r"\$\{(\w+)\}", lambda name: usual[name[1]], DOCKERFILE)
    named = re.findall(r"^FROM (\S+)(?: AS (\w+))?", text, re.MULTILINE)
    stages = {stage for _, stage in named}
    outside = [image for image, _ in named if image not in stages]
    assert outside
    assert all(VERSION.search(image) for image in outside)


@each_service
def test_every_service_drops_its_privileges(name: str) -> None:
    told = SERVICES[name]
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "pid", "ipc", "devices", "network_mode"} & set(told)


@each_service
def test_only_the_database_may_write_beside_its_volumes(name: str) -> None:
    assert SERVICES[name].get("read_only", False) is (name != "postgres")


@each_service
def test_nobody_but_the_broker_is_root(name: str) -> None:
    user = SERVICES[name].get("user")
    if name in own_services():
        assert user is None
        assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    else:
        assert user == {"nats": None, "postgres": "postgres", "mailpit": "10002:10002"}[name]


@each_service
def test_nothing_is_published_beyond_loopback(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port)


def test_only_the_broker_the_pages_and_the_mail_catcher_are_published() -> None:
    published = {name: told["ports"] for name, told in SERVICES.items() if "ports" in told}
    assert published == {
        "nats": ["127.0.0.1:4222:4222"],
        "pages": ["127.0.0.1:8000:8000"],
        "mailpit": ["127.0.0.1:1025:1025", "127.0.0.1:8025:8025"],
    }


def test_the_database_is_on_a_network_that_leads_nowhere() -> None:
    assert SERVICES["postgres"]["networks"] == ["store"]
    assert COMPOSE["networks"]["store"] == {"internal": True}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ALL])
class TestEveryRole:
    def test_has_one_service(self, role: Role) -> None:
        assert service_of(role)["image"].startswith("sightline:")

    def test_has_longer_to_end_than_it_takes_to_finish_a_batch(self, role: Role) -> None:
        grace = re.fullmatch(r"(\d+)s", service_of(role)["stop_grace_period"])
        assert grace is not None
        assert int(grace[1]) > GRACE_SECONDS

    def test_starts_again_when_it_fails(self, role: Role) -> None:
        assert service_of(role)["restart"] == "unless-stopped"

    def test_waits_for_the_tables_and_the_broker(self, role: Role) -> None:
        assert service_of(role)["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "nats": {"condition": "service_healthy"},
        }
        assert "healthcheck" in SERVICES["nats"]

    def test_is_given_settings_that_work(self, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
        environment = service_of(role)["environment"]
        for key, value in environment.items():
            if value is not None:
                monkeypatch.setenv(key, filled_in(value))
        settings = Settings(_env_file=None)
        database = make_url(settings.database_url)
        assert (database.host, database.password) == ("postgres", "sightline_postgres_password")
        assert settings.nats_url == "nats://sightline:sightline_nats_password@nats:4222"
        assert not settings.smtp_url.get_secret_value()
        fields = {f"SIGHTLINE_{name.upper()}" for name in Settings.model_fields}
        assert {key for key in environment if key.startswith("SIGHTLINE_")} <= fields


class TestThePages:
    TOLD = SERVICES["pages"]
    (PORT,) = TOLD["ports"]
    INSIDE = int(PORT.rsplit(":", 1)[1])

    def test_listen_where_they_are_published(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for key, value in self.TOLD["environment"].items():
            if value is not None:
                monkeypatch.setenv(key, filled_in(value))
        settings = Settings(_env_file=None)
        assert ip_address(settings.pages_host).is_unspecified
        assert settings.pages_port == self.INSIDE
        assert re.findall(r"^EXPOSE (.+)$", DOCKERFILE, re.MULTILINE) == [str(self.INSIDE)]

    def test_are_reached_from_outside_their_networks(self) -> None:
        networks = self.TOLD["networks"]
        assert not all((COMPOSE["networks"][name] or {}).get("internal") for name in networks)

    def test_can_be_told_all_that_they_ask_for(self) -> None:
        fields = {f"SIGHTLINE_{name.upper()}" for name in Settings.model_fields}
        theirs = {name for name in fields if re.search("_(OIDC|SESSION)_", name)}
        shared = {"POLICY", "RECIPIENTS", "BASE_URL", "CASE_URL", "TRUSTED_PROXIES"}
        given = self.TOLD["environment"]
        assert len(theirs) == 7
        assert theirs | {f"SIGHTLINE_{name}" for name in shared} <= set(given)
        assert given["SIGHTLINE_OIDC_CLIENT_SECRET"] is None
        (folder,) = self.TOLD["volumes"]
        assert (folder["target"], folder["read_only"]) == ("/etc/sightline", True)
        assert folder in service_of(Role.SCHEDULER)["volumes"]


def test_the_tables_are_made_once_and_before_the_roles() -> None:
    told = SERVICES["migrate"]
    assert told["command"] == ["db", "upgrade"]
    assert told["restart"] == "no"
    assert told["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert "healthcheck" in SERVICES["postgres"]


def test_mail_that_no_server_takes_outlives_the_container() -> None:
    folder = re.search(r"SIGHTLINE_DATA_DIR=(\S+)", DOCKERFILE)
    assert folder is not None
    assert f"mail:{folder[1]}" in service_of(Role.SCHEDULER)["volumes"]


def test_every_volume_is_declared_and_used() -> None:
    used = {
        mount.split(":")[0]
        for told in SERVICES.values()
        for mount in told.get("volumes", [])
        if isinstance(mount, str) and not mount.startswith(".")
    }
    assert used == set(COMPOSE["volumes"])


def test_the_broker_is_given_every_variable_of_its_file_in_quotes() -> None:
    config = (ROOT / "deploy" / "nats.conf").read_text("utf-8")
    asked = set(re.findall(r"\$(SIGHTLINE_\w+)", config))
    given = SERVICES["nats"]["environment"]
    assert asked == set(given)
    assert all(re.fullmatch(r'"[^"]+"', value) for value in given.values())
    assert "./deploy/nats.conf:/etc/nats/nats-server.conf:ro" in SERVICES["nats"]["volumes"]


def test_the_image_is_made_of_every_package_and_of_nothing_secret() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    packages = {p.rstrip("*") for p in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}
    kept = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert rules[0] == "*"
    assert packages | {"templates", "pyproject.toml", "requirements.txt"} <= kept
    copied_by_name = re.findall(r"-r (\S+\.txt)", DOCKERFILE)
    assert {name for name in copied_by_name if not name.startswith("/")} <= kept
    assert not any(name.startswith(".") for name in kept)


def test_the_image_takes_only_packages_whose_hash_is_pinned() -> None:
    installs = [line for line in DOCKERFILE.splitlines() if " install " in line and "pip " in line]
    assert len(installs) == 4
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)

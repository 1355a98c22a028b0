"""The systemd units: systemd reads them, they start what there is, and leave little open."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli.main import COMMANDS
from services.serve import Role
from services.settings import Settings

UNITS = Path(__file__).resolve().parents[3] / "deploy" / "systemd"
ROLE_UNIT, UPGRADE_UNIT, TARGET = (
    "sightline@.service",
    "sightline-upgrade.service",
    "sightline.target",
)
PROGRAM = "/opt/sightline/venv/bin/sightline"
MOST_EXPOSED = 2.0
"""Of ten, as systemd rates it: below two is what it calls protected."""


class _Unit(configparser.RawConfigParser):
    """A unit; a name may stand in it many times."""

    def __init__(self, name: str) -> None:
        super().__init__(strict=False, interpolation=None, delimiters="=")
        self.text = (UNITS / name).read_text("utf-8")
        self.read_string(self.text)

    def all(self, name: str) -> list[str]:
        return re.findall(rf"^{name}=(.*)$", self.text, re.MULTILINE)


@pytest.fixture
def installed(tmp_path: Path) -> list[Path]:
    """The units as they are on a server: one role each, and a program that is there."""
    shutil.copy(Path(sys.executable).parent / "sightline", tmp_path / "sightline")
    found = []
    roles = [ROLE_UNIT.replace("@", f"@{role.value}") for role in Role if role is not Role.ALL]
    for name in (*roles, UPGRADE_UNIT, TARGET):
        text = (UNITS / re.sub("@.*[.]", "@.", name)).read_text("utf-8")
        found.append(tmp_path / name)
        found[-1].write_text(text.replace(PROGRAM, str(tmp_path / "sightline")), "utf-8")
    return found


def test_systemd_finds_nothing_wrong_with_them(installed: list[Path]) -> None:
    found = subprocess.run(
        ["systemd-analyze", "verify", *map(str, installed)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (found.returncode, found.stderr) == (0, "")


def test_little_is_left_open(installed: list[Path]) -> None:
    for unit in installed:
        if unit.suffix == ".target":
            continue
        found = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", str(unit)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        rated = re.search(r"exposure level for .*?: ([\d.]+)", found.stdout)
        assert rated is not None, found.stderr
        assert float(rated[1]) < MOST_EXPOSED, unit.name


def test_each_role_is_started_once_and_by_its_own_name() -> None:
    [wanted] = _Unit(TARGET).all("Wants")
    assert sorted(wanted.split()) == sorted(
        f"sightline@{role.value}.service" for role in Role if role is not Role.ALL
    )
    assert _Unit(ROLE_UNIT).all("ExecStart") == [f"{PROGRAM} serve --role %i"]
    [upgrade] = _Unit(UPGRADE_UNIT).all("ExecStart")
    assert upgrade == f"{PROGRAM} db upgrade"
    assert {"serve", "db"} <= set(COMMANDS)


@pytest.mark.parametrize("name", [ROLE_UNIT, UPGRADE_UNIT])
def test_every_variable_is_a_setting_and_every_secret_a_file(name: str) -> None:
    unit = _Unit(name)
    known = {f"SIGHTLINE_{field.upper()}" for field in Settings.model_fields}
    credentials = {line.partition(":")[0] for line in unit.all("LoadCredential")}
    assert credentials
    for line in unit.all("Environment"):
        variable, _, value = line.partition("=")
        assert variable.removesuffix("_FILE") in known
        if variable.endswith("_FILE"):
            assert value.removeprefix("%d/") in credentials
            credentials.discard(value.removeprefix("%d/"))
    assert not credentials, "nothing is told where these are"

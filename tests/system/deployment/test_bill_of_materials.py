"""What Sightline is made of, listed whole: `make sbom`."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_the_bill_of_materials_has_every_package_with_its_hashes(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"
    making = (ROOT / "Makefile").read_text().split("\nsbom:")[1].splitlines()[1].strip()
    command = making.replace("$(BIN)", str(ROOT / ".venv" / "bin")).replace(
        "sbom.cdx.json", str(file)
    )
    subprocess.run(command.split(), cwd=ROOT, check=True, capture_output=True, timeout=120)
    told = json.loads(file.read_text())
    assert told["bomFormat"] == "CycloneDX"
    listed = {item["name"]: item["version"] for item in told["components"]}
    pinned = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert pinned
    assert listed == dict(pinned)
    assert told["metadata"]["component"]["name"] == "sightline"


def test_the_image_carries_the_same_list() -> None:
    """An image is built elsewhere: what it runs is what `make sbom` runs, with pinned tools."""
    making = (ROOT / "Makefile").read_text().split("\nsbom:")[1].splitlines()[1].strip()
    image = (ROOT / "Dockerfile").read_text()
    assert making.replace("$(BIN)", "/sbom/bin") in image
    assert "--require-hashes -r deploy/sbom-requirements.txt" in image
    pins = (ROOT / "deploy" / "sbom-requirements.txt").read_text()
    assert re.search(r"^cyclonedx-bom==\S+ .*\n *--hash=", pins, re.MULTILINE)

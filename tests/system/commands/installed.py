"""Sightline as its wheel installs it: in an empty environment, elsewhere than its source."""

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
BUILT_OF = (
    "schemas", "events", "services", "templates", "pyproject.toml", "README.md", "LICENSE",
)  # fmt: skip


def install(folder: Path) -> Path:
    """Build the wheel and install it with what it requires, and nothing else; its command."""
    environment = folder / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    packages = next(environment.glob("lib/python*/site-packages"))
    for required in _required():
        _link(required, packages, environment / "bin")
    with ZipFile(_wheel(folder)) as wheel:
        wheel.extractall(packages)
    command = environment / "bin" / "sightline"
    command.write_text(
        f"#!{environment / 'bin' / 'python'} -I\nfrom services.cli.main import main\nmain()\n"
    )
    command.chmod(0o755)
    return command


def _wheel(folder: Path) -> Path:
    source = folder / "source"
    source.mkdir()
    for name in BUILT_OF:
        found = ROOT / name
        if found.is_dir():
            shutil.copytree(found, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(found, source)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--wheel-dir", str(folder), str(source)],
        check=True,
    )  # fmt: skip
    shutil.rmtree(source)
    return next(folder.glob("sightline-*.whl"))


def _required() -> Iterator[Distribution]:
    """Whatever the wheel requires here, directly or not; what only tests need is not among it."""
    wanted: list[tuple[str, frozenset[str]]] = [("sightline", frozenset())]
    seen = set()
    while wanted:
        name, extras = wanted.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found = distribution(name)
        if name != "sightline":
            yield found
        for text in found.requires or ():
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in (*extras, "")):
                wanted.append((requirement.name, frozenset(requirement.extras)))


def _link(installed: Distribution, packages: Path, programs: Path) -> None:
    """Link a distribution's files from where it is installed."""
    for file in installed.files or ():
        here = Path(str(installed.locate_file(file))).resolve()
        if file.parts[0] != "..":
            link, here = packages / file.parts[0], here.parents[len(file.parts) - 1] / file.parts[0]
        elif "bin" in file.parts:
            link = programs / file.parts[-1]
        else:
            continue
        if here.exists() and not link.exists():
            link.symlink_to(here)

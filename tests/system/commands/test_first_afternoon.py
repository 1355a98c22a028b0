"""docs/first-afternoon.md, as somebody would follow it: its files are written, its commands run."""

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from services.settings import Settings
from tests.system.commands.test_commands import CommandRunner
from tests.system.tracked import tracked

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).parents[3] / "docs" / "first-afternoon.md"
_BLOCK = re.compile(r"^```(sh|toml) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def work_through(folder: Path) -> None:
    """What `sightline serve` does with what was sent, until nothing waits."""

    async def work() -> None:
        settings = Settings(data_dir=folder / "data", policy=folder / "policy.toml")
        async with tracked(settings):
            pass

    asyncio.run(work())


def test_a_council_s_own_file_comes_to_its_first_digest_in_five_decisions(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    (tmp_path / "extract").mkdir()
    runner.write(
        "extract/people.csv",
        "person,date_of_birth,eligibility,team\np1,2006-03-01,former relevant,north\n",
    )
    runner.write(
        "extract/accommodation.csv",
        "person,accommodation_id,start,code,suitable\np1,a1,2026-01-10,S,no\n",
    )
    printed: dict[str, str] = {}
    for kind, name, text in _BLOCK.findall(DOCUMENT.read_text()):
        if kind == "toml":
            runner.write(name, text)
            runner.env[f"SIGHTLINE_{name.removesuffix('.toml').upper()}"] = name
            continue
        for line in text.splitlines():
            program, *arguments = line.split()
            assert program == "sightline"
            if arguments == ["serve"]:
                continue  # it serves until it is stopped; `work_through` does its work
            done: subprocess.CompletedProcess[str] = runner.run(*arguments)
            assert done.returncode == 0, (line, done.stdout, done.stderr)
            printed[line] = done.stdout
            if "--snapshot" in arguments and "--dry-run" not in arguments:
                work_through(tmp_path)
    looked_at = printed[next(line for line in printed if "--dry-run" in line)]
    assert "people.csv: 1 rows read = 1 became events + 0 held already + 0 left out." in looked_at
    assert "RED" in printed["sightline status"]
    digest = printed["sightline digest preview --recipient director"]
    assert "p1" in digest
    assert "Your Council" in digest

"""The command that makes evidence, and the one that says whether it is as it was made."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.story import Story
from tests.system.commands.test_commands import CommandRunner

pytestmark = pytest.mark.slow

SPAN = ("--from", "2026-10-01", "--to", "2026-11-20")


def test_evidence_of_everybody_of_a_list_and_of_a_case(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    raw = []
    for person, suitable in (("p1", False), ("p2", True)):
        story = Story(person, born="2007-05-01", eligibility="former_relevant")
        raw += story.lives("2026-10-01", "S" if not suitable else "U", suitable=suitable).raw
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(map(json.dumps, raw)), "utf-8")
    with runner.serving():
        runner.run("publish", str(path))
        runner.eventually("status", holds=lambda found: len(found) > 1)
    out = tmp_path / "all.zip"
    said = runner.run("evidence", "make", *SPAN, "--all", "--out", str(out)).stdout
    assert "The evidence of 2 cases" in " ".join(said.split())
    assert "made here" in runner.run("evidence", "verify", str(out)).stdout
    assert "exists" in runner.run(
        "evidence", "make", *SPAN, "--all", "--out", str(out), code=3
    ).stderr  # fmt: skip
    some = tmp_path / "some.zip"
    runner.run(
        "evidence",
        "make",
        *SPAN,
        "--cohort",
        "colour=red&concern=unsuitable_accommodation",
        "--out",
        str(some),
    )
    with zipfile.ZipFile(some) as packed:
        assert json.loads(packed.read("manifest.json"))["cases"] == 1
    long_ago = ("--cohort", "colour=red&as_at=2026-10-05", "--as-known")
    nobody = runner.run(
        "evidence", "make", *SPAN, *long_ago, "--out", str(tmp_path / "n.zip"), code=3
    )
    assert "Nothing is known of them" in nobody.stderr  # the events came later
    dayless = ("--cohort", "colour=red", "--as-known", "--out", str(tmp_path / "n.zip"))
    assert "needs a --cohort with its day" in runner.run(
        "evidence", "make", *SPAN, *dayless, code=3
    ).stderr  # fmt: skip
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(some) as packed, zipfile.ZipFile(changed, "w") as other:
        for name in packed.namelist():
            other.writestr(name, packed.read(name) + (b" " if name.endswith(".html") else b""))
    assert "evidence.html was changed" in runner.run(
        "evidence", "verify", str(changed), code=1
    ).stdout  # fmt: skip
    (tmp_path / "no.zip").write_bytes(b"x")
    assert "no evidence" in runner.run(
        "evidence", "verify", str(tmp_path / "no.zip"), code=3
    ).stderr  # fmt: skip
    elsewhere = CommandRunner(tmp_path)
    elsewhere.env = {**runner.env, "SIGHTLINE_DATA_DIR": str(tmp_path / "elsewhere")}
    assert "does not know it" in elsewhere.run("evidence", "verify", str(out), code=1).stdout
    both = runner.run("evidence", "make", *SPAN, "--out", str(tmp_path / "n.zip"), code=3)
    assert "one of them" in both.stderr

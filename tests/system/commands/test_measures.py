"""A council's own measures in a folder, and the command that prints them all."""

import json
from pathlib import Path

from tests.story import Story
from tests.system.commands.test_commands import CommandRunner

OWN = (
    'name = "Own"\nwhat = "Reds."\nsince = 2026-12-01\nunit = "number"\nbetter = "fewer"\n'
    'cases = { colour = "red" }\ntargets = [{ by = 2027-03-31, value = 0 }]\n'
)


def test_the_command_prints_shipped_and_own_measures_and_names_a_wrong_file(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    story = Story(born="2007-05-01", eligibility="former_relevant")
    story.lives("2026-10-01", "S", suitable=False)
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(json.dumps(event) for event in story.raw), "utf-8")
    with runner.serving():
        runner.run("publish", str(path))
        runner.eventually("status", holds=len)
    folder = tmp_path / "measures"
    folder.mkdir()
    (folder / "own.toml").write_text(OWN, "utf-8")
    runner.env["SIGHTLINE_MEASURES"] = str(folder)
    lines = runner.run("measures", "--as-of", "2026-11-20", "--json").stdout.splitlines()
    found = {item["measure"]: item for item in map(json.loads, lines)}
    assert (found["own"]["value"], found["own"]["target"], found["own"]["state"]) == (
        1, 0, "not known",
    )  # fmt: skip
    assert found["reds_with_a_plan"]["value"] == 0
    assert "1 " in runner.run("measures", "--as-of", "2026-11-20").stdout
    (folder / "bad.toml").write_text("name = ", "utf-8")
    assert "bad.toml cannot be read as TOML" in runner.run("measures", code=3).stderr
    (folder / "bad.toml").write_text(OWN.replace("cases", "told_by"), "utf-8")
    assert "bad.toml" in runner.run("measures", code=3).stderr
    runner.env["SIGHTLINE_MEASURES"] = str(tmp_path / "nowhere")
    assert "is no folder" in runner.run("measures", code=3).stderr

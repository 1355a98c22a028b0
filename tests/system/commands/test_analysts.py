"""What analysts ask on the command line: measures, policies compared, and the views as files."""

import json
from pathlib import Path

import pytest
from pyarrow.parquet import read_table

from tests.story import Story
from tests.system.commands.test_commands import CommandRunner

OWN = (
    'name = "Own"\nwhat = "Reds."\nsince = 2026-12-01\nunit = "number"\nbetter = "fewer"\n'
    'cases = { colour = "red", concern = "unsuitable_accommodation" }\n'
    "targets = [{ by = 2027-03-31, value = 0 }]\n"
)


@pytest.mark.slow
def test_what_analysts_ask(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    young = Story(born="2007-05-01", eligibility="former_relevant")
    young.lives("2026-10-01", "S", suitable=False)
    child = Story("p2", born="2018-05-01", team="north", service="s", social_worker="w1")
    child.add("pre_proceedings.started", on="2026-09-20", period_id="x")
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(json.dumps(event) for event in young.raw + child.raw), "utf-8")
    with runner.serving():
        runner.run("publish", str(path))
        runner.eventually("status", holds=lambda found: {i["person"] for i in found} > {"p1"})
    the_measures(runner, tmp_path)
    the_policies(runner, tmp_path)
    the_views(runner, tmp_path)
    the_return(runner, tmp_path)


def the_measures(runner: CommandRunner, folder: Path) -> None:
    """Shipped ones and a council's own are printed, and a wrong file is named."""
    own = folder / "measures"
    own.mkdir()
    (own / "own.toml").write_text(OWN, "utf-8")
    runner.env["SIGHTLINE_MEASURES"] = str(own)
    lines = runner.run("measures", "--as-of", "2026-11-20", "--json").stdout.splitlines()
    found = {item["measure"]: item for item in map(json.loads, lines)}
    assert (found["own"]["value"], found["own"]["target"], found["own"]["state"]) == (
        1, 0, "not known",
    )  # fmt: skip
    assert found["reds_with_a_plan"]["value"] == 0
    (own / "bad.toml").write_text(OWN.replace("cases", "told_by"), "utf-8")
    assert "bad.toml" in runner.run("measures", code=3).stderr
    (own / "bad.toml").write_text("name = ", "utf-8")
    assert "bad.toml cannot be read as TOML" in runner.run("measures", code=3).stderr
    runner.env["SIGHTLINE_MEASURES"] = str(folder / "nowhere")
    assert "is no folder" in runner.run("measures", code=3).stderr
    del runner.env["SIGHTLINE_MEASURES"]


def the_policies(runner: CommandRunner, folder: Path) -> None:
    """A stricter limit makes the child red from its day on, and says whose it is."""
    one, other = folder / "one.toml", folder / "other.toml"
    one.write_text("", "utf-8")
    other.write_text('[parameters]\n"PP1.days" = [{ from = 2020-01-01, value = 3 }]\n', "utf-8")
    lines = runner.run("policy", "compare", str(one), str(other), "--json").stdout.splitlines()
    found = [json.loads(line) for line in lines]
    change = next(item for item in found if item["kind"] == "change")
    assert (change["start"], change["becomes"], change["rule"], change["team"]) == (
        "2026-09-24", "red", "PP1", "north",
    )  # fmt: skip
    text = runner.run("policy", "compare", str(one), str(other)).stdout
    assert "What differs today" in text


def the_return(runner: CommandRunner, folder: Path) -> None:
    """The care leaver's row, what is missing of it, and the files."""
    out = folder / "return"
    text = runner.run("return", str(out), "--as-of", "2026-11-20").stdout
    assert "Care leavers of 2026/27, as they would be sent on 2026-11-20" in text
    assert "IN_TOUCH" in text
    rows = (out / "oc3.csv").read_text("utf-8-sig").splitlines()
    assert rows == ["CHILD,DOB,IN_TOUCH,ACTIV,ACCOM", "p1,01/05/2007,,,"]
    assert (out / "episodes.csv").read_text("utf-8-sig").count("\n") == 1
    assert "name an empty folder" in runner.run("return", str(out), code=3).stderr
    lines = runner.run("return", "--as-of", "2026-11-20", "--json").stdout.splitlines()
    found = [json.loads(line) for line in lines]
    assert {"kind": "ages", "ages": "19-21", "suitable": 0, "unsuitable": 0,
            "no_information": 0, "missing": 1, "not_counted": 0} in found  # fmt: skip
    assert ("131", 1) in {(item.get("rule"), item.get("number")) for item in found}
    assert "2025/26" in runner.run("return", "--year", "soon", code=1).stderr


def the_views(runner: CommandRunner, folder: Path) -> None:
    """Each is a file as at a day, with a dictionary beside them, and nothing is overwritten."""
    out = folder / "out"
    said = runner.run("export", str(out), "--as-of", "2026-11-20").stdout
    assert "reporting_cases.csv: " in said
    lines = (out / "reporting_cases.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("person,concern,valid_from,valid_until,colour")
    assert any("p1,unsuitable_accommodation" in line and ",red," in line for line in lines[1:])
    assert "by when a review" in (out / "dictionary.csv").read_text("utf-8-sig")
    assert "has reporting_cases.csv already" in runner.run("export", str(out), code=3).stderr
    assert (out / "analysis.pdf").read_bytes().startswith(b"%PDF-")
    assert (out / "analysis.xlsx").stat().st_mode & 0o777 == 0o600
    typed = folder / "typed"
    runner.run("export", str(typed), "--as-of", "2026-11-20", "--format", "parquet")
    table = read_table(typed / "reporting_cases.parquet")
    assert table.num_rows == len((out / "reporting_cases.csv").read_text().splitlines()) - 1
    assert str(table.schema.field("valid_from").type) == "date32[day]"
    assert str(table.schema.field("open_actions").type) == "int64"
    assert table.schema.field("colour").metadata[b"description"].startswith(b"red, amber")

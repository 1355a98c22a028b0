"""Ids that two files write differently are told, and mended where that is asked for."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from tests.system.imports.test_field_inputs import Store, store

__all__ = ["store"]

WRITTEN = {
    "decimals": lambda n: f"{n}.0",
    "zeros": lambda n: f"00{n}",
    "capitals": lambda n: f"AB{n}",
}


def extract(folder: Path, people: list[str], homes: list[str]) -> Path:
    folder.mkdir(exist_ok=True)
    lines = "".join(f"{id_},2007-03-01,former_relevant\n" for id_ in people)
    (folder / "people.csv").write_text("person,date_of_birth,eligibility\n" + lines)
    lines = "".join(f"{id_},{n},2026-01-10,S\n" for n, id_ in enumerate(homes))
    (folder / "accommodation.csv").write_text("person,accommodation_id,start,code\n" + lines)
    return folder


def publish(folder: Path, *more: str) -> tuple[dict[str, Any], str, int]:
    arguments = (
        "publish", "--snapshot", str(folder), "--source", "/x", "--as-at", "2026-03-01T02:00:00Z",
        "--dry-run", *more,
    )  # fmt: skip
    told = CliRunner().invoke(app, arguments)
    summary = CliRunner().invoke(app, (*arguments, "--json"))
    return json.loads(summary.stdout), " ".join((told.stdout + told.stderr).split()), told.exit_code


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("mending", sorted(WRITTEN))
def test_ids_of_two_files_that_would_meet_are_told_loudly_and_mended_by_an_option(
    tmp_path: Path, mending: str
) -> None:
    people = [WRITTEN[mending](n) for n in range(100, 120)]
    homes = [f"ab{n}" if mending == "capitals" else str(n) for n in range(100, 120)]
    folder = extract(tmp_path / "x", people, homes)
    summary, told, code = publish(folder)
    assert (summary["people"], code) == (40, 1)
    assert "0 of 20 are, and 20 would be, read" in told
    assert f"--ids {mending} reads them so" in told
    summary, told, code = publish(folder, "--ids", mending)
    assert (summary["people"], code) == (20, 0)
    assert "--ids" not in told


@pytest.mark.usefixtures("store")
def test_ids_that_meet_or_would_not_are_left_in_peace(tmp_path: Path) -> None:
    ids = [str(n) for n in range(100, 120)]
    assert publish(extract(tmp_path / "x", ids, ids[:5]))[2] == 0
    assert publish(extract(tmp_path / "x", ids, ["900", "901"]))[2] == 0


def test_ids_are_mended_to_those_that_are_held(store: Store, tmp_path: Path) -> None:
    held = [f"00{n}" for n in range(100, 120)]
    folder = extract(tmp_path / "x", held, held)
    store.night(
        "publish", "--snapshot", folder, "--source", "/x", "--as-at", "2026-02-01T02:00:00Z"
    )
    lost = [str(n) for n in range(100, 120)]
    folder = extract(tmp_path / "x", lost, lost)
    _, told, code = publish(folder, "--vanished-limit", "100")
    assert code == 1
    assert "an id as in what is held of this source: 0 of 20 are" in told
    summary, _, code = publish(folder, "--ids", "zeros")
    assert (summary["news"], summary["absent"], code) == ({}, 0, 0)


def test_two_who_read_alike_stay_two_where_both_are_held(store: Store, tmp_path: Path) -> None:
    folder = extract(tmp_path / "x", ["007", "7"], ["007", "7"])
    before = ("--as-at", "2026-02-01T02:00:00Z")
    store.night("publish", "--snapshot", folder, "--source", "/x", *before)
    summary, _, code = publish(folder, "--ids", "zeros")
    assert (summary["news"], summary["absent"], code) == ({}, 0, 0)


@pytest.mark.usefixtures("store")
def test_two_ids_of_one_file_that_are_read_as_one_are_told(tmp_path: Path) -> None:
    summary, told, code = publish(extract(tmp_path / "x", ["007", "7"], ["7"]), "--ids", "zeros")
    assert (summary["people"], code) == (1, 1)
    assert "007, 7 were read as one by --ids" in told


@pytest.mark.usefixtures("store")
def test_an_id_is_used_as_it_was_first_written(tmp_path: Path) -> None:
    folder = extract(tmp_path / "x", ["AB1", "AB2"], ["ab1", "ab2"])
    arguments = ("publish", "--snapshot", str(folder), "--source", "/x", "--ids", "capitals",
                 "--as-at", "2026-03-01T02:00:00Z", "--dry-run", "--news", "news.csv")  # fmt: skip
    assert CliRunner().invoke(app, arguments).exit_code == 0
    with Path("news.csv").open(encoding="utf-8-sig", newline="") as news:
        people = {row["person"] for row in csv.DictReader(news)} - {""}
    assert people in ({"AB1", "AB2"}, {"ab1", "ab2"})

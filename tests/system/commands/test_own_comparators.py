"""A council's own published figures, out of a folder of its measures."""

from pathlib import Path

import pytest

from services.bootstrap.measures import load_comparators
from services.oversight.comparators.definition import shipped
from services.settings import SettingsError

FILE = """
measure = "unsuitable_19_to_21"
definition = "As counted."
same = true
publisher = "Somebody"
title = "A publication"
address = "https://figures.example/1"
figures = [{ area = "England", kind = "country", on = 2026-03-31, value = 4 }]
"""


def test_a_council_s_own_replace_and_a_wrong_name_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "comparators"
    folder.mkdir()
    (folder / "dfe_2025_unsuitable_19_to_21.toml").write_text(FILE, "utf-8")
    found = load_comparators(tmp_path, "Devon")
    assert len(found) == len(shipped())
    (own,) = [item for item in found if item.title == "A publication"]
    assert own.figures[0].figure == 4
    with pytest.raises(SettingsError, match="published_as is Devonshire; the policy must name"):
        load_comparators(None, "Devonshire")
    (folder / "gone.toml").write_text(FILE.replace("unsuitable", "suitable"), "utf-8")
    with pytest.raises(SettingsError, match=r"gone\.toml: measure is suitable_19_to_21; it must"):
        load_comparators(tmp_path, "")
    (folder / "gone.toml").unlink()
    (folder / "wrong.toml").write_text("measure = ", "utf-8")
    with pytest.raises(SettingsError, match=r"wrong\.toml cannot be read as TOML"):
        load_comparators(tmp_path, "")

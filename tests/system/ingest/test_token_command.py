"""`sightline token`: one that publishes is made for a source, and told apart in the list."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.token import app
from services.clock import now_utc
from services.store import tokens
from services.store.database import Database
from tests.system.commands.test_commands import CommandRunner

PUBLISHES = "publish for /devon/eclipse"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory, in which commands run."""
    monkeypatch.setenv("SIGHTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def token(*args: str) -> Result:
    """The command in this very process: what it prints and how it ends."""
    return CliRunner().invoke(app, args)


def known(folder: Path, secret: str = "") -> list[tuple[str, str | None]]:
    """Name and source of the token that is this secret; of every token where none is given."""

    async def ask() -> list[tuple[str, str | None]]:
        store = Database(f"sqlite:///{folder / 'sightline.sqlite'}")
        async with store.reading() as connection:
            one = await tokens.token_of(connection, secret, now_utc())
            found = ([one] if one else []) if secret else await tokens.all_tokens(connection)
        await store.close()
        return [(item.name, item.source) for item in found]

    return asyncio.run(ask())


def test_from_the_outside_a_token_is_made_for_a_source_and_listed(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    printed = runner.run("token", "make", "x", "--source", "/devon/eclipse").stdout
    assert printed.startswith("sightline_")
    assert len(printed.splitlines()) == 1
    assert known(tmp_path / "data", printed.strip()) == [("x", "/devon/eclipse")]
    (token,) = runner.json("token", "list")
    assert set(token) == {
        "name", "source", "may", "concerns", "subjects", "made_at", "expires_at", "used_at",
        "revoked_at", "services", "teams",
    }  # fmt: skip
    assert (token["name"], token["source"], token["revoked_at"]) == ("x", "/devon/eclipse", None)


def test_the_list_says_what_each_token_may_and_shows_none(here: Path) -> None:
    secrets = [
        token("make", "eclipse", "--source", "/devon/eclipse").stdout.strip(),
        token("make", "power-bi").stdout.strip(),
    ]
    assert known(here, secrets[0]) == [("eclipse", "/devon/eclipse")]
    assert known(here, secrets[1]) == [("power-bi", None)]
    shown = token("list").stdout
    columns = [
        [cell.strip() for cell in row.split("│")] for row in shown.splitlines() if "│" in row
    ]
    assert [row[1] for row in columns if row[1]] == ["eclipse", "power-bi"]
    may = "".join(row[2] for row in columns)
    assert PUBLISHES.replace(" ", "") in may.replace(" ", "")
    assert may.endswith("read statuses")
    assert not any(secret in shown for secret in secrets)


def test_a_token_that_publishes_is_revoked_by_its_name(here: Path) -> None:
    secret = token("make", "eclipse", "--source", "/devon/eclipse").stdout.strip()
    assert token("revoke", "eclipse").exit_code == 0
    assert known(here, secret) == []
    assert known(here) == [("eclipse", "/devon/eclipse")]
    assert token("make", "eclipse", "--source", "/devon/eclipse").exit_code == 3


def test_no_token_speaks_for_the_pages(here: Path) -> None:
    assert token("make", "other", "--source", "/devon/eclipse").exit_code == 0
    done = token("make", "pages", "--source", "/sightline/pages")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "/sightline/pages" in done.stderr
    assert [name for name, _ in known(here)] == ["other"]


@pytest.mark.parametrize("source", ["", " ", "x" * 401, "/a\nb"])
def test_a_source_that_no_event_can_have_makes_no_token(here: Path, source: str) -> None:
    """An empty one above all: `--source "$SOURCE"` with nothing set would read every case."""
    done = token("make", "odd", "--source", source)
    assert done.exit_code in (2, 3), done.stdout
    assert done.stdout == ""
    assert "source" in done.stderr
    assert not (here / "sightline.sqlite").exists() or known(here) == []


@pytest.mark.usefixtures("here")
def test_a_token_says_what_it_may_do_for_what_and_until_when() -> None:
    made = token(
        "make", "cms", "--source", "/council/cms", "--may", "rate", "--may", "close", "--concern",
        "permanence", "--subjects", "EL-", "--days", "30",
    )  # fmt: skip
    assert "rate, close for Permanence" in " ".join(made.stderr.split())
    listed = json.loads(token("list", "--json").stdout)
    assert (listed["may"], listed["concerns"], listed["subjects"]) == (
        ["rate", "close"], ["permanence"], "EL-",
    )  # fmt: skip
    made_at, ends = (datetime.fromisoformat(listed[name]) for name in ("made_at", "expires_at"))
    assert ends - made_at == timedelta(days=30)
    assert listed["used_at"] is None


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "wrong",
    [
        ["--source", "/council/cms", "--may", "fly"],
        ["--may", "rate"],
        ["--source", "/council/cms", "--days", "0"],
        ["--source", "/Sightline/Pages"],
        ["--source", "/council/cms", "--concern", "weather"],
    ],
)
def test_a_token_that_could_not_mean_anything_is_not_made(wrong: list[str]) -> None:
    assert token("make", "cms", *wrong).exit_code != 0
    assert "cms" not in token("list").stdout

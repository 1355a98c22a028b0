"""The clients of docs/publishing.md, run as they stand there against a served Sightline."""

import asyncio
import os
import re
import shlex
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from events.broker import client_of
from schemas.policy import Policy
from services.store import event_log, tokens
from services.store.tokens import Token
from tests.system.web.running_app import NOW, RunningApp, start_app
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = Path(__file__).parents[3] / "docs" / "publishing.md"
EXAMPLE_ID, SOURCE = "p-3301/9f2c", "/devon/eclipse"


def block(language: str) -> str:
    """The one code block of a language."""
    found = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert len(found) == 1, language
    return str(found[0])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningApp]:
    folder = tmp_path_factory.mktemp("clients")
    policy = Policy.model_validate({"sources": {SOURCE: {"broker_user": "eclipse"}}})
    async with start_app(folder, policy) as one:
        async with one.state.database.writing() as connection:
            await tokens.add_token(connection, Token("eclipse", SOURCE, NOW), "secret-of-eclipse")
        yield one


async def stored(one: RunningApp) -> bool:
    async with one.state.database.reading() as connection:
        return await event_log.are_stored(connection, SOURCE, [EXAMPLE_ID])


async def run(one: RunningApp, folder: Path, *command: str, code: str = "") -> str:
    environment = {
        **os.environ,
        "SIGHTLINE_URL": one.base,
        "SIGHTLINE_TOKEN": "secret-of-eclipse",
    }
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate(code.encode())
    assert process.returncode == 0, told.decode()
    return told.decode()


async def accepts(one: RunningApp, told: str) -> None:
    assert '"accepted":1' in told
    assert EXAMPLE_ID in told
    await until(lambda: stored(one))


async def test_the_client_in_python_publishes(served: RunningApp, tmp_path: Path) -> None:
    (tmp_path / "publish.py").write_text(block("python"))
    await accepts(served, await run(served, tmp_path, "python3", "publish.py"))


async def test_the_client_in_javascript_publishes(served: RunningApp, tmp_path: Path) -> None:
    (tmp_path / "publish.mjs").write_text(block("javascript"))
    await accepts(served, await run(served, tmp_path, "node", "publish.mjs"))


async def test_the_client_in_java_publishes(served: RunningApp, tmp_path: Path) -> None:
    (tmp_path / "Publish.java").write_text(block("java"))
    await accepts(served, await run(served, tmp_path, "java", "Publish.java"))


async def test_curl_publishes_a_batch(served: RunningApp, tmp_path: Path) -> None:
    await accepts(served, await run(served, tmp_path, "bash", "-s", code=block("bash")))


async def test_what_the_nats_tool_would_send_is_stored_and_accepted(served: RunningApp) -> None:
    words = shlex.split(block("shell").replace("\\\n", " "))
    subject = words[words.index("request") + 1]
    assert subject == "sightline.events.eclipse.placement.started"
    headers = dict(
        words[place + 1].split(":", 1) for place, word in enumerate(words) if word == "-H"
    )
    client = client_of(served.broker)
    answer = await client.request(subject, words[-1].encode(), headers=headers, timeout=10)
    assert b'"stream":"SIGHTLINE"' in answer.data.replace(b" ", b"")
    await until(lambda: stored(served))


async def test_every_client_of_the_document_says_the_same_event() -> None:
    for language in ("python", "javascript", "java", "csharp", "powershell", "bash", "shell"):
        told = block(language)
        for word in (EXAMPLE_ID, SOURCE, "sightline.placement.started.v1", "2788123"):
            assert word in told, (language, word)

"""The contract page: every event with an example, for everybody."""

import pytest

from schemas.events.catalogue import CATALOGUE, type_of
from tests.system.web.running_app import RunningApp


@pytest.mark.asyncio(loop_scope="module")
async def test_the_page_is_open_to_everybody_and_shows_every_event_with_its_example(
    council: RunningApp,
) -> None:
    browser = await council.browser()
    answer = await browser.get("/contract")
    assert answer.status_code == 200
    for name in CATALOGUE:
        assert f'id="{name}"' in answer.text
        assert f"/contract/{type_of(name)}.json" in answer.text
        assert f"sightline.events.{name}" in answer.text
    for link in ("/contract/asyncapi.json", "/contract/sightline.status.changed.v1.json"):
        assert link in answer.text
        assert (await browser.get(link)).headers["content-type"] == "application/json"


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_no_published_document_is_not_there(council: RunningApp) -> None:
    browser = await council.browser()
    for name in ("nothing", "..%2Fpolicy", "sightline.care.started.v2"):
        assert (await browser.get(f"/contract/{name}.json")).status_code == 404

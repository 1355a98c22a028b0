"""A digest as it is seen: on a phone its cells stack, and its bars are true to their numbers."""

import pytest

from tests.system.browser.conftest import SignIn, Visitor
from tests.system.browser.sample_cases import add_browser_cases
from tests.system.web.running_app import DIRECTOR, RunningApp

MAIL = "/digests/preview/message?recipient=director&day=2026-11-20"
_BARS = """[...document.querySelectorAll('td[style*="background-color:#ca3535"]')].map(td => [
  td.getBoundingClientRect().width, Number(td.getAttribute('width')),
  Number(td.nextElementSibling.textContent.trim())])"""


async def shown(director: Visitor, path: str = MAIL) -> None:
    """The mail by itself: as it is served, its page runs no script, and so no judge of it."""
    await director.open(path)
    html = await director.page.content()
    await director.page.goto("about:blank")
    await director.page.set_content(html)


@pytest.mark.parametrize("recipient", ["director", "lead"])
async def test_axe_finds_nothing_in_it_at_a_desk_or_on_a_phone(
    served: RunningApp, sign_in: SignIn, recipient: str
) -> None:
    await add_browser_cases(served)
    director = await sign_in(DIRECTOR)
    await shown(director, MAIL.replace("director", recipient))
    for width in (1200, 320):
        await director.page.set_viewport_size({"width": width, "height": 800})
        await director.assert_accessible(f"mail-{recipient}-{width}")


async def test_bars_are_as_wide_as_their_share_of_the_greatest(
    served: RunningApp, sign_in: SignIn
) -> None:
    """Measured as a browser draws them; Outlook goes by the attribute alone, which is the same."""
    await add_browser_cases(served)
    director = await sign_in(DIRECTOR)
    for width in (1200, 320):
        await director.page.set_viewport_size({"width": width, "height": 800})
        await shown(director)
        bars = await director.page.evaluate(_BARS)
        assert len(bars) > 1
        greatest = max(number for _, _, number in bars)
        assert len({number for _, _, number in bars}) > 1, "bars of one number prove nothing"
        for drawn, said, number in bars:
            assert abs(drawn - 110 * number / greatest) <= 1, (width, number)
            assert said == round(drawn), (width, number)


async def test_on_a_phone_each_cell_stands_below_the_other_and_says_what_it_is(
    served: RunningApp, sign_in: SignIn
) -> None:
    await add_browser_cases(served)
    director = await sign_in(DIRECTOR)
    await director.page.set_viewport_size({"width": 320, "height": 800})
    await shown(director)
    assert await director.page.evaluate("document.documentElement.scrollWidth") <= 320
    cells = director.page.locator(".stack tr:not(.headers) > td:nth-child(2)")
    assert await cells.first.evaluate("c => getComputedStyle(c).display") == "block"
    assert "Red for:" in await director.text()
    await director.page.set_viewport_size({"width": 800, "height": 800})
    assert await cells.first.evaluate("c => getComputedStyle(c).display") == "table-cell"
    assert "Red for:" not in await director.text()

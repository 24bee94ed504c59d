"""Takes the pictures of the practice channel that docs/ shows: `python -m tests.chat.loopback.screenshots`.

The real bot answers, so the pictures show what a person meets.
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.chat.loopback.__main__ import THE_BOT
from tests.chat.loopback.botprocess import ROOT, start_bot
from tests.chat.loopback.browser import open_browser
from tests.chat.loopback.play import Play
from tests.chat.loopback.server import LoopbackDiscord

PICTURES = ROOT / "docs" / "images"


async def main() -> None:
    """Write the pictures into docs/images."""
    path = shutil.which("chromium")
    if path is None:
        sys.exit("There is no Chromium on this machine (Debian: apt-get install chromium).")
    PICTURES.mkdir(parents=True, exist_ok=True)
    discord = LoopbackDiscord()
    play = Play(discord)
    with tempfile.TemporaryDirectory() as folder:
        state = {"DATABASE_URL": f"sqlite:///{Path(folder, 'state.db')}"}
        async with discord, start_bot(discord, THE_BOT, state), open_browser(path) as browser:
            page = await _opened(browser, play, width=820, height=900, scheme="light")
            await _commands(page, PICTURES / "play-commands.png")
            await _study(page, PICTURES / "play-study.png")
            page = await _opened(browser, play, width=390, height=844, scheme="dark")
            await _evidence(page, PICTURES / "play-phone-dark.png")


async def _opened(browser: Browser, play: Play, *, width: int, height: int, scheme: str) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = await context.new_page()
    await page.goto(play.address)
    await expect(page.get_by_role("article")).to_have_count(2)
    return page


async def _commands(page: Page, picture: Path) -> None:
    await page.locator("#say").fill("/")
    await expect(page.get_by_role("option", name="/study")).to_be_visible()
    await page.screenshot(path=picture)


async def _study(page: Page, picture: Path) -> None:
    await page.locator("#say").fill("/study")
    await page.keyboard.press("Enter")
    await page.get_by_role("combobox", name="query").fill("baklund 2021")
    await page.get_by_role("option").filter(has_text="Baklund").first.click()
    await page.get_by_role("button", name="Run /study").click()
    await expect(page.locator("#live")).to_contain_text("answered")
    await page.screenshot(path=picture)


async def _evidence(page: Page, picture: Path) -> None:
    await page.get_by_role("button", name="More for the message of Sam").nth(1).click()
    await page.get_by_role("menuitem", name="Find evidence").click()
    await expect(page.locator("#live")).to_contain_text("answered")
    await page.screenshot(path=picture)


if __name__ == "__main__":
    asyncio.run(main())

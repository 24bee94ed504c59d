"""Opening the practice channel in headless Chromium."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from tests.needs import CHROMIUM_FLAGS


@asynccontextmanager
async def open_browser(path: str) -> AsyncIterator[Browser]:
    """Run the Chromium at `path` without a window for the length of a block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            await browser.close()

"""Takes the pictures in docs/images: the preview on the real data, in headless Chromium, and a map.

Run it as ``python -m scripts.screenshots`` after a change to the pages, and look at what it wrote.
"""

import shutil
import socket
import tempfile
import threading
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from bot.answer.desk import Desk
from bot.answer.library import Library
from bot.settings import ROOT, Settings
from bot.site.preview import Server, application
from bot.site.workshop import Workshop

IMAGES: Final = ROOT / "docs" / "images"
_COLOURS: Final = 64  # enough for text on a calm ground, and a quarter of the size
_BROKEN: Final = "gupta-1997-cytokine-production"


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the page, and how that is looked at."""

    name: str
    path: str
    width: int
    height: int
    theme: str = "dark"


SHOTS: Final = (
    Shot("preview-list", "/?pem=required&topic=cytokines", 1000, 640),
    Shot("preview-study", "/evidence/gupta-1997-cytokine-production/", 1000, 900),
    Shot("preview-phone", "/evidence/lombardi-2009-xmrv/", 390, 844, "light"),
)


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    settings = Settings.load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        shutil.copytree(settings.data, data, ignore=shutil.ignore_patterns("catalogue.db*"))
        server = Server(application(Workshop(data, folder / "preview.db", settings.responses, folder)), 0)
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
                )
                _take(browser, f"http://127.0.0.1:{listening.getsockname()[1]}", data)
                browser.close()
        finally:
            server.should_exit = True
            thread.join()
        _map(settings, folder)


def _take(browser: Browser, address: str, data: Path) -> None:
    for shot in SHOTS:
        page = browser.new_page(viewport={"width": shot.width, "height": shot.height})
        page.goto(address + shot.path, timeout=60_000)
        if page.locator("#controls").count():
            page.get_by_role("radio", name=shot.theme).check()
        _write(shot.name, page.screenshot())
        page.close()
    page = browser.new_page(viewport={"width": 1000, "height": 460}, color_scheme="dark")
    page.goto(f"{address}/evidence/{_BROKEN}/")
    path = data / "studies" / f"{_BROKEN}.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('volume = "31"', 'volume = "31'), encoding="utf-8"
    )
    page.locator(".problem h2").wait_for()
    _write("preview-problem", page.screenshot())
    page.close()


def _map(settings: Settings, folder: Path) -> None:
    library = Library.open(settings.data, folder / "catalogue.db", settings.responses, pictures=folder)
    (file,) = Desk(library).answer_line("/map").files
    _write("map", file.data)
    library.close()


def _write(name: str, png: bytes) -> None:
    path = IMAGES / f"{name}.png"
    Image.open(BytesIO(png)).convert("RGB").quantize(_COLOURS).save(path, optimize=True)
    print(f"Wrote {path.relative_to(ROOT)}, {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()

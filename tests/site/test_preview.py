"""The preview in a real browser, over a real server: by keyboard, and reloaded when a file is saved."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Page, expect
from watchfiles import Change

from bot.catalogue import source
from bot.site.preview import application, is_source
from bot.site.workshop import Workshop
from tests.answer.libraries import small_library
from tests.catalogue.fabricated import study, topic
from tests.conftest import DATA, RESPONSES, ROOT
from tests.site.browser import chromium, violations
from tests.site.serving import serving

ID = study().id


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one study and one question."""
    small_library(tmp_path, study(), topic()).close()
    return tmp_path / "data"


@pytest.fixture
def address(data: Path, tmp_path: Path) -> Iterator[str]:
    """The preview of that folder, being served and watching it."""
    with serving(application(Workshop(data, tmp_path / "preview.db", RESPONSES, tmp_path))) as served:
        yield served


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The preview of the real data."""
    folder = tmp_path_factory.mktemp("preview")
    watched = folder / "data"
    shutil.copytree(DATA, watched, ignore=shutil.ignore_patterns("catalogue.db*"))
    with serving(application(Workshop(watched, folder / "preview.db", RESPONSES, folder))) as served:
        yield served


@pytest.fixture
def page() -> Iterator[Page]:
    """A page in which nothing went wrong, and which asked nobody but the preview."""
    complaints: list[str] = []
    with chromium() as browser:
        opened = browser.new_context(viewport={"width": 1100, "height": 800}, color_scheme="dark").new_page()
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        opened.on(
            "request",
            lambda asked: (
                None if asked.url.startswith(("http://127.0.0.1:", "data:")) else complaints.append(asked.url)
            ),
        )
        yield opened
    assert complaints == []


def test_saving_a_file_reloads_the_page_that_is_open(page: Page, address: str, data: Path) -> None:
    page.goto(f"{address}/evidence/{ID}/")
    expect(page.get_by_role("article").first).to_contain_text("did not differ in grip strength")
    source.write(study(finding="Nobody had a strong grip."), data)
    expect(page.get_by_role("article").first).to_contain_text("Nobody had a strong grip.", timeout=20_000)


def test_a_file_broken_and_mended_under_an_open_page_is_told_and_forgotten(
    page: Page, address: str, data: Path
) -> None:
    path = data / source.STUDIES / f"{ID}.toml"
    good = path.read_bytes()
    page.goto(f"{address}/evidence/{ID}/")
    path.write_bytes(good.replace(b"year = 2001", b"year = "))
    expect(page.locator(".problem h2")).to_contain_text(f"{ID}.toml, line", timeout=20_000)
    assert violations(page) == []
    path.write_bytes(good)
    expect(page.get_by_role("heading", level=1)).to_contain_text("A made-up study", timeout=20_000)


def test_views_colours_and_width_are_chosen_by_keyboard_and_stay_after_a_reload(
    page: Page, real: str
) -> None:
    page.goto(f"{real}/evidence/gupta-1997-cytokine-production/")
    shown = page.locator("section[data-view]:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Quick view")
    page.get_by_role("radio", name="quick").focus()
    page.keyboard.press("ArrowRight")
    expect(shown).to_contain_text("Full view")
    expect(shown).to_contain_text("Why it matters.")
    expect(shown).to_contain_text("of 4,000 characters")
    page.keyboard.press("ArrowRight")
    expect(shown).to_contain_text("Entered the catalogue.")
    narrow = page.locator(".message:visible").bounding_box()
    page.get_by_role("radio", name="phone").focus()
    page.keyboard.press("ArrowRight")
    wide = page.locator(".message:visible").bounding_box()
    assert narrow is not None
    assert wide is not None
    assert narrow["width"] <= 391 < wide["width"]
    page.get_by_role("radio", name="light").check()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    expect(shown).to_contain_text("History view")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_entry_has_the_colours_of_the_system_until_somebody_chooses(
    page: Page, real: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    ground = "getComputedStyle(document.body).backgroundColor"
    page.goto(f"{real}/problems/")
    elsewhere = page.evaluate(ground)
    page.goto(f"{real}/evidence/lombardi-2009-xmrv/")
    assert page.evaluate(ground) == elsewhere
    expect(page.get_by_role("radio", name=scheme)).to_be_checked()


@pytest.mark.parametrize("width", [390, 1280])
def test_every_kind_of_page_is_friendly_to_screen_readers_and_narrow_screens(
    page: Page, real: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for path in (
        "/questions/",
        "/evidence/lombardi-2009-xmrv/",
        "/questions/is-there-a-blood-test/",
        "/try/?line=/map+cytokines",
        "/problems/",
    ):
        page.goto(real + path)
        # Each width in other colours: what colours can bar does not depend on the width.
        theme = "dark" if width == 390 else "light"
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert violations(page) == [], (path, theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_map_is_shown_with_its_words(page: Page, real: str) -> None:
    page.goto(f"{real}/try/")
    page.get_by_label("What somebody would type").fill("/map xmrv")
    page.keyboard.press("Enter")
    picture = page.get_by_role("img")
    expect(picture).to_have_attribute("alt", re.compile(r"^Bar charts of \d+ studies"))
    assert picture.evaluate("image => image.naturalWidth") == 800


def test_the_list_can_be_narrowed_to_entries_with_something_to_look_at(page: Page, real: str) -> None:
    page.goto(f"{real}/?topic=xmrv")
    shown = page.locator(".entries > li:visible")
    expect(shown).to_have_count(10)
    page.get_by_label("Only with findings").check()
    assert all(one.get_attribute("data-problems") != "0" for one in shown.all())


def test_pages_keep_to_this_machine_and_to_themselves(address: str) -> None:
    found = httpx.get(f"{address}/")
    assert "default-src 'none'" in found.headers["content-security-policy"]
    assert found.headers["referrer-policy"] == "no-referrer"
    assert httpx.get(f"{address}/", headers={"Host": "evil.example"}).status_code == 400
    assert httpx.get(f"{address}/evidence/no-such-study/").status_code == 404
    assert httpx.get(f"{address}/static/../../settings.py").status_code == 404
    assert httpx.get(f"{address}/evidence/{ID}", follow_redirects=True).status_code == 200


def test_a_change_is_told_to_those_who_listen(address: str, data: Path) -> None:
    with httpx.stream("GET", f"{address}/changes", timeout=20) as told:
        lines = told.iter_lines()
        assert next(lines) == "retry: 1000"
        source.write(study(finding="Nobody had a strong grip."), data)
        assert next(line for line in lines if line.startswith("event:")) == "event: changed"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("data/studies/a.toml", True),
        ("data/citations.json", True),
        ("responses/study.md.j2", True),
        ("responses/failure.md", True),
        ("data/catalogue.db", False),
        ("data/studies/.a.toml.x7k2p", False),
    ],
)
def test_only_the_files_that_pages_are_made_from_are_watched(path: str, *, told: bool) -> None:
    assert is_source(Change.modified, path) is told


def test_a_page_that_was_made_before_a_change_hears_of_it_however_late_it_listens(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/questions/")
    shown = page.locator("script[data-generation]").get_attribute("data-generation")
    assert shown is not None
    with httpx.stream("GET", f"{address}/changes", params={"since": int(shown) - 1}, timeout=20) as told:
        assert next(line for line in told.iter_lines() if line.startswith("event:")) == "event: changed"


def test_the_command_serves_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    small_library(tmp_path, study(), topic()).close()
    code = "from bot.site.commands import preview; preview()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "BOT_DATA": str(tmp_path / "data")},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(transport=transport, timeout=30) as client:
            assert "1 study, " in client.get(f"http://127.0.0.1:{port}/").text
            with client.stream("GET", f"http://127.0.0.1:{port}/changes") as told:  # as an open page does
                lines = told.iter_lines()
                assert next(lines) == "retry: 1000"
                process.send_signal(signal.SIGINT)
                assert "event: changed" not in list(lines)
        _, said = process.communicate(timeout=20)
    finally:
        process.kill()
    assert f"http://127.0.0.1:{port}/" in said
    assert "Traceback" not in said

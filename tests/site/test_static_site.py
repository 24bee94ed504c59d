"""The static site: a page for each study and question, each with its limits and what the badge means."""

import dataclasses
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from playwright.sync_api import expect

from bot.answer.library import Library
from bot.catalogue.source import STUDIES
from bot.site.exporting import write
from tests.answer.libraries import small_library
from tests.answer.promises import MEANING
from tests.catalogue.fabricated import study, topic
from tests.site.browser import chromium, violations
from tests.site.reading import Document
from tests.site.serving import files


@pytest.fixture(scope="module")
def site(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write(dataclasses.replace(library, site="https://evidence.example"), "html", folder)
    return folder


def page(folder: Path, path: str) -> Document:
    return Document.of((folder / path / "index.html").read_text(encoding="utf-8"))


def test_every_entry_has_a_page_at_its_address_with_its_limits_and_its_badge(
    site: Path, library: Library
) -> None:
    for one in library.catalogue.all_studies():
        found = page(site, f"evidence/{one.id}")
        assert all(limit.rstrip(".") in found.text for limit in one.limitations), one.id
        assert one.pem_basis in found.text, one.id
        assert MEANING in found.text
        assert one.changes[0].what in found.text
        if one.retraction:
            assert found.text.index(
                library.templates.labels["retraction"][one.retraction.status]
            ) < found.text.index("PEM badge:")
    for question in library.catalogue.all_topics():
        found = page(site, f"questions/{question.id}")
        assert all(line.split(" [")[0].rstrip(".") in found.text for line in question.limitations), (
            question.id
        )
        assert MEANING in found.text


def test_every_other_page_says_what_the_catalogue_is_not_and_what_the_badge_means(site: Path) -> None:
    for path in ("", "questions", "data"):
        found = page(site, path)
        assert "The catalogue is a selection and not all research" in found.text
        assert MEANING in found.text


def test_no_link_inside_the_site_leads_nowhere(site: Path) -> None:
    for file in site.rglob("*.html"):
        base = f"/{file.relative_to(site).as_posix()}"
        document = Document.of(file.read_text(encoding="utf-8"))
        wanted = document.links() + [
            given.get("href", given.get("src", ""))
            for tag, given in document.tags
            if tag in {"link", "script"}
        ]
        for href in wanted:
            if not href or href.startswith(("data:", "#")) or urlsplit(href).scheme:
                continue
            path = unquote(urljoin(base, href).partition("#")[0].partition("?")[0])
            target = site / path.lstrip("/")
            assert (target / "index.html").is_file() if path.endswith("/") else target.is_file(), (base, href)


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    for path in ("", "questions", "evidence/gupta-1997-cytokine-production"):
        for tag, given in page(site, path).tags:
            if tag in {"script", "img", "iframe"} or given.get("rel") in {"stylesheet", "icon"}:
                address = given.get("src") or given.get("href", "")
                assert not address.startswith(("http:", "https:", "//"))


def test_a_page_gives_its_metadata_and_files_for_reference_managers(site: Path) -> None:
    found = page(site, "evidence/gupta-1997-cytokine-production")
    assert found.meta("citation_doi") == ["10.1016/s0022-3956(96)00063-5"]
    (data,) = found.data
    assert data["url"] == "https://evidence.example/evidence/gupta-1997-cytokine-production/"
    assert data["mainEntity"]["@type"] == "ScholarlyArticle"
    folder = site / "evidence" / "gupta-1997-cytokine-production"
    assert "doi = {10.1016/s0022-3956(96)00063-5}" in (folder / f"{folder.name}.bib").read_text(
        encoding="utf-8"
    )
    assert (folder / f"{folder.name}.ris").read_text(encoding="utf-8").startswith("TY  - JOUR")
    assert "APA 7" in found.text
    assert "Page of this entry" not in found.text  # it is this page


def test_text_that_looks_like_markup_stays_text(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script> & <b>bold</b>"
    library = small_library(tmp_path, study(title=evil, aliases=("x",)), topic())
    write(library, "html", tmp_path / "site")
    found = page(tmp_path / "site", f"evidence/{study().id}")
    assert evil in found.text
    assert found.data[0]["name"] == evil
    assert [given.get("src") for tag, given in found.tags if tag == "script" and not given.get("type")] == []


def test_a_part_of_the_catalogue_names_what_is_left_out_without_a_dead_link(
    library: Library, tmp_path: Path
) -> None:
    write(library, "html", tmp_path, ["xmrv"])
    test_no_link_inside_the_site_leads_nowhere(tmp_path)
    assert len(list((tmp_path / "evidence").iterdir())) == len(
        [s for s in library.catalogue.all_studies() if "xmrv" in s.topics]
    )


def test_a_page_written_again_replaces_the_old_one_and_pages_of_gone_entries_stay(tmp_path: Path) -> None:
    library = small_library(tmp_path / "one", study(), study("second-2002-made-up-study"), topic())
    write(library, "html", tmp_path / "site")
    kept = tmp_path / "site" / "evidence" / "second-2002-made-up-study" / "index.html"
    assert kept.is_file()
    (tmp_path / "one" / "data" / STUDIES / "second-2002-made-up-study.toml").unlink()
    write(small_library(tmp_path / "two", study(), topic()), "html", tmp_path / "site")
    assert kept.is_file()
    assert "second-2002" not in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("light", ["dark", "light"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_friendly_to_screen_readers_and_narrow_screens(site: Path, light: str, width: int) -> None:
    with chromium() as browser, files(site) as address:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme="light" if light == "light" else "dark"
        )
        opened = context.new_page()
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        for path in (
            "/questions/",
            "/data/",
            "/evidence/gupta-1997-cytokine-production/",
            "/evidence/lombardi-2009-xmrv/",
            "/questions/is-there-a-blood-test/",
        ):
            opened.goto(address + path)
            assert violations(opened) == []
            assert opened.evaluate("document.documentElement.scrollWidth") <= width, path
        assert complaints == []


def test_the_list_narrows_without_a_search_engine_and_by_keyboard_alone(site: Path, library: Library) -> None:
    with chromium() as browser, files(site) as address:
        opened = browser.new_page()
        opened.goto(address)
        required = [
            s for s in library.catalogue.all_studies() if s.pem == "required" and "cytokines" in s.topics
        ]
        opened.get_by_label("PEM badge").select_option(label="PEM required")
        opened.get_by_label("Topic").focus()
        opened.keyboard.type("cyto")
        opened.keyboard.press("Enter")
        shown = opened.locator(".entries > li:visible")
        expect(shown).to_have_count(len(required))
        expect(opened.get_by_role("status")).to_have_text(
            f"{len(required)} of {library.catalogue.meta.studies} shown"
        )
        opened.reload()  # what was chosen stands in the address, so that it can be kept and shared
        expect(shown).to_have_count(len(required))
        opened.get_by_role("button", name="Show all").press("Enter")
        expect(shown).to_have_count(library.catalogue.meta.studies)
        assert violations(opened) == []


def test_without_scripts_the_whole_list_is_there(site: Path, library: Library) -> None:
    with chromium() as browser, files(site) as address:
        opened = browser.new_context(java_script_enabled=False).new_page()
        opened.goto(address)
        expect(opened.locator(".entries > li:visible")).to_have_count(library.catalogue.meta.studies)
        expect(opened.locator("form")).to_be_hidden()

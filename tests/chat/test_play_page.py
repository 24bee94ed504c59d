"""The page of `make play` in a real browser, with a real discord.py client behind it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.chat.loopback import LoopbackDiscord
from tests.chat.loopback.browser import open_browser
from tests.chat.loopback.play import Play
from tests.chat.loopback.running import running
from tests.chat.loopback.testbot import TestBot
from tests.needs import chromium

# One browser for all tests here, so one event loop, too.
pytestmark = pytest.mark.asyncio(loop_scope="module")

SAYING = (
    "See **this** [paper](https://doi.org/10.1000/182) <img src=x onerror=alert(1)> [no](javascript:alert(1))"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser(chromium()) as started:
        yield started


@pytest.fixture
def discord() -> LoopbackDiscord:
    return LoopbackDiscord()


@pytest_asyncio.fixture(loop_scope="module")
async def play(discord: LoopbackDiscord) -> AsyncIterator[Play]:
    served = Play(discord, ["Is there a test?", SAYING])
    async with discord:
        yield served


@pytest_asyncio.fixture(loop_scope="module")
async def page(discord: LoopbackDiscord, play: Play, browser: Browser) -> AsyncIterator[Page]:
    """The page, open and connected. Afterwards: nothing went wrong in it, and it asked nobody else."""
    complaints: list[str] = []
    elsewhere: list[str] = []
    async with running(discord, TestBot()):
        context = await browser.new_context(viewport={"width": 900, "height": 700}, reduced_motion="reduce")
        opened = await context.new_page()
        opened.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on(
            "request",
            lambda asked: None if asked.url.startswith(discord.address) else elsewhere.append(asked.url),
        )
        await opened.goto(play.address)
        await expect(opened.get_by_text("Evidence Bot is here")).to_be_visible()
        yield opened
        await context.close()
    assert complaints == []
    assert elsewhere == []


def line(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Message, or / for a command")


def messages(page: Page) -> Locator:
    return page.get_by_role("article")


async def run_fruit(page: Page, name: str = "Cherry") -> Locator:
    await line(page).fill("/fruit")
    await page.keyboard.press("Enter")
    await page.get_by_role("combobox", name="name").fill(name)
    await page.get_by_role("button", name="Run /fruit").click()
    answer = messages(page).filter(has=page.get_by_role("heading", name=name)).last
    await expect(answer).to_be_visible()
    return answer


async def test_typing_a_slash_shows_what_the_bot_registered(page: Page) -> None:
    await line(page).fill("/")
    commands = page.get_by_role("listbox", name="Commands").get_by_role("option")
    await expect(commands).to_contain_text(["/fruit", "/silent", "/long", "/basket add"])
    await expect(commands.first).to_contain_text("Show a fruit")
    await line(page).fill("/bask")
    await expect(commands).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(commands).to_have_count(0)


async def test_a_command_is_run_with_the_keyboard_alone(page: Page) -> None:
    await line(page).focus()
    await page.keyboard.type("/fr")
    await expect(page.get_by_role("option", name="/fruit")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox", name="name")).to_be_focused()
    await page.keyboard.type("err")
    await expect(page.get_by_role("option", name="Cherry")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    answer = messages(page).last
    await expect(answer.get_by_role("heading", name="Cherry")).to_be_visible()
    await expect(answer).to_contain_text("Only you can see this")
    await expect(answer).to_contain_text("You used /fruit")
    await expect(page.locator("#live")).to_contain_text(
        "Evidence Bot answered, only you can see this: Cherry"
    )
    await expect(line(page)).to_be_focused()


async def test_words_after_a_command_are_its_first_option(page: Page) -> None:
    await line(page).fill("/basket add two plums")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("two plums is in")


async def test_where_nothing_fits_one_can_still_send_what_was_typed(page: Page) -> None:
    await line(page).fill("/fruit")
    await page.keyboard.press("Enter")
    await page.get_by_role("combobox", name="name").fill("Dragon fruit")
    await expect(page.get_by_text("Nothing fits. You can still send what you typed.").first).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Dragon fruit")).to_be_visible()


async def test_a_missing_option_is_named(page: Page) -> None:
    await line(page).fill("/fruit")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Run /fruit").click()
    await expect(page.get_by_role("alert").filter(has_text="“name” is needed.")).to_be_visible()
    await expect(page.get_by_role("combobox", name="name")).to_be_focused()


async def test_a_changed_message_keeps_the_focus_on_itself(page: Page) -> None:
    answer = await run_fruit(page)
    await answer.get_by_role("button", name="More", exact=True).press("Enter")
    changed = messages(page).last
    await expect(changed).to_contain_text("There is no more about Cherry.")
    await expect(changed).to_contain_text("(edited)")
    await expect(changed).to_be_focused()


async def test_a_file_is_downloaded_by_its_name(page: Page) -> None:
    answer = await run_fruit(page)
    async with page.expect_download() as started:
        await answer.get_by_role("link", name="fruit.txt").click()
    download = await started.value
    assert download.suggested_filename == "fruit.txt"
    assert (await download.path()).read_text() == "Cherry"


async def test_a_picture_that_came_along_is_shown_with_its_words(page: Page) -> None:
    await line(page).fill("/picture and more words than it takes")
    await page.keyboard.press("Enter")
    picture = messages(page).last.get_by_role("img", name="A dot")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.naturalWidth") == 1


async def test_a_menu_opens_and_is_used_with_the_keyboard(page: Page) -> None:
    answer = await run_fruit(page)
    menu = answer.get_by_role("button", name="Another fruit")
    await menu.press("Enter")
    await expect(page.get_by_role("menuitem", name="Äpple")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(menu).to_be_focused()
    await menu.press("Enter")
    await page.keyboard.press("d")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("Picked ['Damson']")


async def test_a_form_is_a_dialog_that_says_what_is_missing(page: Page) -> None:
    answer = await run_fruit(page)
    suggest = answer.get_by_role("button", name="Suggest")
    await suggest.press("Enter")
    dialog = page.get_by_role("dialog", name="Suggest a fruit")
    await expect(dialog.get_by_role("textbox", name="Name")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(suggest).to_be_focused()
    await suggest.press("Enter")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog.get_by_role("alert")).to_have_text("“Name” needs at least 1 character.")
    await dialog.get_by_role("textbox", name="Name").fill("Fig")
    await dialog.get_by_role("textbox", name="Note (optional)").fill("ripe")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(messages(page).last).to_contain_text("Thank you for Fig (ripe)")


async def test_a_message_menu_works_on_what_others_wrote(page: Page) -> None:
    await page.get_by_role("button", name="More for the message of Sam").first.press("Enter")
    await expect(page.get_by_role("menuitem", name="Count letters")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("16 letters")


async def test_text_stays_text(page: Page) -> None:
    message = messages(page).nth(1)
    await expect(message.locator("strong")).to_have_text("this")
    await expect(message.get_by_role("link")).to_have_count(1)
    await expect(message.get_by_role("link", name="paper")).to_have_attribute(
        "href", "https://doi.org/10.1000/182"
    )
    await expect(message).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(message).to_contain_text("[no](javascript:alert(1))")
    await expect(message.locator("img")).to_have_count(0)


async def test_silence_is_said_as_discord_says_it(page: Page, discord: LoopbackDiscord) -> None:
    await line(page).fill("/silent")
    await page.keyboard.press("Enter")
    await expect(page.locator("#live")).to_have_text("Waiting for the answer")
    await discord.settled()
    discord.advance(3.1)
    await expect(
        page.get_by_role("alert").filter(has_text="The application did not respond.")
    ).to_be_visible()


async def test_the_bot_answers_in_a_direct_message(page: Page) -> None:
    await page.get_by_label("Place").select_option("dm")
    await expect(messages(page)).to_have_count(0)
    await line(page).fill("hello")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("You said: hello")
    await page.get_by_label("Place").select_option("general")
    await expect(messages(page)).to_have_count(2)


async def test_a_moderator_has_more_commands_and_deletes(page: Page) -> None:
    await page.get_by_label("You are").select_option("moderator")
    await line(page).fill("/manage")
    await expect(page.get_by_role("option", name="/manage")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="More for the message of Sam").first.click()
    await page.get_by_role("menuitem", name="Delete message").click()
    await expect(messages(page)).to_have_count(1)


async def test_a_long_answer_is_shown_from_its_beginning(page: Page) -> None:
    await line(page).fill("/long 3900")
    await page.keyboard.press("Enter")
    await page.get_by_role("spinbutton", name="characters").fill("3900")
    await page.keyboard.press("Enter")
    await expect(page.locator("#live")).to_contain_text("answered")
    top = "([log, one]) => one.getBoundingClientRect().top - log.getBoundingClientRect().top"
    elements = [await page.locator("#log").element_handle(), await messages(page).last.element_handle()]
    assert -1 < await page.evaluate(top, elements) < 40


async def test_a_private_answer_can_be_dismissed(page: Page) -> None:
    answer = await run_fruit(page)
    await answer.get_by_role("button", name="Dismiss").press("Enter")
    await expect(messages(page)).to_have_count(2)
    await expect(line(page)).to_be_focused()


async def test_private_answers_are_gone_after_a_reload_as_on_discord(page: Page) -> None:
    await run_fruit(page)
    await page.reload()
    await expect(page.get_by_text("Evidence Bot is here")).to_be_visible()
    await expect(messages(page)).to_have_count(2)


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_nothing_sticks_out_at_any_width(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 640})
    await run_fruit(page, "Averylongfruitnamewithoutanyspace" * 2)
    inside = "document.documentElement.scrollWidth <= innerWidth && log.scrollWidth <= log.clientWidth"
    assert await page.evaluate(inside)


async def test_every_control_has_a_name(page: Page) -> None:
    await run_fruit(page)
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Accessibility.getFullAXTree")
    roles = {"button", "link", "textbox", "combobox", "searchbox", "menuitem", "article", "listbox"}
    unnamed = [
        node
        for node in tree["nodes"]
        if not node.get("ignored")
        and node.get("role", {}).get("value") in roles
        and not node.get("name", {}).get("value")
    ]
    assert unnamed == []


async def test_light_and_dark_can_be_chosen_and_are_remembered(page: Page) -> None:
    async def ground() -> str:
        return str(await page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = await ground()
    await page.get_by_label("Light").select_option("dark")
    dark = await ground()
    await page.reload()
    assert await ground() == dark != light
    await page.get_by_label("Light").select_option("")
    await page.emulate_media(color_scheme="dark")
    assert await ground() == dark

"""Buttons after a restart, after a new catalogue, and made by hand; over real sockets."""

from pathlib import Path

import pytest

from bot.answer.desk import Desk
from bot.answer.library import Library
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.front import Front
from bot.settings import ROOT
from bot.state import SharerTags, State
from tests.chat.loopback import LoopbackDiscord, Person, Seen
from tests.chat.loopback.running import running

GUPTA = "gupta-1997-cytokine-production"
SECRET = "a secret that nobody has"


@pytest.fixture
def ann(discord: LoopbackDiscord) -> Person:
    return discord.person("Ann", discord.guild())


async def with_custom_id(ann: Person, card: Seen, custom_id: str) -> Seen:
    """What happens when a button with this custom_id is pressed on a message of ours."""
    card.buttons[0].component["custom_id"] = custom_id
    told = await ann.client.outcome(ann.client.component(card.message, custom_id))
    assert isinstance(told, Seen)
    return told


async def test_every_button_of_a_card_works_in_a_process_that_never_saw_it(
    discord: LoopbackDiscord, front: Front, ann: Person
) -> None:
    async with running(discord, EvidenceClient(front)):
        card = await ann.runs("/study", query="gupta 1997")
        listed = await ann.runs("/find", text="fatigue")
        shared = await ann.presses(card, "Share here")
        assert "Shared" in shared.text
    public = next(seen for seen in ann.sees() if not seen.ephemeral)
    another = Front(Desk(front.desk.library), front.state, front.settings, SharerTags(SECRET))
    async with running(discord, EvidenceClient(another), commands=False) as client:
        assert (await ann.presses(card, "Full summary")).id == card.id
        assert "Gupta, S." in (await ann.presses(ann.looks_again(card), "Cite")).text
        assert "related to" in (await ann.presses(ann.looks_again(card), "Related studies")).text
        assert (await ann.presses(listed, "Next page")).id == listed.id
        assert (await ann.opens_by_button(ann.looks_again(card), "Report an error")).field(
            "entry"
        ).value == GUPTA
        assert (await ann.presses(public, "Delete")).gone
        await client.quiet()


@pytest.fixture
def smaller(tmp_path: Path) -> Library:
    """A later catalogue, in which an entry was removed and another reworded."""
    data = tmp_path / "data"
    (data / "studies").mkdir(parents=True)
    for path in ROOT.joinpath("data").glob("*.toml"):
        (data / path.name).write_bytes(path.read_bytes())
    (data / "topics").mkdir()
    for path in ROOT.joinpath("data", "topics").glob("*.toml"):
        (data / "topics" / path.name).write_bytes(path.read_bytes())
    for path in ROOT.joinpath("data", "studies").glob("*.toml"):
        if path.stem == "lombardi-2009-xmrv":
            continue
        text = path.read_text(encoding="utf-8")
        if path.stem == GUPTA:
            text = text.replace("Described by its authors as preliminary", "Its authors call it a first look")
        (data / "studies" / path.name).write_text(text, encoding="utf-8")
    return Library.open(data, tmp_path / "later.db", ROOT / "responses")


async def test_after_a_new_catalogue_old_buttons_answer_from_it_or_say_that_the_entry_is_gone(
    discord: LoopbackDiscord, front: Front, state: State, ann: Person, smaller: Library
) -> None:
    later = set(front.entries()) - {study.id for study in smaller.catalogue.all_studies()}
    gone = next(entry for entry in later if entry.startswith("lombardi-2009"))
    async with running(discord, EvidenceClient(front)):
        card = await ann.runs("/study", query=GUPTA)
        lost = await ann.runs("/study", query=gone)
    async with running(
        discord, EvidenceClient(Front(Desk(smaller), state, front.settings, front.tags)), commands=False
    ):
        assert "Its authors call it a first look." in (await ann.presses(card, "Full summary")).text
        told = await ann.presses(lost, "Full summary")
        assert told.ephemeral
        assert f"The entry {gone} is no longer in the catalogue" in told.text.replace("\\", "")
        assert "no longer in the catalogue" in (await ann.presses(lost, "Share here")).text
    smaller.close()


@pytest.mark.parametrize(
    "custom_id",
    [
        "0anything",
        "1a",
        "1aunknown?x=1",
        "1asettings",
        "1afind?pem=perhaps",
        "1gsettings?key=share",
        "1g?key=__class__",
        "1pstudy?query*=gupta-1997-cytokine-production&reply=1e9",
        "1pstudy?query*=gupta-1997-cytokine-production",
        "1m?list=0",
        "1f",
        "{{ 7 * 7 }}",
        "☃" * 90,
    ],
)
async def test_a_button_made_by_hand_is_refused_kindly_and_does_nothing(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, custom_id: str
) -> None:
    card = await ann.runs("/study", query="gupta 1997")
    told = await with_custom_id(ann, card, custom_id)
    assert told.ephemeral
    assert told.id != card.id
    assert "49" not in told.text
    assert all(seen.ephemeral for seen in ann.sees())


async def test_a_delete_button_made_by_hand_deletes_nothing(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person
) -> None:
    card = await ann.runs("/study", query="gupta 1997")
    await ann.presses(card, "Share here")
    public = next(seen for seen in ann.sees() if not seen.ephemeral)
    assert ann.home is not None
    ben = discord.person("Ben", ann.home.guild)
    for tag in ("", "x", "a" * 32, bot.front.tags.make(ann.home.id, ann.user.id)):
        told = await with_custom_id(ben, public, f"1d?by={tag}")
        assert "Only the person who shared" in told.text
    assert not ben.looks_again(public).gone

"""The menus on messages, over real sockets."""

import pytest

from bot.chat.discord.client import EvidenceClient
from tests.chat.loopback import LoopbackDiscord, Permission, Person
from tests.chat.loopback.world import Guild

GUPTA = "gupta-1997-cytokine-production"


@pytest.fixture
def forum(discord: LoopbackDiscord, bot: EvidenceClient) -> Guild:
    return discord.guild("Forum")


@pytest.fixture
def ann(discord: LoopbackDiscord, forum: Guild) -> Person:
    return discord.person("Ann", forum)


@pytest.fixture
def mod(discord: LoopbackDiscord, forum: Guild) -> Person:
    return discord.person("Mod", forum, may=Permission.MANAGE_MESSAGES)


@pytest.mark.parametrize(
    "text",
    [
        "PMID 9201656",
        "what of doi:10.1016/s0022-3956(96)00063-5?",
        "https://doi.org/10.1016/S0022-3956(96)00063-5",
        "https://pubmed.ncbi.nlm.nih.gov/9201656/",
        '"Cytokine production by adherent and non-adherent mononuclear cells in chronic fatigue syndrome"',
    ],
)
async def test_a_paper_that_a_message_names_is_found_privately(ann: Person, mod: Person, text: str) -> None:
    said = await mod.says(text)
    found = await ann.uses_menu("Find evidence", said)
    assert found.ephemeral
    assert GUPTA in found.text
    assert "Post as a reply" not in [button.label for button in found.buttons]
    assert [seen.id for seen in mod.sees()] == [said.id]


async def test_what_is_found_is_private_also_where_answers_are_open(
    bot: EvidenceClient, forum: Guild, ann: Person, mod: Person
) -> None:
    await bot.front.state.guilds.set(forum.id, private=False)
    said = await mod.says("PMID 9201656")
    for who, menu in ((ann, "Find evidence"), (mod, "Find evidence"), (ann, "Cite papers in this message")):
        assert (await who.uses_menu(menu, said)).ephemeral
    assert not (await ann.runs("/study", query=GUPTA)).ephemeral


async def test_several_papers_make_a_list_to_open_from(ann: Person, bot: EvidenceClient) -> None:
    catalogue = bot.front.desk.library.catalogue
    studies = [study for study in catalogue.all_studies() if study.pmid][:6]
    said = await ann.says(" and ".join(f"PMID {study.pmid}" for study in studies))
    found = await ann.uses_menu("Find evidence", said)
    assert "6 studies named in that message" in found.text
    assert "Limitations" in found.text
    assert len(found.select().options) == 6
    opened = await ann.picks(found, found.select().options[5])
    assert studies[5].id in opened.text


async def test_else_the_question_in_it_is_answered(ann: Person) -> None:
    said = await ann.says("I give up. Why are all my labs normal? My doctor shrugs.")
    found = await ann.uses_menu("Find evidence", said)
    assert "lab tests normal" in found.text


async def test_papers_that_nobody_reviewed_are_named_as_such_and_not_guessed_at(ann: Person) -> None:
    said = await ann.says("see https://doi.org/10.9999/not-here.1")
    found = await ann.uses_menu("Find evidence", said)
    assert found.ephemeral
    assert "10.9999" in found.text
    assert "/suggest" in found.text


async def test_a_message_without_words_is_no_error(ann: Person) -> None:
    said = await ann.says("")
    found = await ann.uses_menu("Find evidence", said)
    assert "no text that I can read" in found.text


async def test_a_moderator_posts_the_card_as_a_reply(ann: Person, mod: Person) -> None:
    said = await ann.says("PMID 9201656")
    found = await mod.uses_menu("Find evidence", said)
    assert found.ephemeral
    told = await mod.presses(found, "Post as a reply")
    assert "Shared" in told.text
    reply = next(seen for seen in ann.sees() if seen.id != said.id)
    assert reply.replies_to == said.id
    assert reply.pings == []
    assert "“PEM required” means" in reply.text
    assert (await mod.presses(reply, "Delete")).gone


async def test_a_moderator_posts_one_that_was_opened_from_the_list(
    ann: Person, mod: Person, bot: EvidenceClient
) -> None:
    catalogue = bot.front.desk.library.catalogue
    studies = [study for study in catalogue.all_studies() if study.pmid][:2]
    said = await ann.says(" ".join(f"PMID {study.pmid}" for study in studies))
    found = await mod.uses_menu("Find evidence", said)
    opened = await mod.picks(found, found.select().options[1])
    full = await mod.presses(opened, "Full summary")
    await mod.presses(full, "Post as a reply")
    reply = next(seen for seen in ann.sees() if seen.replies_to == said.id)
    assert studies[1].id in reply.text


async def test_a_moderator_who_is_one_no_more_posts_nothing(
    discord: LoopbackDiscord, ann: Person, mod: Person
) -> None:
    said = await ann.says("PMID 9201656")
    found = await mod.uses_menu("Find evidence", said)
    assert mod.home is not None
    discord.deny(mod.home, mod.user, Permission.MANAGE_MESSAGES)
    told = await mod.presses(found, "Post as a reply")
    assert "for moderators" in told.text
    assert [seen.id for seen in ann.sees()] == [said.id]


async def test_papers_are_cited_one_or_several(ann: Person, bot: EvidenceClient) -> None:
    one = await ann.uses_menu("Cite papers in this message", await ann.says("PMID 9201656"))
    assert one.ephemeral
    assert "Gupta, S., Aggarwal, S." in one.text
    catalogue = bot.front.desk.library.catalogue
    studies = [study for study in catalogue.all_studies() if study.pmid and study.authors][:3]
    said = await ann.says(" ".join(f"PMID {study.pmid}" for study in studies))
    several = await ann.uses_menu("Cite papers in this message", said)
    for study in studies:
        assert study.authors[0].name in several.text
    none = await ann.uses_menu("Cite papers in this message", await ann.says("good morning"))
    assert "no study in that message" in none.text


async def test_an_error_is_reported_on_the_bots_own_card_with_the_entry_filled_in(
    ann: Person, mod: Person
) -> None:
    private = await ann.runs("/study", query=GUPTA)
    await ann.presses(private, "Share here")
    card = next(seen for seen in mod.sees() if not seen.ephemeral)
    form = await mod.opens_by_menu("Report an error", card)
    assert form.field("entry").value == GUPTA
    said = await ann.says("hello")
    told = await mod.uses_menu("Report an error", said)
    assert "my own cards only" in told.text

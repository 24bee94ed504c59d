"""Every command as a person meets it, over real sockets with the real client."""

import json

import pytest

from bot.chat.discord.client import EvidenceClient
from tests.chat.loopback import LoopbackDiscord, Permission, Person

GUPTA = "gupta-1997-cytokine-production"


@pytest.fixture
def ann(discord: LoopbackDiscord, bot: EvidenceClient) -> Person:
    return discord.person("Ann", discord.guild())


@pytest.fixture
def ben(discord: LoopbackDiscord, ann: Person) -> Person:
    """Somebody else in the same server."""
    assert ann.home is not None
    return discord.person("Ben", ann.home.guild)


async def test_a_study_is_told_in_private_with_its_limits_and_its_badge(ann: Person, ben: Person) -> None:
    card = await ann.runs("/study", query="gupta 1997")
    assert card.is_layout
    assert card.ephemeral
    assert ben.sees() == []
    assert "**PEM badge: PEM unclear.**" in card.text
    assert "**Limitations**" in card.text
    assert "“PEM required” means" in card.text
    assert card.accent_colors == []
    assert card.pings == []
    assert [button.label for button in card.buttons][-2:] == ["Share here", "Report an error"]


@pytest.mark.parametrize(
    ("command", "options", "expected"),
    [
        ("/test", {}, "validated"),
        ("/test", {"marker": "nk cells"}, "Limitations"),
        ("/ask", {"question": "why are my labs normal"}, "Limitations"),
        ("/find", {"text": "cytokines", "pem": "required", "from": 2010, "retracted": False}, "Limitations"),
        ("/cite", {"query": GUPTA, "style": "vancouver"}, "```"),
        ("/compare", {"first": GUPTA, "second": "lombardi-2009-xmrv-science"}, "retracted"),
        ("/pem", {}, "PEM"),
        ("/help", {}, "/study"),
        ("/about", {}, "Catalogue"),
        ("/privacy", {}, "I do not keep what you ask"),
    ],
)
async def test_every_command_answers_in_private(
    ann: Person, bot: EvidenceClient, command: str, options: dict[str, str], expected: str
) -> None:
    if command == "/compare":
        ids = sorted(bot.front.entries())
        options = {**options, "second": next(one for one in ids if one.startswith("lombardi-2009"))}
    seen = await ann.runs(command, options=options)
    assert seen.ephemeral
    assert expected in seen.text


async def test_autocomplete_knows_ids_authors_years_titles_known_names_and_typos(ann: Person) -> None:
    for typed in (GUPTA, "gupta 1997", "cytokine production adherent", "gutpa 1997"):
        suggested = await ann.types_in_option("/study", "query", typed)
        assert GUPTA in [choice.value for choice in suggested.choices], typed
        named = next(choice.name for choice in suggested.choices if choice.value == GUPTA)
        assert "Gupta" in named
        assert "1997" in named
        assert "PEM unclear" in named
    known = await ann.types_in_option("/study", "query", "pace trial")
    assert known.choices[0].value == "white-2011-pace-trial"


@pytest.mark.parametrize(
    ("command", "option", "typed"),
    [
        ("/test", "marker", "nk"),
        ("/ask", "question", "labs"),
        ("/find", "criteria", "fukuda"),
        ("/find", "topic", ""),
        ("/cite", "style", "apa"),
        ("/pem", "criteria", ""),
        ("/compare", "second", "hornig"),
    ],
)
async def test_every_option_that_can_be_completed_is(
    ann: Person, command: str, option: str, typed: str
) -> None:
    suggested = await ann.types_in_option(command, option, typed)
    assert 0 < len(suggested.choices) <= 25
    assert suggested.took_ms < 1_000


async def test_a_suggestion_that_is_taken_answers_with_that_very_entry(ann: Person) -> None:
    suggested = await ann.types_in_option("/ask", "question", "labs normal")
    card = await ann.runs("/ask", question=suggested.choices[0].value)
    assert suggested.choices[0].name.rstrip("?")[:30] in card.text


async def test_the_full_view_replaces_the_short_one_and_back(ann: Person) -> None:
    card = await ann.runs("/study", query="gupta 1997")
    full = await ann.presses(card, "Full summary")
    assert full.id == card.id
    assert len(full.text) > len(card.text)
    short = await ann.presses(full, "Short summary")
    assert short.text == card.text


async def test_cite_offers_every_style_and_files_come_as_attachments(ann: Person) -> None:
    card = await ann.runs("/study", query="gupta 1997")
    cited = await ann.presses(card, "Cite")
    assert cited.id != card.id
    assert "Gupta, S." in cited.text
    vancouver = await ann.picks(cited, "Vancouver (NLM)")
    assert vancouver.id == cited.id
    assert "Gupta S, Aggarwal S" in vancouver.text
    for style, ending in (
        ("BibTeX", ".bib"),
        ("RIS", ".ris"),
        ("NBIB (PubMed)", ".nbib"),
        ("CSL-JSON", ".json"),
    ):
        with_file = await ann.picks(ann.looks_again(cited), style)
        assert [file.name for file in with_file.files] == [f"{GUPTA}{ending}"]
    assert json.loads(with_file.files[0].content)
    without = await ann.picks(ann.looks_again(cited), "APA 7")
    assert without.files == ()


async def test_a_list_has_pages_and_opens_an_entry_beside_itself(ann: Person) -> None:
    first = await ann.runs("/find", text="fatigue")
    second = await ann.presses(first, "Next page")
    assert second.id == first.id
    assert second.text != first.text
    back = await ann.presses(second, "Previous page")
    assert back.text == first.text
    opened = await ann.picks(back, back.select().options[0])
    assert opened.id != first.id
    assert "PEM badge" in opened.text


async def test_related_studies_open_beside_the_card(ann: Person) -> None:
    card = await ann.runs("/study", query="gupta 1997")
    related = await ann.presses(card, "Related studies")
    assert related.id != card.id
    assert "Studies related to" in related.text


async def test_several_close_matches_let_one_be_picked(ann: Person) -> None:
    choices = await ann.runs("/study", query="hornig")
    assert "Which one do you mean" in choices.text
    card = await ann.picks(choices, choices.select().options[0])
    assert "Hornig" in card.text
    assert "**PEM badge" in card.text


async def test_nothing_found_says_so_and_names_a_way_on(ann: Person) -> None:
    seen = await ann.runs("/study", query="zzzz qqqq xxxx")
    assert seen.ephemeral
    assert "/suggest" in seen.text


async def test_words_that_are_echoed_ping_nobody(ann: Person) -> None:
    seen = await ann.runs("/study", query="@everyone <@123456789012345678> zzzz")
    assert seen.pings == []
    assert "@everyone" not in seen.text


async def test_a_value_that_the_registry_refuses_is_told_in_a_sentence(ann: Person) -> None:
    seen = await ann.runs("/find", text="x", topic="no such tag")
    assert seen.ephemeral
    assert "does not fit “topic”" in seen.text


async def test_it_works_in_direct_messages_in_groups_and_where_only_the_person_added_it(
    discord: LoopbackDiscord, ann: Person, ben: Person
) -> None:
    in_dm = await ann.runs("/study", query="gupta 1997", channel=ann.dm)
    assert "Share here" not in [button.label for button in in_dm.buttons]
    ann.installs()
    group = discord.group_dm(ann, ben)
    assert (await ann.runs("/study", query="gupta 1997", channel=group)).ephemeral
    assert ben.sees(group) == []
    elsewhere = discord.guild("Elsewhere", with_app=False)
    carl = discord.person("Carl", elsewhere)
    carl.installs()
    assert "Gupta" in (await carl.runs("/study", query="gupta 1997")).text


async def test_in_a_bot_channel_answers_are_open_to_all_and_all_else_stays_private(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, ben: Person
) -> None:
    assert ann.home is not None
    assert ann.home.guild is not None
    mod = discord.person("Mod", ann.home.guild, may=Permission.MANAGE_GUILD)
    await bot.front.state.guilds.set(ann.home.guild.id, bot_channels=frozenset({ann.home.id}))
    bot.front.guilds.forget(ann.home.guild.id)
    card = await ann.runs("/study", query="gupta 1997")
    assert not card.ephemeral
    assert card.id in [one.id for one in ben.sees()]
    assert card.buttons[-1].label == "Delete"
    full = await ben.presses(card, "Full summary")
    assert full.ephemeral  # what others press, they read alone
    assert ann.looks_again(card).text == card.text
    assert (await ann.runs("/study", query="zzzz qqqq")).ephemeral
    crisis = await ann.runs("/ask", question="I want to die")
    assert crisis.ephemeral
    other = discord.channel(ann.home.guild, "other")
    assert (await ann.runs("/study", query="gupta 1997", channel=other)).ephemeral
    gone = await ann.presses(card, "Delete")
    assert gone.gone
    assert mod.sees() == []

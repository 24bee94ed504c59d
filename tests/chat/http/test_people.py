"""Every kind of interaction, as a person meets it, when it comes by HTTP. The gateway is never used."""

from tests.chat.http.conftest import Copy
from tests.chat.http.endpoint import Endpoint
from tests.chat.loopback import LoopbackDiscord, Permission, Person, faults

GUPTA = "gupta-1997-cytokine-production"


async def test_a_card_its_buttons_and_its_lists_come_as_response_bodies(
    ann: Person, endpoint: Endpoint, discord: LoopbackDiscord
) -> None:
    card = await ann.runs("/study", query="gupta 1997")
    assert card.ephemeral
    assert "**Limitations**" in card.text
    assert "“PEM required” means" in card.text
    full = await ann.presses(card, "Full summary")
    assert full.id == card.id
    assert [one.status for one in endpoint.deliveries] == [200, 200]
    assert discord.requested(faults.CALLBACK) != []
    assert discord.gateway.identified == 0


async def test_suggestions_come_while_somebody_types(ann: Person) -> None:
    suggested = await ann.types_in_option("/study", "query", "gutpa 1997")
    assert GUPTA in [choice.value for choice in suggested.choices]


async def test_a_form_is_opened_sent_and_kept(ann: Person, copy: Copy) -> None:
    card = await ann.runs("/study", query="gupta 1997")
    form = await ann.opens_by_button(card, "Report an error")
    thanks = await ann.submits(form, {"what": "The year is wrong."})
    assert thanks.ephemeral
    kept = await copy.client.front.state.suggestions.show(1)
    assert (kept.what, kept.entry_id) == ("The year is wrong.", GUPTA)


async def test_an_answer_with_files_goes_by_rest_and_the_request_is_202(
    ann: Person, endpoint: Endpoint
) -> None:
    cited = await ann.runs("/cite", query=GUPTA, style="bibtex")
    assert [file.name for file in cited.files] == [f"{GUPTA}.bib"]
    assert [(one.status, one.body) for one in endpoint.deliveries] == [(202, b"")]


async def test_a_card_is_shared_once_and_deleted_by_who_shared_it(
    ann: Person, discord: LoopbackDiscord, copy: Copy
) -> None:
    assert ann.home is not None
    ben = discord.person("Ben", ann.home.guild)
    card = await ann.runs("/study", query="gupta 1997")
    await ann.presses(card, "Share here")
    [shared] = ben.sees()
    assert "**Limitations**" in shared.text
    refused = await ben.presses(shared, "Delete")
    assert refused.ephemeral
    await ann.presses(shared, "Delete")
    assert ben.looks_again(shared).gone
    await copy.client._idle.wait()
    assert await copy.client.front.state.cards.count() == 0


async def test_an_open_answer_is_remembered_by_its_message(ann: Person, copy: Copy) -> None:
    assert ann.home is not None
    assert ann.home.guild is not None
    state = copy.client.front.state
    await state.guilds.set(ann.home.guild.id, private=False)
    card = await ann.runs("/study", query=GUPTA)
    assert not card.ephemeral
    await copy.client._idle.wait()
    kept = await state.cards.show(card.id)
    assert kept is not None
    assert kept.entry_ids == (GUPTA,)


async def test_message_menus_read_the_message_that_came_along(ann: Person, discord: LoopbackDiscord) -> None:
    assert ann.home is not None
    mod = discord.person("Mod", ann.home.guild, may=Permission.MANAGE_MESSAGES)
    said = await ann.says("What about Gupta 1997, cytokine production by adherent cells?")
    found = await mod.uses_menu("Find evidence", said)
    assert found.ephemeral
    assert "Limitations" in found.text


async def test_answers_are_the_same_word_for_word_in_a_direct_message(ann: Person) -> None:
    ann.installs()
    in_dm = await ann.runs("/pem", channel=ann.dm)
    in_server = await ann.runs("/pem")
    assert in_dm.text == in_server.text

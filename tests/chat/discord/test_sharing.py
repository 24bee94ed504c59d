"""Cards for all to see, over real sockets: who may share, who may delete, and what others see."""

import asyncio

import pytest

from bot.chat.discord.client import EvidenceClient
from bot.state import Share, State
from tests.chat.loopback import LoopbackDiscord, Permission, Person, Seen
from tests.chat.loopback.faults import CALLBACK, DELETE_MESSAGE, SEND_MESSAGE
from tests.chat.loopback.world import Guild

GUPTA = "gupta-1997-cytokine-production"


@pytest.fixture
def forum(discord: LoopbackDiscord, bot: EvidenceClient) -> Guild:
    return discord.guild("Forum")


@pytest.fixture
def ann(discord: LoopbackDiscord, forum: Guild) -> Person:
    return discord.person("Ann", forum)


@pytest.fixture
def ben(discord: LoopbackDiscord, forum: Guild) -> Person:
    return discord.person("Ben", forum)


@pytest.fixture
def mod(discord: LoopbackDiscord, forum: Guild) -> Person:
    return discord.person("Mod", forum, may=Permission.MANAGE_MESSAGES)


async def shares(person: Person, query: str = GUPTA) -> Seen:
    """Share a card; what the sharer is told."""
    return await person.presses(await person.runs("/study", query=query), "Share here")


def cards(person: Person) -> list[Seen]:
    return [seen for seen in person.sees() if not seen.ephemeral]


async def test_a_shared_card_is_there_for_all_whole_and_names_and_pings_nobody(
    ann: Person, ben: Person
) -> None:
    told = await shares(ann)
    assert told.ephemeral
    (card,) = cards(ben)
    assert "Ann" not in card.text
    assert str(ann.user.id) not in str(card.components)
    assert card.pings == []
    assert "**Limitations**" in card.text
    assert "“PEM required” means" in card.text
    assert str(card.id) in told.text
    assert [button.label for button in card.buttons][-1] == "Delete"


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("/cite", {"query": "gupta 1997"}, "in APA 7"),
        ("/cite", {"query": "gupta 1997 vancouver"}, "in Vancouver"),
        ("/cite", {"query": "gupta 1997", "style": "ris"}, "in RIS"),
        ("/pem", {"criteria": "canadian"}, "CCC 2003"),
        ("/test", {"marker": "nk cells"}, "NK cell"),
    ],
)
async def test_every_card_can_be_shared_however_it_was_asked_for(
    ann: Person, ben: Person, command: str, options: dict[str, str], said: str
) -> None:
    asked = await ann.runs(command, options=options)
    assert "Shared" in (await ann.presses(asked, "Share here")).text
    (card,) = cards(ben)
    assert said in card.text
    assert card.text == asked.text


async def test_what_others_press_on_a_shared_card_they_read_alone(ann: Person, ben: Person) -> None:
    await shares(ann)
    (card,) = cards(ben)
    full = await ben.presses(card, "Full summary")
    assert full.ephemeral
    assert ben.looks_again(card).text == card.text


async def test_a_card_is_remembered_without_who_shared_it(
    bot: EvidenceClient, ann: Person, forum: Guild
) -> None:
    await shares(ann)
    (card,) = cards(ann)
    kept = await bot.front.state.cards.show(card.id)
    assert kept is not None
    assert kept.entry_ids == (GUPTA,)
    assert kept.guild_id == forum.id
    assert str(ann.user.id) not in str(kept)


async def test_the_same_card_is_not_posted_twice_within_the_cooldown(ann: Person, ben: Person) -> None:
    await shares(ann)
    (card,) = cards(ben)
    told = await shares(ben)
    assert "It is already here" in told.text
    assert str(card.id) in told.text
    assert cards(ben) == [ben.looks_again(card)]


async def test_without_a_cooldown_it_is(bot: EvidenceClient, ann: Person, forum: Guild) -> None:
    await bot.front.state.guilds.set(forum.id, cooldown_minutes=0)
    await shares(ann)
    await shares(ann)
    assert len(cards(ann)) == 2


async def test_the_sharer_deletes_and_then_may_share_again(
    bot: EvidenceClient, ann: Person, ben: Person
) -> None:
    await shares(ann)
    (card,) = cards(ann)
    refused = await ben.presses(card, "Delete")
    assert refused.ephemeral
    assert "Only the person who shared this card" in refused.text
    assert (await ann.presses(card, "Delete")).gone
    assert cards(ben) == []
    await bot.quiet()
    assert await bot.front.state.cards.show(card.id) is None
    assert "Shared" in (await shares(ann)).text


async def test_a_moderator_deletes_what_others_shared(ann: Person, mod: Person) -> None:
    await shares(ann)
    assert (await mod.presses(cards(mod)[0], "Delete")).gone


async def test_a_card_that_a_moderator_deletes_by_hand_is_forgotten(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, mod: Person
) -> None:
    await shares(ann)
    (card,) = cards(mod)
    mod.deletes(card)
    await discord.settled()
    await bot.quiet()
    assert await bot.front.state.cards.show(card.id) is None


@pytest.mark.parametrize(
    ("share", "told"),
    [(Share.NOBODY, "keeps my replies private"), (Share.MODERATORS, "only moderators share")],
)
async def test_the_server_says_who_may_share(
    bot: EvidenceClient, forum: Guild, ann: Person, mod: Person, share: Share, told: str
) -> None:
    await bot.front.state.guilds.set(forum.id, share=share)
    assert told in (await shares(ann)).text
    assert cards(ann) == []
    await shares(mod)
    assert len(cards(mod)) == (share is Share.MODERATORS)


async def test_who_may_not_write_here_may_not_share_here(
    discord: LoopbackDiscord, forum: Guild, ann: Person
) -> None:
    card = await ann.runs("/study", query=GUPTA)
    assert ann.home is not None
    discord.deny(ann.home, ann.user, Permission.SEND_MESSAGES)
    assert "because you may not send messages" in (await ann.presses(card, "Share here")).text
    assert cards(ann) == []


async def test_where_the_bot_may_not_write_it_says_what_a_moderator_can_do(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person
) -> None:
    assert ann.home is not None
    discord.deny(ann.home, discord.world.app.user, Permission.SEND_MESSAGES)
    assert "A moderator can allow me" in (await shares(ann)).text


async def test_where_only_the_person_added_it_sharing_is_refused_kindly(
    discord: LoopbackDiscord, bot: EvidenceClient
) -> None:
    carl = discord.person("Carl", discord.guild("Elsewhere", with_app=False))
    carl.installs()
    told = await shares(carl)
    assert "not a member of this server" in told.text
    assert cards(carl) == []


async def test_in_a_group_of_friends_a_card_can_be_shown_and_taken_back(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, ben: Person
) -> None:
    ann.installs()
    group = discord.group_dm(ann, ben)
    private = await ann.runs("/study", query=GUPTA, channel=group)
    card = await ann.presses(private, "Share here")
    assert not card.ephemeral
    assert [seen.id for seen in ben.sees(group)] == [card.id]
    assert "Only the person who shared" in (await ben.presses(card, "Delete")).text
    assert (await ann.presses(card, "Delete")).gone


async def test_a_share_that_discord_holds_back_comes_when_it_may(
    discord: LoopbackDiscord, ann: Person
) -> None:
    fault = discord.faults.limits(SEND_MESSAGE, 0.3)
    told = await shares(ann)
    assert fault.met == 1
    assert "Shared" in told.text
    assert len(cards(ann)) == 1


async def test_a_share_whose_answer_is_lost_is_not_posted_twice(
    discord: LoopbackDiscord, ann: Person
) -> None:
    discord.faults.fails(SEND_MESSAGE, 502, after_doing=True)
    assert "Shared" in (await shares(ann)).text
    assert len(cards(ann)) == 1


@pytest.mark.parametrize("status", [500, 503])
async def test_an_answer_that_discord_fails_to_take_is_sent_again_in_time(
    discord: LoopbackDiscord, ann: Person, status: int
) -> None:
    fault = discord.faults.fails(CALLBACK, status)
    card = await ann.runs("/study", query=GUPTA)
    assert fault.met == 1
    assert "Gupta" in card.text
    assert card.took_ms < 3_000


async def test_two_people_who_press_at_once_share_one_card(ann: Person, ben: Person) -> None:
    await asyncio.gather(shares(ann), shares(ben))
    assert len(cards(ann)) == 1


async def test_a_card_deleted_before_delete_is_pressed_is_no_error(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, mod: Person
) -> None:
    await shares(ann)
    (card,) = cards(ann)
    fault = discord.faults.refuses("DELETE /webhooks/{app}/{token}/messages/{message}", 10008)
    told = await ann.presses(card, "Delete")
    assert fault.met == 1
    assert "deleted already" in told.text
    assert DELETE_MESSAGE  # the other way to delete, which needs a permission, is not used
    assert discord.requested(DELETE_MESSAGE) == []


async def test_a_card_that_another_process_is_sharing_is_not_posted_a_second_time(
    bot: EvidenceClient, ann: Person, forum: Guild
) -> None:
    card = await ann.runs("/study", query=GUPTA)
    async with await State.open(bot.front.settings.database_url.reveal()) as other:
        assert ann.home is not None
        async with other.claims.sharing(forum.id, ann.home.id, GUPTA) as theirs:
            assert theirs
            assert "being shared here just now" in (await ann.presses(card, "Share here")).text
    assert cards(ann) == []
    assert "Shared" in (await ann.presses(card, "Share here")).text

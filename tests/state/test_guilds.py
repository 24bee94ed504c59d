import asyncio
from dataclasses import replace

import pytest

from bot.state import CAUTIOUS, GuildSettings, Share, State, StateError, UnusableValueError
from bot.state.guilds import Choices

GUILD = 1_234_567_890_123_456_789


async def test_a_server_that_chose_nothing_has_the_defaults(state: State) -> None:
    assert await state.guilds.get(GUILD) == GuildSettings(GUILD)


async def test_replies_are_private_until_a_server_says_otherwise(state: State) -> None:
    settings = await state.guilds.get(GUILD)
    assert settings.private
    assert settings.bot_channels == frozenset()


async def test_every_setting_comes_back_as_it_was_chosen(state: State) -> None:
    chosen = GuildSettings(
        guild_id=GUILD,
        private=False,
        bot_channels=frozenset({2**63 - 1, 17}),
        share=Share.MODERATORS,
        cooldown_minutes=0,
        language="pt-BR",
        maintainers_channel=99,
        mentions=False,
        card_updates=False,
    )
    told = await state.guilds.set(
        GUILD,
        private=False,
        bot_channels=chosen.bot_channels,
        share=Share.MODERATORS,
        cooldown_minutes=0,
        language="pt-BR",
        maintainers_channel=99,
        mentions=False,
        card_updates=False,
    )
    assert told == chosen
    assert await state.guilds.get(GUILD) == chosen
    assert isinstance((await state.guilds.get(GUILD)).private, bool)


async def test_only_what_is_named_changes(state: State) -> None:
    first = await state.guilds.set(GUILD, share=Share.NOBODY, bot_channels=frozenset({1, 2}))
    second = await state.guilds.set(GUILD, cooldown_minutes=5)
    assert second == replace(first, cooldown_minutes=5)
    third = await state.guilds.set(GUILD, bot_channels=frozenset({2, 3}))
    assert await state.guilds.get(GUILD) == third == replace(second, bot_channels=frozenset({2, 3}))


async def test_servers_do_not_share_settings(state: State) -> None:
    await state.guilds.set(1, private=False)
    await state.guilds.set(2, language="de")
    assert (await state.guilds.get(1)).language == "en"
    assert (await state.guilds.get(2)).private


async def test_reset_goes_back_to_the_defaults(state: State) -> None:
    await state.guilds.set(GUILD, private=False, bot_channels=frozenset({1}))
    await state.guilds.reset(GUILD)
    assert await state.guilds.get(GUILD) == GuildSettings(GUILD)


async def test_two_moderators_at_once_do_not_undo_each_other(state: State) -> None:
    await asyncio.gather(
        state.guilds.set(GUILD, private=False),
        state.guilds.set(GUILD, language="no"),
        state.guilds.set(GUILD, cooldown_minutes=3),
        state.guilds.set(GUILD, maintainers_channel=4),
    )
    assert await state.guilds.get(GUILD) == GuildSettings(
        GUILD, private=False, language="no", cooldown_minutes=3, maintainers_channel=4
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"cooldown_minutes": -1},
        {"cooldown_minutes": 10_081},
        {"language": "Klingon language"},
        {"language": "en\0"},
        {"maintainers_channel": 0},
        {"maintainers_channel": 2**63},
        {"bot_channels": frozenset({-5})},
        {"bot_channels": frozenset(range(1, 52))},
    ],
    ids=str,
)
async def test_a_value_that_cannot_be_is_refused_and_changes_nothing(state: State, wrong: Choices) -> None:
    before = await state.guilds.set(GUILD, private=False)
    with pytest.raises(UnusableValueError) as refused:
        await state.guilds.set(GUILD, **wrong)
    assert refused.value.what
    assert refused.value.what_to_do
    assert isinstance(refused.value, StateError)
    assert await state.guilds.get(GUILD) == before


def test_while_state_is_away_nothing_is_done_that_a_server_might_have_forbidden() -> None:
    assert CAUTIOUS.private
    assert CAUTIOUS.share is Share.NOBODY
    assert not CAUTIOUS.mentions
    assert not CAUTIOUS.card_updates
    assert not CAUTIOUS.bot_channels

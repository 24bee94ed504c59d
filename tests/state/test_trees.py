from bot.state import State


async def test_no_tree_is_known_before_one_was_registered(state: State) -> None:
    assert await state.trees.get(7) is None


async def test_each_application_and_guild_has_its_own_tree(state: State) -> None:
    await state.trees.set(7, "everywhere")
    await state.trees.set(7, "here", guild_id=1)
    await state.trees.set(8, "of another bot")
    await state.trees.set(7, "everywhere, newer")
    assert await state.trees.get(7) == "everywhere, newer"
    assert await state.trees.get(7, guild_id=1) == "here"
    assert await state.trees.get(7, guild_id=2) is None
    assert await state.trees.get(8) == "of another bot"

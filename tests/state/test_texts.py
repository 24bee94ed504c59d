"""What people write comes back as they wrote it, in any script, or is refused; the same in both engines."""

import datetime as dt

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.state import SharedCard, State, UnusableValueError

# Every code point there is, half characters and NUL too.
ANYTHING = st.text(st.characters(), max_size=60)
UNSTORABLE = {"\0", *map(chr, range(0xD800, 0xE000))}

# One database for all examples: none of them depends on what another left there.
several = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def storable(text: str) -> bool:
    return bool(text.strip()) and not UNSTORABLE & set(text)


@given(what=ANYTHING)
@example(what="👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽")
@example(what="עייפות קיצונית لا توجد نتائج \u202eabc\u202c")
@example(what="e\u0301 \u00e9 ﬁ ß ẞ İ ı")
@example(what="'; DROP TABLE suggestions; -- %s :what ? $1 {0} \\")
@example(what="\ufeff\ufffe\uffff\U0010ffff\u2028\x7f\x1b[31m")
@example(what="nul \0")
@example(what="half \ud83d")
@example(what=" \u3000\n\t ")
@several
async def test_a_suggestion_comes_back_or_is_refused(state: State, what: str) -> None:
    try:
        sent = await state.suggestions.add(what=what)
    except UnusableValueError:
        assert not storable(what)
    else:
        assert storable(what)
        assert (await state.suggestions.show(sent.number)).what == what.strip()


@given(name=ANYTHING)
@example(name="Ǆ İ ŉ ﷺ")
@several
async def test_a_list_is_found_by_the_name_it_was_made_with(state: State, name: str) -> None:
    guild = 7
    try:
        made = await state.lists.create(guild, name)
    except UnusableValueError:
        return
    assert await state.lists.names(guild) == (made.name,)
    assert await state.lists.show(guild, name) == made
    assert await state.lists.show(guild, made.name) == made
    await state.lists.delete(guild, name)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=6,
)


@given(
    said=st.dictionaries(ANYTHING, json_values, max_size=3),
    shared_at=st.datetimes(
        min_value=dt.datetime(1990, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
        max_value=dt.datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.timezones(),
    ),
    ids=st.tuples(*[st.integers(min_value=1, max_value=2**63 - 1)] * 3),
)
@several
async def test_a_card_comes_back_whatever_it_said(
    state: State, said: dict[str, object], shared_at: dt.datetime, ids: tuple[int, int, int]
) -> None:
    card = SharedCard(*ids, ("a",), "hash", said, shared_at)  # type: ignore[arg-type]
    try:
        await state.cards.add(card)
    except UnusableValueError:
        return
    shown = await state.cards.show(card.message_id)
    assert shown == card

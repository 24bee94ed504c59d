import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.state import SharerTags

TAGS = SharerTags("a secret that all processes share")
IDS = st.integers(min_value=1, max_value=2**63 - 1)


@given(channel=IDS, user=IDS)
def test_the_sharer_is_known_again_by_any_process_with_the_secret(channel: int, user: int) -> None:
    tag = TAGS.make(channel, user)
    assert SharerTags("a secret that all processes share").matches(tag, channel, user)


@given(channel=IDS, user=IDS, other=IDS)
def test_nobody_else_is_taken_for_the_sharer(channel: int, user: int, other: int) -> None:
    tag = TAGS.make(channel, user)
    assert TAGS.matches(tag, channel, other) == (other == user)
    assert TAGS.matches(tag, other, user) == (other == channel)
    assert not SharerTags("another secret").matches(tag, channel, user)


def test_two_tags_of_one_person_have_nothing_in_common() -> None:
    assert len({TAGS.make(1, 2) for _ in range(100)}) == 100


def test_a_tag_fits_into_a_button() -> None:
    tag = TAGS.make(2**63 - 1, 2**63 - 1)
    assert len(tag) == 32
    assert set(tag) <= set(string.ascii_letters + string.digits + "-_")


def test_one_changed_character_makes_a_tag_nobodys() -> None:
    tag = TAGS.make(1, 2)
    for place in range(32):
        changed = tag[:place] + ("A" if tag[place] != "A" else "B") + tag[place + 1 :]
        assert not TAGS.matches(changed, 1, 2)


@given(st.text(max_size=40))
def test_whatever_is_no_tag_is_nobodys(text: str) -> None:
    assert not TAGS.matches(text, 1, 2)


@pytest.mark.parametrize("tag", ["", "=" * 32, "+/" * 16, "é" * 32, "A" * 31, "A" * 33])
def test_what_only_looks_like_a_tag_is_nobodys(tag: str) -> None:
    assert not TAGS.matches(tag, 1, 2)


def test_the_secret_is_not_shown() -> None:
    assert "secret" not in repr(SharerTags("secret"))
    assert "secret" not in str(vars(SharerTags("secret")))


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        SharerTags("")

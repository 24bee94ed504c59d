import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.reply import REQUIRED, Block, IncompleteReplyError, Outcome, Reply, Role, fit

WHOLE = (Block(Role.TITLE, "T"), Block(Role.LIMITATIONS, "L"), Block(Role.PEM_BADGE, "P"))


def reply(*blocks: Block, studies: tuple[str, ...] = ("gupta-1997",)) -> Reply:
    return Reply(command="study", outcome=Outcome.ANSWER, title="t", blocks=blocks, studies=studies)


def test_a_reply_about_a_study_with_limitations_and_badge_can_be_made() -> None:
    assert reply(*WHOLE).is_evidence


@pytest.mark.parametrize("left_out", [Role.LIMITATIONS, Role.PEM_BADGE])
def test_a_reply_about_a_study_cannot_be_made_without(left_out: Role) -> None:
    with pytest.raises(IncompleteReplyError, match=left_out):
        reply(*(block for block in WHOLE if block.role is not left_out))


def test_a_reply_about_a_study_cannot_be_changed_into_one_without() -> None:
    with pytest.raises(IncompleteReplyError):
        reply(*WHOLE).but(blocks=WHOLE[:1])


def test_a_reply_about_no_evidence_needs_neither() -> None:
    assert not reply(Block(Role.SUMMARY, "Hello."), studies=()).is_evidence


def test_a_notice_anywhere_but_first_is_refused() -> None:
    with pytest.raises(IncompleteReplyError, match="first"):
        reply(*WHOLE, Block(Role.NOTICE, "Retracted."))


def test_an_empty_block_is_refused() -> None:
    with pytest.raises(IncompleteReplyError, match="empty"):
        reply(*WHOLE, Block(Role.WHY, "  "))


SENTENCES = st.lists(
    st.sampled_from(["Short one.", "A sentence of middle length.", "It does not show a cause."]), min_size=1
)
BLOCKS = st.lists(st.builds(Block, st.sampled_from(Role), SENTENCES.map(" ".join)), max_size=9).map(tuple)


@given(blocks=BLOCKS, budget=st.integers(0, 600))
def test_fitting_keeps_the_required_blocks_whole_or_says_that_it_cannot(
    blocks: tuple[Block, ...], budget: int
) -> None:
    required = [block for block in blocks if block.role in REQUIRED]
    try:
        kept = fit(blocks, budget)
    except IncompleteReplyError:
        assert sum(len(b.text) for b in required) + 2 * (len(required) - 1) > budget
        return
    assert [block for block in kept if block.role in REQUIRED] == required
    assert sum(len(b.text) for b in kept) + 2 * (len(kept) - 1) <= budget or not kept


@given(blocks=BLOCKS, budget=st.integers(0, 600))
def test_what_is_shortened_ends_with_a_whole_sentence(blocks: tuple[Block, ...], budget: int) -> None:
    try:
        kept = fit(blocks, budget)
    except IncompleteReplyError:
        return
    for block in kept:
        assert block.text.endswith(".")


def test_a_citation_is_dropped_whole_and_never_cut() -> None:
    citation = Block(Role.CITATION, "Gupta S. Title. Journal.")
    kept = fit((*WHOLE, citation), len("T L P") + 10)
    assert citation not in kept
    assert len(kept) == 3


def test_a_role_that_must_be_kept_is_kept_before_others() -> None:
    summary, why = Block(Role.SUMMARY, "The citation."), Block(Role.WHY, "Why it matters.")
    assert fit((summary, why), 16, keep=frozenset({Role.SUMMARY})) == (summary,)


def test_lists_are_shortened_by_whole_lines_and_leave_no_bare_heading() -> None:
    detail = Block(
        Role.DETAIL, "**What research shows**\n- One thing was seen in cells.\n- Another thing was seen."
    )
    assert fit((detail,), 60) == (
        Block(Role.DETAIL, "**What research shows**\n- One thing was seen in cells."),
    )
    assert fit((detail,), 30) == ()

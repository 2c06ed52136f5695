"""Drafts at rest: unreadable without the key, and tied to their row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.rules.sealing import BadKey, DraftUnreadable
from procurement.rules.sealing.draft import draft_context, protect, reveal

KEY = bytes(range(32))
ROW = draft_context(tender="MUS-1", organisation="org-1")
DRAFT = b'{"price":"98765.43"}'
WHOLE = protect(DRAFT, KEY, ROW)


def test_a_draft_is_read_back():
    assert reveal(protect(DRAFT, KEY, ROW), KEY, ROW) == DRAFT


def test_a_draft_shows_neither_its_words_nor_its_length():
    short, long = protect(b"{}", KEY, ROW), protect(DRAFT * 50, KEY, ROW)
    assert b"98765" not in long
    assert len(short) == len(long)


def test_saving_twice_gives_different_bytes():
    assert protect(DRAFT, KEY, ROW) != protect(DRAFT, KEY, ROW)


@pytest.mark.parametrize(("tender", "organisation"), [("MUS-2", "org-1"), ("MUS-1", "org-2")])
def test_a_draft_moved_to_another_row_is_refused(tender, organisation):
    other = draft_context(tender=tender, organisation=organisation)
    with pytest.raises(DraftUnreadable):
        reveal(protect(DRAFT, KEY, ROW), KEY, other)


def test_names_that_run_together_are_still_different_rows():
    one = draft_context(tender="a", organisation="bc")
    assert one != draft_context(tender="ab", organisation="c")


def test_another_key_is_refused():
    with pytest.raises(DraftUnreadable):
        reveal(protect(DRAFT, KEY, ROW), bytes(32), ROW)


def test_a_key_of_a_wrong_length_is_refused():
    with pytest.raises(BadKey):
        protect(DRAFT, KEY[:16], ROW)


@given(st.binary(max_size=200) | st.integers(0, 4000).map(lambda end: WHOLE[:end]))
def test_garbage_and_truncated_drafts_are_refused_by_name(data):
    with pytest.raises(DraftUnreadable):
        reveal(data, KEY, ROW)

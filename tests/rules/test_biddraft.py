"""Whatever was stored as a draft, the pages read it or refuse it with one known refusal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.rules import biddraft
from procurement.rules.bidding import BidContent, Demand
from procurement.rules.biddraft import Draft, DraftMalformed

WORDS = st.sampled_from(
    ("format", "musika-draft/1", "musika-bid/1", "lots", "lines", "prices", "declared", "NaN", "-")
) | st.sampled_from(
    ("options", "documents", "responses", "lot", "item", "unit_price", "value", "content", "1")
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=7)
)
EMPTY = {"lots": [], "prices": [], "declared": [], "options": [], "documents": []}
PAGES = st.fixed_dictionaries({"format": st.just(biddraft.FORMAT)}).flatmap(
    lambda head: st.fixed_dictionaries(
        {name: st.lists(ANYTHING, max_size=2) | st.just([]) | ANYTHING for name in EMPTY}
    ).map(lambda rest: head | rest)
)


@given(ANYTHING | PAGES)
def test_any_stored_json_is_a_draft_or_is_refused(data):
    try:
        draft = biddraft.from_bytes(json.dumps(data).encode(), 1)
    except DraftMalformed:
        return
    assert isinstance(draft.content(Demand({}, {}, {}, {})), BidContent)
    assert biddraft.from_bytes(biddraft.to_bytes(draft), 1) == draft
    biddraft.from_bid(biddraft.as_bid(draft))


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[]", b"5", b"[" * 100_000])
def test_bytes_that_are_no_draft_are_refused(raw):
    with pytest.raises(DraftMalformed):
        biddraft.from_bytes(raw, 1)


def test_a_half_written_bid_keeps_what_it_says():
    half = {"lines": [{"lot": 1, "item": 2, "unit_price": "3.50"}, {"lot": 2, "item": 1}]}
    draft = biddraft.from_bytes(json.dumps(half).encode(), 4)
    assert draft == Draft(lots=(1,), prices={(1, 2): "3.50"}, version=4)


def test_what_the_pages_saved_is_told_in_the_format_of_a_bid():
    draft = Draft(lots=(1,), prices={(1, 1): "300"}, options={(1, 2): "3"})
    told = biddraft.as_bid(draft)
    assert told["lines"] == [{"lot": 1, "item": 1, "unit_price": "300"}]
    assert biddraft.from_bid(told) == draft

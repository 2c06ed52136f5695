"""What an onlooker sees of a sealed bid: neither its words nor its length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.rules.sealing import PayloadTooLarge
from procurement.rules.sealing.padding import FLOOR, MAX_PAYLOAD, pad, padme, unpad
from tests.rules.sealing_cast import cast

CANARY = b"canary-7f3a-price-98765.43"


def bid(price: str, quantity: str, lots: int = 1) -> bytes:
    line = f'{{"price":"{price}","quantity":"{quantity}","canary":"{CANARY.decode()}"}}'
    return ("[" + ",".join([line] * lots) + "]").encode()


def test_no_word_of_the_bid_is_found_in_the_envelope():
    envelope = cast().seal(bid("98765.43", "12"))
    parts = [envelope.to_bytes(), envelope.header_bytes, envelope.ciphertext, envelope.sealed_gate]
    for part in (*parts, *envelope.sealed_shares):
        assert CANARY not in part
        assert b"98765.43" not in part


def test_bids_that_differ_in_price_quantity_or_number_of_lots_are_equally_long():
    variants = [bid("1", "1"), bid("999999999.99", "1000000"), bid("412.50", "1200", lots=30)]
    assert len({len(cast().seal(variant).to_bytes()) for variant in variants}) == 1


def test_a_floor_from_the_tender_makes_long_bids_equally_long():
    variants = [bid("1", "1", lots=60), bid("999999999.99", "1000000", lots=90)]
    assert len({len(cast().seal(v, floor=20_000).ciphertext) for v in variants}) == 1
    assert len({len(cast().seal(v).ciphertext) for v in variants}) == 2


def test_sealing_twice_gives_nothing_in_common():
    one, two = cast().seal(), cast().seal()
    assert one.ciphertext != two.ciphertext
    assert one.header.dek_commit != two.header.dek_commit
    assert not set(one.header.share_commits) & set(two.header.share_commits)


@given(st.binary(max_size=3 * FLOOR))
def test_padding_is_undone_exactly(payload):
    padded = pad(payload)
    assert unpad(padded) == payload
    assert len(padded) == padme(len(padded)) >= FLOOR


@given(st.integers(min_value=2, max_value=2**40))
def test_padme_adds_at_most_an_eighth_and_is_its_own_fixed_point(length):
    padded = padme(length)
    assert length <= padded <= length * 9 // 8 + 1
    assert padme(padded) == padded


@pytest.mark.parametrize(
    ("length", "padded"), [(4096, 4096), (4097, 4352), (5000, 5120), (100_000, 100_352)]
)
def test_padme_keeps_as_many_leading_bits_as_the_exponent_is_long(length, padded):
    assert padme(length) == padded


@pytest.mark.parametrize(
    "padded", [b"", b"\0\0\0", b"\0\0\0\5abcd", b"\0\0\0\1ab", b"\xff\xff\xff\xff" + bytes(64)]
)
def test_wrong_padding_is_refused(padded):
    with pytest.raises(ValueError, match="wrong padding"):
        unpad(padded)


def test_a_bid_beyond_the_limit_is_refused_with_its_length():
    with pytest.raises(PayloadTooLarge, match=str(MAX_PAYLOAD + 1)):
        cast().seal(bytes(MAX_PAYLOAD + 1))

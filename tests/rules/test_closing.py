import hashlib

import pytest

from procurement.rules import closing

NONCE = bytes(range(32))
BIDS = [(7, "ab"), (3, "cd")]


def test_the_digest_is_the_one_of_the_reference():
    text = b'[{"ciphertext_hash":"cd","sequence":3},{"ciphertext_hash":"ab","sequence":7}]'
    expected = hashlib.sha256(b"musika-close/1\n" + NONCE + text).hexdigest()
    assert closing.digest(BIDS, NONCE) == closing.digest(BIDS[::-1], NONCE) == expected


@pytest.mark.parametrize("other", [BIDS[:1], [*BIDS, (9, "ef")], [(7, "ab"), (3, "ce")], []])
def test_another_list_has_another_digest(other):
    assert closing.digest(other, NONCE) != closing.digest(BIDS, NONCE)


def test_another_nonce_hides_the_same_list():
    assert closing.digest([], NONCE) != closing.digest([], bytes(32))


def test_a_nonce_has_its_length():
    with pytest.raises(ValueError, match="32 bytes"):
        closing.digest(BIDS, b"short")

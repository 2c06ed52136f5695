"""The field and the sharing, against their laws and against another implementation."""

from itertools import combinations

import pyshamir
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.rules.sealing.shamir import add, combine, inverse, multiply, scale, split
from tests.reference.sealing_twin import times

BYTE = st.integers(0, 255)
SECRET = st.binary(min_size=32, max_size=32)


def test_every_product_agrees_with_the_schoolbook():
    assert all(multiply(a, b) == times(a, b) for a in range(256) for b in range(256))


def test_every_element_but_zero_has_an_inverse():
    assert all(multiply(a, inverse(a)) == 1 for a in range(1, 256))


@given(SECRET, BYTE)
def test_scaling_a_vector_multiplies_each_byte(vector, factor):
    assert scale(vector, factor) == bytes(multiply(factor, value) for value in vector)


@given(SECRET, st.lists(SECRET, min_size=1, max_size=5), st.data())
def test_any_k_of_the_shares_restore_the_secret(secret, coefficients, data):
    k = len(coefficients) + 1
    shares = dict(enumerate(split(secret, coefficients, k + 3), 1))
    group = data.draw(st.permutations(sorted(shares)))[:k]
    assert combine({x: shares[x] for x in group}) == secret


@given(SECRET, SECRET, st.lists(SECRET, min_size=1, max_size=3))
def test_fewer_shares_fit_every_secret_equally_well(secret, other, coefficients):
    """Perfect secrecy: k-1 shares and any wished secret lie on one polynomial of degree k-1."""
    k = len(coefficients) + 1
    shares = dict(enumerate(split(secret, coefficients, k), 1))
    del shares[k]
    at_k = combine_at(k, {0: other, **shares})
    assert combine({**shares, k: at_k}) == other


def combine_at(x: int, points: dict[int, bytes]) -> bytes:
    """Value at x: in a field of characteristic 2, shifting every number by x moves x to 0."""
    return combine({number ^ x: value for number, value in points.items()})


@pytest.mark.parametrize(("k", "n"), [(2, 3), (3, 5), (4, 7)])
def test_shares_of_another_implementation_are_combined(k, n):
    secret = bytes(range(32))
    parts = pyshamir.split(secret, n, k)
    for group in combinations(parts, k):
        assert combine({part[-1]: bytes(part[:-1]) for part in group}) == secret


@pytest.mark.parametrize(("k", "n"), [(2, 3), (3, 5), (4, 7)])
def test_another_implementation_combines_our_shares(k, n):
    secret, coefficients = bytes(range(32)), [bytes([c]) * 32 for c in range(1, k)]
    shares = enumerate(split(secret, coefficients, n), 1)
    parts = [bytearray(share + bytes([x])) for x, share in shares]
    assert all(pyshamir.combine(list(group)) == secret for group in combinations(parts, k))


def test_vectors_of_different_lengths_are_not_added():
    with pytest.raises(ValueError, match="lengths"):
        add(b"12", b"1")

"""Shamir's secret sharing over GF(256), byte by byte.

Source: A. Shamir, "How to share a secret", CACM 22(11), 1979. The field is that of AES
(x^8 + x^4 + x^3 + x + 1). Every product here has one public factor (an opener's number or a
weight made of such numbers), so a table per public factor is enough and no secret selects it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, reduce

REDUCTION = 0x11B


def multiply(a: int, b: int) -> int:
    """Product of two field elements, each 0..255."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= REDUCTION
        b >>= 1
    return product


def inverse(a: int) -> int:
    """The element whose product with `a` is 1; `a` is 1..255 (a^254, by Fermat)."""
    return reduce(multiply, [a] * 254)


@cache
def _table(factor: int) -> bytes:
    return bytes(multiply(factor, value) for value in range(256))


def scale(vector: bytes, factor: int) -> bytes:
    return vector.translate(_table(factor))


def add(a: bytes, b: bytes) -> bytes:
    """Sum of two vectors of one length: exclusive or."""
    if len(a) != len(b):
        raise ValueError("vectors of different lengths")
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def split(secret: bytes, coefficients: Sequence[bytes], n: int) -> list[bytes]:
    """Values at 1..n of the polynomial secret + c1·x + c2·x² + ...; any len(c)+1 restore it."""
    return [_evaluate([secret, *coefficients], x) for x in range(1, n + 1)]


def _evaluate(polynomial: Sequence[bytes], x: int) -> bytes:
    return reduce(lambda sum_, term: add(scale(sum_, x), term), reversed(polynomial))


def combine(shares: Mapping[int, bytes]) -> bytes:
    """Value at 0 of the polynomial of lowest degree through the shares, keyed by number 1..255."""
    terms = (scale(share, _weight(x, shares)) for x, share in shares.items())
    return reduce(add, terms)


def _weight(x: int, numbers: Iterable[int]) -> int:
    """Lagrange's basis polynomial of `x`, at 0."""
    others = [other for other in numbers if other != x]
    factors = [multiply(other, inverse(other ^ x)) for other in others]
    return reduce(multiply, factors, 1)

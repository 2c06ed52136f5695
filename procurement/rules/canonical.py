"""One sequence of bytes for one JSON value, so that a digest means the same everywhere.

Keys sorted, no spaces, UTF-8, numbers only as strings or small integers. With ASCII keys and no
floats this is what RFC 8785 (JSON Canonicalization Scheme) prescribes. It stands alone, because
the offline verifier carries these modules without the rest of the product.
"""

import hashlib
import json
from typing import Any

_SAFE_INTEGER = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The canonical bytes of a JSON value. TypeError: a float, a non-ASCII key, or no JSON."""
    _demand_exact(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes of a JSON value."""
    return sha256_hex(canonical(value))


def _demand_exact(value: Any) -> None:
    """Texts, which are nearly all, are passed over without another call."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if type(key) is not str or not key.isascii():
                raise TypeError(f"{key!r} is not an ASCII key")
            if type(inner) is not str:
                _demand_exact(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            if type(inner) is not str:
                _demand_exact(inner)
    elif not _is_exact_leaf(value):
        raise TypeError(f"{value!r} has no canonical form; write numbers as strings")


def _is_exact_leaf(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) <= _SAFE_INTEGER
    return value is None or isinstance(value, str | bool)

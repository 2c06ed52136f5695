"""The bytes that everybody must agree on: canonical JSON, labels and labelled hashes."""

import hashlib
import json
from base64 import b64decode, b64encode
from typing import Any

FORMAT = "musika-seal/1"


def canonical(value: object) -> bytes:
    """Encode as JSON with sorted keys and no spaces.

    For ASCII strings and whole numbers, all that this package writes, it equals RFC 8785.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("ascii")


def parse_canonical(data: bytes) -> dict[str, Any]:
    """Decode a JSON object; raises ValueError for anything but its canonical bytes.

    Comparing with the re-encoding refuses duplicate keys, spaces, escapes and other spellings
    at one stroke, so that one envelope has exactly one form and one hash.
    """
    try:
        value = json.loads(data.decode("ascii"))
        same = isinstance(value, dict) and canonical(value) == data
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not same:
        raise ValueError("not canonical JSON")
    return value


def to_base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def from_base64(text: object) -> bytes:
    """Decode the standard alphabet with padding; raises ValueError for every other spelling."""
    if not isinstance(text, str):
        raise ValueError("not a string")
    data = b64decode(text, validate=True)
    if to_base64(data) != text:
        raise ValueError("not canonical base64")
    return data


def label(name: str) -> bytes:
    """Domain separator: ends in NUL and holds no other, so that no label begins another."""
    return f"{FORMAT} {name}\0".encode("ascii")


def labelled_hash(name: str, *parts: bytes) -> bytes:
    """SHA-256 of the label and the parts. At most one part may vary in length: the last."""
    return hashlib.sha256(label(name) + b"".join(parts)).digest()

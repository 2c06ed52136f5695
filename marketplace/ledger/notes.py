"""Check a signed note (C2SP) with the standard library alone, Ed25519 included.

Slower than a library (a few milliseconds a signature) and for verifying only: nothing here is
secret, so nothing here needs to take constant time. Lies beside `verify` wherever that is copied.
"""

from __future__ import annotations

import base64
import hashlib
import re


def verify_note(note: str, vkey: str) -> None:
    """ValueError unless the note carries a good signature of that key (name+id+base64)."""
    name, _, rest = vkey.partition("+")
    blob = base64.b64decode(rest.partition("+")[2], validate=True)
    identity = hashlib.sha256(name.encode() + b"\n" + blob).digest()[:4]
    if len(blob) != 33 or blob[0] != 1 or rest.partition("+")[0] != identity.hex():
        raise ValueError("the key is not an Ed25519 verifier key")
    text, _, tail = note.rpartition("\n\n")
    for line in tail.split("\n"):
        dash, _, signed = line.partition(" ")
        signer, _, encoded = signed.partition(" ")
        if dash != "\u2014" or signer != name:
            continue
        signature = base64.b64decode(encoded, validate=True)
        if signature[:4] == identity:
            if ed25519_verify(blob[1:], (text + "\n").encode(), signature[4:]):
                return
            raise ValueError("the signature does not belong to this text")
    raise ValueError(f"there is no signature by {name}+{identity.hex()}")


def checkpoint_head(note: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint; ValueError if it is none."""
    lines = note.split("\n")
    if len(lines) < 4 or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
        raise ValueError("the checkpoint is malformed")
    return lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)


# --- Ed25519: RFC 8032, section 5.1 -----------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # x, y, z, t: extended coordinates


def _x_of(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if y >= P or (square == 0 and sign):
        return None
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x % 2 != sign else x


def _point(encoded: bytes) -> Point | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = _x_of(BASE_Y, 0) or 0
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64-byte signature over the message is by the 32-byte public key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or s >= ORDER:
        return False
    challenge = hashlib.sha512(signature[:32] + public + message).digest()
    left = _times(s, BASE)
    right = _add(commitment, _times(int.from_bytes(challenge, "little") % ORDER, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0

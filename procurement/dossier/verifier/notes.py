"""Signed notes (C2SP) with Ed25519 (RFC 8032, section 5.1)."""

from __future__ import annotations

import hashlib

from procurement.dossier.verifier.base import Body, Broken, canonical, unbase64

P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)
BASE = (4 * pow(5, P - 2, P) % P).to_bytes(32, "little")
Point = tuple[int, int, int, int]  # x, y, z, t: extended coordinates


def verify_note(note: str, vkey: str) -> None:
    """Broken unless the note carries a good signature of that key (name+id+base64)."""
    name, identity, encoded = vkey.split("+", 2)
    blob, (text, _, tail) = unbase64(encoded), note.rpartition("\n\n")
    prefix = hashlib.sha256(name.encode() + b"\n" + blob).digest()[:4]
    if len(blob) != 33 or blob[0] != 1 or identity != prefix.hex():
        raise Broken("the key is not an Ed25519 verifier key")
    dash, signer, given = tail[:-1].split(" ")
    if (dash, signer, tail[-1:]) != ("\u2014", name, "\n") or unbase64(given)[:4] != prefix:
        raise Broken(f"it is not signed by {name}+{identity}")
    if not ed25519(blob[1:], (text + "\n").encode(), unbase64(given)[4:]):
        raise Broken("the signature does not belong to this text")


def signed_object(row: Body, key: str) -> None:
    """A JSON object whose `signature` signs the canonical text of all else and a newline."""
    text = canonical({k: v for k, v in row.items() if k != "signature"}).decode()
    verify_note(f"{text}\n\n{row['signature']}", key)


def _point(encoded: bytes) -> Point:
    value = int.from_bytes(encoded, "little")
    y, sign = value & (2**255 - 1), value >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (square == 0 and sign) or (x * x - square) % P:
        raise Broken("the signature holds no point of the curve")
    x = P - x if x % 2 != sign else x
    return x, y, 1, x * y % P


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64 bytes sign the message under the key of 32."""
    s = int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or s >= ORDER:
        return False
    scalar = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little")
    left = _times(s, _point(BASE))
    right = _add(_point(signature[:32]), _times(scalar % ORDER, _point(public)))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))

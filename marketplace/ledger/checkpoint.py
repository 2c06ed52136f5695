"""Signed checkpoints in the C2SP formats `tlog-checkpoint` and `signed-note`, with Ed25519.

    <origin>\\n<size>\\n<root in base64>\\n
    \\n
    — <origin> <base64 of key id (4 bytes) and signature (64 bytes)>\\n

Key id = first four bytes of SHA-256(name || 0x0A || 0x01 || public key). A verifier key (vkey) is
`name+<key id in hexadecimal>+<base64 of 0x01 and the public key>`. Formats: C2SP signed-note.md
and tlog-checkpoint.md. Pure: no Django; `cryptography` signs.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from marketplace.errors import Invalid

ED25519 = b"\x01"
DASH = "\u2014 "


class BadNote(Invalid):
    """A note, checkpoint or verifier key that is malformed or not signed by the key given."""

    code = "bad-note"


@dataclass(frozen=True)
class Head:
    """Origin of a log, its number of leaves, and its root (32 bytes)."""

    origin: str
    size: int
    root: bytes


def make(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint, ready to be signed."""
    return f"{_name(origin)}\n{size}\n{base64.b64encode(root).decode()}\n"


def parse(note: str) -> Head:
    """Read a checkpoint, signed or not. Extension lines after the third are allowed, not read."""
    lines = note.split("\n")
    if len(lines) < 4 or "" in lines[:3]:
        raise BadNote("A checkpoint has three lines: origin, size, root.")
    origin, size, root = lines[0], lines[1], _unbase64(lines[2])
    if not (size.isascii() and size.isdigit()) or (size[0] == "0" and size != "0"):
        raise BadNote(f"“{size}” is not the size of a log.")
    if len(root) != 32:
        raise BadNote("The root of a checkpoint has 32 bytes.")
    return Head(origin, int(size), root)


def sign(text: str, *, name: str, seed: bytes) -> str:
    """Return the note: the text, an empty line, and one signature line. `seed` is 32 bytes."""
    if not text.endswith("\n") or any(ord(c) < 32 and c != "\n" for c in text):
        raise BadNote("The text of a note ends with a newline and holds no control characters.")
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    blob = key_id(_name(name), public) + key.sign(text.encode())
    return f"{text}\n{DASH}{name} {base64.b64encode(blob).decode()}\n"


def verify(note: str, vkey: str) -> str:
    """Return the signed text, or raise BadNote. Signatures of other keys are passed over."""
    name, public = parse_vkey(vkey)
    text, blank, tail = note.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise BadNote("The note has no signature.")
    wanted = key_id(name, public)
    for line in tail[:-1].split("\n"):
        signer, blob = _signature_line(line)
        if signer == name and blob[:4] == wanted:
            _check(public, blob[4:], text + "\n")
            return text + "\n"
    raise BadNote(f"The note is not signed by {name}+{wanted.hex()}.")


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def vkey(name: str, public: bytes) -> str:
    """The verifier key to publish, for a public key of 32 bytes."""
    encoded = base64.b64encode(ED25519 + public).decode()
    return f"{_name(name)}+{key_id(name, public).hex()}+{encoded}"


def vkey_of(name: str, seed: bytes) -> str:
    """The verifier key that belongs to a signing seed of 32 bytes."""
    return vkey(name, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def parse_vkey(text: str) -> tuple[str, bytes]:
    """The name and the public key; refuses other algorithms and a key id that does not fit."""
    name, _, rest = text.strip().partition("+")
    identity, _, encoded = rest.partition("+")
    blob = _unbase64(encoded)
    if len(blob) != 33 or blob[:1] != ED25519:
        raise BadNote("This is not an Ed25519 verifier key (name+id+base64).")
    if key_id(_name(name), blob[1:]).hex() != identity:
        raise BadNote(f"The key id {identity} does not belong to this name and key.")
    return name, blob[1:]


def _signature_line(line: str) -> tuple[str, bytes]:
    parts = line.removeprefix(DASH).split(" ")
    if not line.startswith(DASH) or len(parts) != 2:
        raise BadNote("A signature line is malformed.")
    blob = _unbase64(parts[1])
    if len(blob) < 5:
        raise BadNote("A signature line is too short.")
    return parts[0], blob


def _check(public: bytes, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
    except InvalidSignature as error:
        raise BadNote("The signature does not belong to this text.") from error


def _name(name: str) -> str:
    if not name or "+" in name or any(c.isspace() for c in name):
        raise BadNote(f"“{name}” cannot name a key: no spaces, no plus sign.")
    return name


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote(f"“{text}” is not base64.") from error

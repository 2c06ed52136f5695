"""Cosignatures of a witness on a checkpoint: C2SP tlog-cosignature, version 1 (Ed25519).

A witness says: at that second, this was the largest tree of that ledger that I have seen, and it
begins with every smaller one that I had seen before.

    message   = "cosignature/v1\\n" || "time <seconds>\\n" || text of the checkpoint
    signature = seconds (8 bytes, big-endian) || Ed25519 signature (64 bytes)
    key id    = first four bytes of SHA-256(name || 0x0A || 0x04 || public key)

Source: C2SP tlog-cosignature.md and signed-note.md. Pure: no Django; `cryptography` signs.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from marketplace.ledger.checkpoint import DASH, BadNote

KIND = b"\x04"


@dataclass(frozen=True)
class Witness:
    """Who cosigns: name and public key (32 bytes)."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + KIND + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        encoded = base64.b64encode(KIND + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def witness_of(name: str, seed: bytes) -> Witness:
    """The witness that signs with a seed of 32 bytes."""
    if not name or "+" in name or any(c.isspace() for c in name):
        raise BadNote(f"“{name}” cannot name a key: no spaces, no plus sign.")
    return Witness(name, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def parse_vkey(text: str) -> Witness:
    """Read a witness's key (name+id+base64). Raises BadNote for anything else."""
    name, _, rest = text.strip().partition("+")
    identity, _, encoded = rest.partition("+")
    blob = _unbase64(encoded)
    found = Witness(name, blob[1:])
    if len(blob) != 33 or blob[:1] != KIND or found.key_id.hex() != identity or not name:
        raise BadNote("This is not the key of a witness (name+id+base64, of the kind 4).")
    return found


def text_of(note: str) -> str:
    """The signed text of a checkpoint, without its signature lines."""
    text, blank, _ = note.rpartition("\n\n")
    if not blank:
        raise BadNote("The checkpoint has no signature.")
    return text + "\n"


def cosign(note: str, *, name: str, seed: bytes, seconds: int) -> str:
    """One signature line, with its newline, of a witness at that second since 1970."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    signature = key.sign(_message(note, seconds))
    blob = witness_of(name, seed).key_id + seconds.to_bytes(8, "big") + signature
    return f"{DASH}{name} {base64.b64encode(blob).decode()}\n"


def seconds_of(line: str, note: str, witness: Witness) -> int | None:
    """When that witness cosigned the note by this line; None if the line is another key's.

    Raises BadNote when it claims to be that witness's and is not.
    """
    dash, _, signed = line.rstrip("\n").partition(" ")
    name, _, encoded = signed.partition(" ")
    if f"{dash} " != DASH or name != witness.name:
        return None
    blob = _unbase64(encoded)
    if blob[:4] != witness.key_id:
        return None
    return _checked(blob, note, witness)


def _checked(blob: bytes, note: str, witness: Witness) -> int:
    if len(blob) != 4 + 8 + 64:
        raise BadNote("A cosignature has 72 bytes after its key id.")
    seconds = int.from_bytes(blob[4:12], "big")
    try:
        key = Ed25519PublicKey.from_public_bytes(witness.public)
        key.verify(blob[12:], _message(note, seconds))
    except InvalidSignature as error:
        raise BadNote("The cosignature does not belong to this checkpoint.") from error
    return seconds


def _message(note: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text_of(note)}".encode()


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote(f"“{text[:60]}” is not base64.") from error

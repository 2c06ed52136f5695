"""The sealed envelope and its one container: canonical JSON with base64 inside."""

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from procurement.rules.sealing.dealing import SECRET_LENGTH
from procurement.rules.sealing.encoding import (
    FORMAT,
    canonical,
    from_base64,
    labelled_hash,
    parse_canonical,
    to_base64,
)
from procurement.rules.sealing.errors import MalformedEnvelope, SealedForAnother
from procurement.rules.sealing.header import Context, Header
from procurement.rules.sealing.keys import HPKE_OVERHEAD
from procurement.rules.sealing.padding import FLOOR, padme

MAX_CONTAINER = 32 * 1024 * 1024
SEALED_PART = SECRET_LENGTH + HPKE_OVERHEAD
NONCE = 12
TAG = 16

_NAMES = {"ciphertext", "format", "header", "sealed_gate", "sealed_shares"}


@dataclass(frozen=True)
class SealedEnvelope:
    """A sealed bid. `ciphertext` is nonce (12) || encrypted payload || tag (16).

    `sealed_shares[0]` is for opener 1. Raises BadHeader or MalformedEnvelope if the parts do not
    make an envelope; whether they open is for `opening` to say.
    """

    header_bytes: bytes
    ciphertext: bytes
    sealed_shares: tuple[bytes, ...]
    sealed_gate: bytes

    def __post_init__(self) -> None:
        if len(self.sealed_shares) != self.header.n:
            raise _malformed("sealed_shares", f"must hold {self.header.n} parts")
        if any(len(part) != SEALED_PART for part in (*self.sealed_shares, self.sealed_gate)):
            raise _malformed("sealed_shares", f"and sealed_gate must have {SEALED_PART} bytes each")
        if self.padded_length < FLOOR or self.padded_length != padme(self.padded_length):
            raise _malformed("ciphertext", "is cut short or was not padded")

    @cached_property
    def header(self) -> Header:
        return Header.from_bytes(self.header_bytes)

    @cached_property
    def header_digest(self) -> bytes:
        """SHA-256 of the header bytes, 32 bytes."""
        return hashlib.sha256(self.header_bytes).digest()

    @property
    def padded_length(self) -> int:
        """Bytes of the padded payload inside: all that the size of an envelope tells."""
        return len(self.ciphertext) - NONCE - TAG

    @property
    def header_hash(self) -> str:
        return self.header_digest.hex()

    @property
    def ciphertext_hash(self) -> str:
        """Labelled SHA-256 of gate part, shares and ciphertext, in hexadecimal.

        The sealed shares are inside, so that a receipt also covers what is needed to open.
        """
        parts = (self.sealed_gate, *self.sealed_shares, self.ciphertext)
        return labelled_hash("ciphertext", *parts).hex()

    def to_bytes(self) -> bytes:
        return canonical(
            {
                "format": FORMAT,
                "header": to_base64(self.header_bytes),
                "ciphertext": to_base64(self.ciphertext),
                "sealed_gate": to_base64(self.sealed_gate),
                "sealed_shares": [to_base64(part) for part in self.sealed_shares],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "SealedEnvelope":
        """Parse a container; raises MalformedEnvelope or BadHeader, never anything else."""
        values = _parse(data)
        if values["format"] != FORMAT:
            raise _malformed("format", f'must be "{FORMAT}"')
        shares = values["sealed_shares"]
        if not isinstance(shares, list):
            raise _malformed("sealed_shares", "must be a list")
        return cls(
            header_bytes=_decode(values["header"], "header"),
            ciphertext=_decode(values["ciphertext"], "ciphertext"),
            sealed_shares=tuple(_decode(part, "sealed_shares") for part in shares),
            sealed_gate=_decode(values["sealed_gate"], "sealed_gate"),
        )


def check_binding(envelope: SealedEnvelope, expected: Context) -> None:
    """Refuse an envelope that was sealed for anything but `expected`; raises SealedForAnother.

    Opening proves that an envelope is whole, not that it lies in the right place: call this when
    an envelope is accepted and again when it is opened.
    """
    for item in fields(Context):
        if getattr(envelope.header, item.name) != getattr(expected, item.name):
            raise SealedForAnother(
                f"This envelope was sealed for another {item.name.replace('_', ' ')}.",
                where=item.name,
                remedy="Seal the bid again for the tender as it is now published.",
            )


def _parse(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_CONTAINER:
        raise _malformed("container", f"has more than {MAX_CONTAINER} bytes")
    try:
        values = parse_canonical(data)
    except ValueError as error:
        raise _malformed("container", "is not canonical JSON") from error
    if wrong := sorted(_NAMES.symmetric_difference(values)):
        raise _malformed(wrong[0], "is missing or unknown")
    return values


def _decode(text: object, where: str) -> bytes:
    try:
        return from_base64(text)
    except ValueError as error:
        raise _malformed(where, "is not canonical base64") from error


def _malformed(where: str, problem: str) -> MalformedEnvelope:
    return MalformedEnvelope(
        f"The sealed envelope cannot be read: {where} {problem}.",
        where=where,
        remedy="Send the envelope again exactly as it was sealed.",
    )

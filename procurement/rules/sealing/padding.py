"""Padding that hides how long a bid is: length prefix, zeros, Padmé with a floor.

Source of Padmé: K. Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and
Communication with PURBs", PoPETs 2019(4): at most 12 % is added, and a length of L bytes reveals
O(log log L) bits. The floor makes all small bids alike.
"""

from procurement.rules.sealing.errors import PayloadTooLarge

FLOOR = 4096
MAX_PAYLOAD = 16 * 1024 * 1024
PREFIX = 4


def padme(length: int) -> int:
    """The smallest permitted length that is not below `length`, in bytes (length >= 2)."""
    exponent = length.bit_length() - 1
    keep = exponent.bit_length()
    mask = (1 << (exponent - keep)) - 1
    return (length + mask) & ~mask


def pad(payload: bytes, floor: int = FLOOR) -> bytes:
    """Prefix the length (4 bytes, big-endian) and fill with zeros up to a Padmé length.

    Raises PayloadTooLarge beyond 16 MiB.
    """
    if len(payload) > MAX_PAYLOAD:
        raise PayloadTooLarge(
            f"The bid has {len(payload)} bytes; an envelope holds at most {MAX_PAYLOAD}.",
            where="payload",
            remedy="Shorten the bid or attach fewer and smaller documents.",
        )
    size = padded_length(len(payload), floor)
    return (len(payload).to_bytes(PREFIX, "big") + payload).ljust(size, b"\0")


def padded_length(length: int, floor: int = FLOOR) -> int:
    """Bytes that a payload of `length` bytes has once it is padded."""
    return padme(max(floor, FLOOR, PREFIX + length))


def unpad(padded: bytes) -> bytes:
    """Undo `pad`; raises ValueError if the prefix or the zeros are wrong."""
    end = PREFIX + int.from_bytes(padded[:PREFIX], "big")
    if len(padded) < PREFIX or end > len(padded) or padded[end:].strip(b"\0"):
        raise ValueError("wrong padding")
    return padded[PREFIX:end]

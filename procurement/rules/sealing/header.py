"""The public face of an envelope: what it is for, and what it commits to.

The context says for whom and under what terms; the header adds the commitments. Keys and
commitments are derived under the hash of the context, ciphertext and shares are bound to the hash
of the whole header: so the order context, commitments, header has no circle.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from procurement.rules.sealing.encoding import (
    FORMAT,
    canonical,
    label,
    labelled_hash,
    parse_canonical,
)
from procurement.rules.sealing.errors import BadCommittee, BadHeader
from procurement.rules.sealing.keys import load_public

MIN_QUORUM = 2
MAX_OPENERS = 16
MAX_REVISION = 1_000_000
MAX_HEADER = 16_384
KINDS = ("single", "technical", "financial")
TIERS = ("S", "C")

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
_HASH = re.compile(r"[0-9a-f]{64}")


def _identifier(value: object) -> bool:
    return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None


def _hash(value: object) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _hashes(value: object) -> bool:
    return isinstance(value, tuple) and all(map(_hash, value))


def _one_of(*choices: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in choices


def _between(low: int, high: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and low <= value <= high


_RULES: dict[str, tuple[Callable[[object], bool], str]] = {
    "format": (_one_of(FORMAT), f'"{FORMAT}"'),
    "tender": (_identifier, "1 to 128 letters, digits and . _ : / -"),
    "terms_hash": (_hash, "64 lower-case hexadecimal digits"),
    "envelope": (_one_of(*KINDS), "one of " + ", ".join(KINDS)),
    "tenderer": (_identifier, "1 to 128 letters, digits and . _ : / -"),
    "revision": (_between(1, MAX_REVISION), f"a whole number from 1 to {MAX_REVISION}"),
    "k": (_between(MIN_QUORUM, MAX_OPENERS), f"a whole number from {MIN_QUORUM} to {MAX_OPENERS}"),
    "n": (_between(MIN_QUORUM, MAX_OPENERS), f"a whole number from {MIN_QUORUM} to {MAX_OPENERS}"),
    "committee_hash": (_hash, "64 lower-case hexadecimal digits"),
    "tier": (_one_of(*TIERS), "one of " + ", ".join(TIERS)),
    "dek_commit": (_hash, "64 lower-case hexadecimal digits"),
    "gate_commit": (_hash, "64 lower-case hexadecimal digits"),
    "share_commits": (_hashes, "a list of n hashes"),
}


@dataclass(frozen=True, kw_only=True)
class Context:
    """For whom, for what and under which terms; hashes are 64 hexadecimal digits."""

    tender: str
    terms_hash: str
    envelope: str
    tenderer: str
    revision: int
    k: int
    n: int
    committee_hash: str
    tier: str
    format: str = FORMAT

    def __post_init__(self) -> None:
        for item in fields(self):
            accepts, expected = _RULES[item.name]
            if not accepts(getattr(self, item.name)):
                raise _bad(item.name, f"must be {expected}")
        if self.k > self.n:
            raise _bad("k", f"is {self.k} but there are only {self.n} openers")

    @classmethod
    def of(
        cls,
        *,
        tender: str,
        terms_hash: str,
        tenderer: str,
        revision: int,
        committee: Sequence[bytes],
        k: int,
        gate_public: bytes,
        envelope: str = "single",
        tier: str = "S",
    ) -> "Context":
        """The context of an envelope to this committee; raises BadCommittee, BadKey, BadHeader."""
        return Context(
            tender=tender,
            terms_hash=terms_hash,
            tenderer=tenderer,
            revision=revision,
            envelope=envelope,
            tier=tier,
            k=k,
            n=len(committee),
            committee_hash=committee_hash(committee, gate_public),
        )

    def to_bytes(self) -> bytes:
        return canonical(asdict(self))

    def digest(self) -> bytes:
        """Labelled SHA-256 of the context fields, 32 bytes; of a header, of its context part."""
        return labelled_hash("context", canonical({name: getattr(self, name) for name in _CONTEXT}))


_CONTEXT = tuple(item.name for item in fields(Context))


@dataclass(frozen=True, kw_only=True)
class Header(Context):
    """The context and the commitments; its bytes are the AAD of the encrypted bid."""

    dek_commit: str
    gate_commit: str
    share_commits: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.share_commits) != self.n:
            raise _bad("share_commits", f"must hold {self.n} hashes, one for each opener")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Parse canonical header bytes; raises BadHeader for anything else."""
        values = _parse(data)
        names = {item.name for item in fields(cls)}
        if wrong := sorted(names.symmetric_difference(values)):
            raise _bad(wrong[0], "is missing or unknown")
        if isinstance(values["share_commits"], list):
            values["share_commits"] = tuple(values["share_commits"])
        return cls(**values)


def committee_hash(publics: Sequence[bytes], gate_public: bytes) -> str:
    """Labelled SHA-256 of n (1 byte), the openers' keys in order and the gate's key (65 each).

    Raises BadKey for what is not a key, BadCommittee for too few, too many or repeated keys.
    """
    if not MIN_QUORUM <= len(publics) <= MAX_OPENERS:
        raise BadCommittee(
            f"A committee has {MIN_QUORUM} to {MAX_OPENERS} openers, not {len(publics)}.",
            where="committee",
            remedy="Appoint openers until the committee is complete.",
        )
    for number, public in enumerate(publics, 1):
        load_public(public, f"public key of opener {number}")
    load_public(gate_public, "gate public key")
    if len({*publics, gate_public}) <= len(publics):
        raise BadCommittee(
            "Two members of the committee have the same key.",
            where="committee",
            remedy="Each opener makes a fresh key for this tender.",
        )
    return labelled_hash("committee", bytes([len(publics)]), *publics, gate_public).hex()


def share_info(header_hash: bytes, number: int) -> bytes:
    """HPKE info for the share of an opener, 1..n."""
    return label("share") + header_hash + bytes([number])


def gate_info(header_hash: bytes) -> bytes:
    """HPKE info for the gate part."""
    return label("gate") + header_hash


def _parse(data: bytes) -> dict[str, Any]:
    try:
        if len(data) > MAX_HEADER:
            raise ValueError("too long")
        return parse_canonical(data)
    except ValueError as error:
        raise BadHeader(
            f"The header is not canonical JSON ({error}).",
            where="header",
            remedy="Seal the bid again; a header is never edited.",
        ) from error


def _bad(name: str, problem: str) -> BadHeader:
    return BadHeader(
        f"The header field {name} {problem}.",
        where=name,
        remedy="Seal the bid again from the published tender.",
    )

"""From one random key to all the parts, always in the same way.

Everything is derived from the data key (DEK): the key that encrypts the payload, the gate part B,
the committee part A = DEK xor B, and the coefficients that split A. So whoever holds the DEK after
the opening can deal again and compare every commitment. A sealer cannot hand out shares that open
for one group of openers and not for another: every quorum comes to the same verdict. (Idea:
M. Bellare, W. Dai, P. Rogaway, "Reimagining Secret Sharing", PoPETs 2020(4).)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from procurement.rules.sealing import shamir
from procurement.rules.sealing.encoding import label, labelled_hash
from procurement.rules.sealing.header import Context

SECRET_LENGTH = 32


@dataclass(frozen=True)
class Deal:
    """All secrets of one envelope (32 bytes each) and the public commitments to them."""

    dek: bytes = field(repr=False)
    context: Context

    @cached_property
    def payload_key(self) -> bytes:
        return self._derive("payload", SECRET_LENGTH)

    @cached_property
    def gate(self) -> bytes:
        return self._derive("gate part", SECRET_LENGTH)

    @cached_property
    def shares(self) -> list[bytes]:
        """The share of opener 1 first."""
        stream = self._derive("coefficients", SECRET_LENGTH * (self.context.k - 1))
        starts = range(0, len(stream), SECRET_LENGTH)
        coefficients = [stream[start : start + SECRET_LENGTH] for start in starts]
        return shamir.split(shamir.add(self.dek, self.gate), coefficients, self.context.n)

    def commitments(self) -> tuple[str, str, tuple[str, ...]]:
        """(dek_commit, gate_commit, share_commits) as the header carries them."""
        context = self.context
        shares = (share_commit(context, i, share) for i, share in enumerate(self.shares, 1))
        return dek_commit(context, self.dek), gate_commit(context, self.gate), tuple(shares)

    def _derive(self, name: str, length: int) -> bytes:
        kdf = HKDF(SHA256(), length, salt=self.context.digest(), info=label(name))
        return kdf.derive(self.dek)


def restore_dek(shares: Mapping[int, bytes], gate: bytes) -> bytes:
    """The DEK from exactly k right shares, keyed by opener 1..n, and the gate part."""
    return shamir.add(shamir.combine(shares), gate)


def dek_commit(context: Context, dek: bytes) -> str:
    return labelled_hash("dek commit", context.digest(), dek).hex()


def share_commit(context: Context, number: int, share: bytes) -> str:
    return labelled_hash("share commit", context.digest(), bytes([number]), share).hex()


def gate_commit(context: Context, gate: bytes) -> str:
    return labelled_hash("gate commit", context.digest(), gate).hex()

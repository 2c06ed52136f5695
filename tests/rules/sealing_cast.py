"""A standing cast for the sealing tests: openers, a gate, a tender."""

from dataclasses import dataclass
from functools import cache

from procurement.rules.sealing import (
    Context,
    OpenerKey,
    SealedEnvelope,
    generate_opener_key,
    release_gate,
    release_share,
    seal,
)

PAYLOAD = b'{"lots":[{"lot":"1","price":"412.50","quantity":"1200"}]}'


@dataclass(frozen=True)
class Cast:
    openers: tuple[OpenerKey, ...]
    gate: OpenerKey
    k: int

    def arguments(self, **changes):
        base = {
            "tender": "MUS-2031-0007",
            "terms_hash": "5e" * 32,
            "tenderer": "org-114",
            "revision": 1,
            "committee": [opener.public for opener in self.openers],
            "k": self.k,
            "gate_public": self.gate.public,
        }
        return base | changes

    def seal(self, payload: bytes = PAYLOAD, **changes) -> SealedEnvelope:
        return seal(payload, **self.arguments(**changes))

    def context(self, **changes) -> Context:
        return Context.of(**self.arguments(**changes))

    def share(self, envelope: SealedEnvelope, number: int) -> bytes:
        return release_share(envelope, number, self.openers[number - 1].private)

    def shares(self, envelope: SealedEnvelope, numbers) -> dict[int, bytes]:
        return {number: self.share(envelope, number) for number in numbers}

    def gate_part(self, envelope: SealedEnvelope) -> bytes:
        return release_gate(envelope, self.gate.private)


@cache
def cast(k: int = 2, n: int = 3) -> Cast:
    return Cast(tuple(generate_opener_key() for _ in range(n)), generate_opener_key(), k)

"""What it takes to seal a bid (limit: 5 ms) and to open one with 3 of 5 openers (limit: 20 ms).

    python -m benchmarks.seal_open [--bids 500]

In one process, medians. To seal is all of it: key, padding, encryption, shares, commitments,
container. To open is to read the container, check for whom it was sealed, release three shares
and the gate's part, check each against its commitment, join them and decrypt. Beside them stands
what the same bids cost in bare AES-256-GCM and six HPKE messages (five openers and the gate), by
the same library: below that no k-of-n format can come.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from procurement.rules import sealing

SEAL, OPEN = 5.0, 20.0
N, K = 5, 3
PAYLOAD = b'{"lots":[{"lot":"1","price":"412.50","quantity":"1200"}]}' * 40


def milliseconds(act: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    made = act()
    return (time.perf_counter() - start) * 1000, made


class Committee:
    """Five openers and a gate, made anew for this run."""

    def __init__(self) -> None:
        self.openers = [sealing.generate_opener_key() for _ in range(N)]
        self.gate = sealing.generate_opener_key()

    def seal(self, revision: int) -> bytes:
        return sealing.seal(PAYLOAD, **self._named(revision)).to_bytes()

    def open(self, data: bytes, revision: int) -> bytes:
        envelope = sealing.SealedEnvelope.from_bytes(data)
        sealing.check_binding(envelope, sealing.Context.of(**self._named(revision)))
        shares = {
            number: sealing.release_share(envelope, number, self.openers[number - 1].private)
            for number in (1, 3, 5)
        }
        part = sealing.release_gate(envelope, self.gate.private)
        return sealing.open_envelope(envelope, shares, part).payload

    def _named(self, revision: int) -> dict[str, Any]:
        return {
            "tender": "MUS-2026-0007",
            "terms_hash": "5e" * 32,
            "tenderer": "org-114",
            "revision": revision,
            "committee": [opener.public for opener in self.openers],
            "k": K,
            "gate_public": self.gate.public,
        }


def bare() -> Callable[[], None]:
    """One AES-256-GCM of the payload and six HPKE messages of 32 bytes."""
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    public = ec.generate_private_key(ec.SECP256R1()).public_key()

    def act() -> None:
        AESGCM(bytes(32)).encrypt(bytes(12), PAYLOAD.ljust(4096, b"\0"), b"")
        for _ in range(N + 1):
            suite.encrypt(bytes(32), public)

    return act


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bids", type=int, default=500)
    count = parser.parse_args().bids
    committee, least = Committee(), bare()
    seals, opens, floor = [], [], []
    for revision in range(1, count + 1):
        took, envelope = milliseconds(partial(committee.seal, revision))
        seals.append(took)
        took, payload = milliseconds(partial(committee.open, envelope, revision))
        opens.append(took)
        assert payload == PAYLOAD
        floor.append(milliseconds(least)[0])
    return told(*(statistics.median(row) for row in (seals, opens, floor)), count)


def told(seal: float, opened: float, floor: float, count: int) -> int:
    print(f"seal {seal:.2f} ms (limit {SEAL}), {seal / floor:.1f} times the bare cryptography")
    print(f"open {opened:.2f} ms (limit {OPEN}), {K} of {N}; medians of {count} bids")
    return 0 if seal <= SEAL and opened <= OPEN else 1


if __name__ == "__main__":
    sys.exit(main())

"""What a tenderer's own device needs to seal a bid: the published terms and its place in them.

Whoever seals believes nobody: the terms carry the openers' keys and hash to the published
`terms_hash`, which stands in the ledger; the rest follows from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.errors import Invalid
from procurement.rules import bidding, sealing
from procurement.rules.demands import demand
from procurement.rules.published import canonical_terms, terms_hash

FORMAT = "musika-seal-kit/1"
TIER = "C"
_NAMES = {"format", "terms", "terms_hash", "tenderer", "revision", "floor", "largest"}


class BadKit(Invalid):
    """The kit is not whole, or does not hash to what it says."""

    code = "bad-kit"


@dataclass(frozen=True)
class Kit:
    """`largest` is the limit of a bid in bytes; `revision` the number that this one will have."""

    terms: Mapping[str, Any] = field(repr=False)
    tenderer: str
    revision: int
    largest: int

    @property
    def demand(self) -> bidding.Demand:
        return demand(self.terms)

    @property
    def floor(self) -> int:
        """Bytes to which the bid is padded at least: the same for every bid of this tender."""
        return bidding.floor(self.demand)

    def seal(self, content: bidding.BidContent) -> sealing.SealedEnvelope:
        """Seal a complete bid in tier C; raises BadBid for a gap, SealingError."""
        found = bidding.gaps(content, self.demand)
        if found:
            raise bidding.BadBid(f"{found[0].where}: {found[0].message}", where=found[0].where)
        committee = self.terms["committee"]
        return sealing.seal(
            bidding.to_bytes(content),
            tender=self.terms["tender"],
            terms_hash=self._hash(),
            tenderer=self.tenderer,
            revision=self.revision,
            committee=[bytes.fromhex(key) for key in committee["public_keys"]],
            k=committee["quorum"],
            gate_public=bytes.fromhex(committee["gate"]),
            tier=TIER,
            floor=self.floor,
        )

    def to_data(self) -> dict[str, Any]:
        """The kit as plain data (JSON)."""
        return {
            "format": FORMAT,
            "terms": self.terms,
            "terms_hash": self._hash(),
            "tenderer": self.tenderer,
            "revision": self.revision,
            "floor": self.floor,
            "largest": self.largest,
        }

    def _hash(self) -> str:
        return terms_hash(canonical_terms(self.terms))


def from_data(data: object) -> Kit:
    """Read a kit, and hash its terms again; raises BadKit."""
    if not isinstance(data, dict) or data.get("format") != FORMAT or set(data) != _NAMES:
        raise _bad("kit", f"it is not in the format {FORMAT}")
    kit = Kit(data["terms"], data["tenderer"], data["revision"], data["largest"])
    try:
        if kit.to_data() != data:
            raise _bad("terms_hash", "its terms do not hash to what it says")
    except (AttributeError, ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise _bad("terms", "its terms are not those of a tender") from error
    return kit


def _bad(where: str, problem: str) -> BadKit:
    return BadKit(
        f"The kit cannot be used: {problem}.",
        where=where,
        remedy="Fetch it again from the tender's page, and compare terms_hash with the record.",
    )

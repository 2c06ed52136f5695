"""One tender of the demo and one bid of it, as planned before anything happens."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from procurement.rules.content import TenderContent


@dataclass(frozen=True)
class BidPlan:
    """One tenderer's bid. `prices` are unit prices by (lot, item); `share` is when it arrives, in
    permille of the tender period. `flaw` is "gate" or "quality"; `turn` "replaced" or "withdrawn".
    """

    tenderer: str
    share: int
    prices: Mapping[tuple[int, int], Decimal]
    flaw: str = ""
    turn: str = ""


@dataclass(frozen=True)
class TenderPlan:
    number: int
    buyer: str
    stage: str
    deadline: datetime
    period: timedelta
    content: TenderContent
    bids: tuple[BidPlan, ...]
    enquiries: tuple[tuple[str, int, int], ...] = ()
    # Who has saved an unfinished bid; a bid is not made of it.
    saved: tuple[BidPlan, ...] = ()

    @property
    def published(self) -> datetime:
        return self.deadline - self.period

    @property
    def bids_until(self) -> datetime:
        """Nothing is asked or offered from here on."""
        early = self.stage == "cancelled" and self.number % 2 == 0
        return self.deadline - timedelta(days=5, hours=1) if early else self.deadline

    def instant(self, share: int) -> datetime:
        return self.published + self.period * share / 1000

    def sealings(self) -> Iterator[datetime]:
        """When each envelope is sealed: twice for a bid that is replaced."""
        for bid in self.bids:
            shares = (bid.share // 2, bid.share) if bid.turn == "replaced" else (bid.share,)
            yield from (at for at in map(self.instant, shares) if at < self.bids_until)

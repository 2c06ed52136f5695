"""R030: a late bid won."""

from collections.abc import Iterator
from fractions import Fraction

from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.indicators.process import Bid, Process, instant
from procurement.rules.indicators.thresholds import Thresholds


class LateWinner:
    """A valid bid of a supplier with an active award came after the end of the tender period.

    Instants are compared, not their texts: the same instant written with another offset is not
    late.
    """

    code, party_value = "R030", 1

    def __init__(self, thresholds: Thresholds) -> None:
        self._flags: list[Flag] = []
        self._examined = 0

    def fold(self, process: Process) -> None:
        end = instant(process.period[1])
        if end is None or not process.active or process.bids is None:
            return
        self._examined += 1
        suppliers = {name for award in process.active for name in award.suppliers if name}
        late: dict[str, Bid] = {}
        for bid in process.valid:
            at = instant(bid.date)
            if at is not None and at > end:
                late |= {name: bid for name in bid.tenderers if name in suppliers}
        if late:
            bids = (("late bid", bid.date) for bid in late.values())
            told = (("end of the tender period", process.period[1]), *bids)
            parties = tuple(sorted(late))
            self._flags.append(Flag(self.code, OCID, process.ocid, Fraction(1), told, parties))

    def finish(self) -> Iterator[Flag]:
        yield from self._flags

    def examined(self) -> int:
        return self._examined

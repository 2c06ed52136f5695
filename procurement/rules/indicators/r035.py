"""R035: everybody but the supplier was disqualified."""

from collections.abc import Iterator
from fractions import Fraction

from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds


class AllOthersDisqualified:
    """One tenderer was valid and got everything; at least so many others were disqualified."""

    code, party_value = "R035", 0

    def __init__(self, thresholds: Thresholds) -> None:
        self._least = max(thresholds.disqualified_tenderers, 1)
        self._flags: list[Flag] = []
        self._examined = 0

    def fold(self, process: Process) -> None:
        if not process.is_final:
            return
        suppliers = {name for award in process.active for name in award.suppliers if name}
        if not suppliers:
            return
        self._examined += 1
        valid = {name for bid in process.valid for name in bid.tenderers if name}
        out = {
            name
            for bid in process.submitted
            if bid.status == "disqualified"
            for name in bid.tenderers
            if name
        } - valid
        if len(valid) == 1 and valid == suppliers and len(out) >= self._least:
            told = (("disqualified tenderers", str(len(out))), ("valid tenderers", "1"))
            value, parties = Fraction(len(out)), tuple(valid)
            self._flags.append(Flag(self.code, OCID, process.ocid, value, told, parties))

    def finish(self) -> Iterator[Flag]:
        yield from self._flags

    def examined(self) -> int:
        return self._examined

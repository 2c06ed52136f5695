"""M005: the same tenderers meet again and again, and win in turn.

Source: OECD, "Guidelines for Fighting Bid Rigging in Public Procurement" (2009), the checklist of
suspicious patterns: winning suppliers take turns.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from procurement.rules.indicators.facts import BUYER, Flag
from procurement.rules.indicators.margin import share
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds

Group = tuple[str, frozenset[str]]


def evenness(wins: list[int]) -> Fraction:
    """Effective number of winners (inverse Herfindahl) by their number: one if all win alike."""
    total = sum(wins)
    squares = sum(count * count for count in wins)
    return Fraction(total * total, squares * len(wins))


@dataclass(slots=True)
class Meetings:
    wins: dict[str, int] = field(default_factory=dict)
    # Date of the award and supplier: the order shows whether somebody won twice running.
    order: list[tuple[str, str]] = field(default_factory=list)


class Rotation:
    """One buyer, exactly the same tenderers: at least so many tenders, even shares of the wins."""

    code, party_value = "M005", 1

    def __init__(self, rules: Thresholds) -> None:
        self._rules = rules
        self._groups: dict[Group, Meetings] = {}

    def fold(self, process: Process) -> None:
        supplier = process.only_supplier
        who = frozenset(bid.single for bid in process.submitted if bid.single)
        if not process.buyer or supplier not in who or len(who) < self._rules.rotation_suppliers:
            return
        found = self._groups.setdefault((process.buyer, who), Meetings())
        found.wins[supplier] = found.wins.get(supplier, 0) + 1
        found.order.append((process.active[0].date, supplier))

    def finish(self) -> Iterator[Flag]:
        for (buyer, who), found in self._often():
            wins = [found.wins.get(name, 0) for name in sorted(who)]
            value = evenness(wins)
            if value < self._rules.rotation_evenness:
                continue
            names = [name for _, name in sorted(found.order)]
            again = sum(one == other for one, other in itertools.pairwise(names))
            told = (
                ("tenders with exactly these tenderers", str(len(names))),
                ("wins", ", ".join(f"{n}: {found.wins.get(n, 0)}" for n in sorted(who))),
                ("won twice running", str(again)),
                ("evenness", share(value)),
            )
            parties = tuple(sorted(who))
            yield Flag(self.code, BUYER, buyer, value, told, parties, ",".join(parties))

    def _often(self) -> list[tuple[Group, Meetings]]:
        least = self._rules.rotation_tenders
        rows = [row for row in self._groups.items() if len(row[1].order) >= least]
        return sorted(rows, key=lambda row: (row[0][0], sorted(row[0][1])))

    def examined(self) -> int:
        return len(self._often())

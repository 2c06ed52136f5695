"""R048: a supplier of everything."""

from collections.abc import Iterator
from fractions import Fraction

from procurement.rules.indicators.facts import TENDERER, Flag
from procurement.rules.indicators.fences import fences
from procurement.rules.indicators.margin import share
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds


class ManyClasses:
    """A supplier whose awarded items fall into more classes of goods than others' do."""

    code, party_value = "R048", 0

    def __init__(self, thresholds: Thresholds) -> None:
        self._rules = thresholds
        self._processes: dict[str, int] = {}
        self._classes: dict[str, set[str]] = {}

    def fold(self, process: Process) -> None:
        seen: set[str] = set()
        for award in process.active:
            # Of several suppliers nobody knows who supplies what.
            if len(award.suppliers) == 1 and award.suppliers[0] and award.classes:
                name = award.suppliers[0]
                seen.add(name)
                codes = {code[: self._rules.class_digits] for code in award.classes}
                self._classes.setdefault(name, set()).update(codes)
        for name in seen:
            self._processes[name] = self._processes.get(name, 0) + 1

    def _enough(self) -> dict[str, Fraction]:
        least = self._rules.minimum_processes
        return {
            name: Fraction(len(codes))
            for name, codes in sorted(self._classes.items())
            if self._processes[name] >= least
        }

    def finish(self) -> Iterator[Flag]:
        rows = self._enough()
        limit = self._rules.classes
        if limit is None:
            found = fences(rows.values(), self._rules.minimum_sample)
            if found is None:
                return
            limit = found.upper
        for name, count in rows.items():
            if count >= limit:
                told = (
                    ("classes", ", ".join(sorted(self._classes[name]))),
                    ("processes", str(self._processes[name])),
                    ("limit", share(limit)),
                )
                yield Flag(self.code, TENDERER, name, count, told)

    def examined(self) -> int:
        return len(self._enough())

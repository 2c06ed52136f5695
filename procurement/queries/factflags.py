"""Flags that no release tells of: shared details, late amendments, marks far from the others'."""

from collections.abc import Iterator
from fractions import Fraction

from procurement.models import Lot, Mark, Tender
from procurement.queries import links
from procurement.rules.indicators import scores, sharing
from procurement.rules.indicators.amending import Amended, late
from procurement.rules.indicators.facts import Flag
from procurement.rules.indicators.thresholds import Thresholds


def of_tenders(tenders: list[Tender], rules: Thresholds) -> Iterator[Flag]:
    for tender in tenders:
        flag = late(tender.reference, _amended(tender), rules)
        if flag:
            yield flag
        yield from sharing.shared(tender.reference, links.found(tender))
        for lot in tender.lots.all():
            yield from _scores(tender, lot, rules)


def _amended(tender: Tender) -> list[Amended]:
    rows = tender.amendments.filter(confirmed_at__isnull=False)
    return [Amended(row.confirmed_at, row.deadline) for row in rows if row.confirmed_at]


def _scores(tender: Tender, lot: Lot, rules: Thresholds) -> Iterator[Flag]:
    marks = Mark.objects.filter(sheet__lot=lot, sheet__signed_at__isnull=False)
    given: dict[str, dict[str, Fraction]] = {}
    for mark in marks.select_related("bid__tenderer", "criterion", "sheet__evaluator"):
        subject = f"{mark.bid.tenderer.public_id}, {mark.criterion.title}"
        found = given.setdefault(subject, {})
        found[mark.sheet.evaluator.public_id] = Fraction(mark.mark)
    for subject, row in sorted(given.items()):
        yield from scores.outliers(tender.reference, f"lot {lot.number}, {subject}", row, rules)

"""M009: one evaluator's marks lie far from the others'.

Distance from the median in median absolute deviations: C. Leys and others, "Detecting outliers: do
not use standard deviation around the mean, use absolute deviation around the median", Journal of
Experimental Social Psychology 49 (2013) 764-766. The factor 1.4826 makes it a standard deviation
where marks are normal. Below three evaluators nobody is an outlier.
"""

from collections.abc import Mapping
from fractions import Fraction

from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.indicators.fences import quantile
from procurement.rules.indicators.margin import share
from procurement.rules.indicators.thresholds import Thresholds

NORMAL = Fraction(14826, 10000)
HALF = Fraction(1, 2)


def outliers(
    ocid: str, subject: str, marks: Mapping[str, Fraction], rules: Thresholds
) -> list[Flag]:
    """Flags for the marks of one bid on one criterion, by evaluator; `subject` says which."""
    if len(marks) < 3:
        return []
    middle = quantile(sorted(marks.values()), HALF)
    spread = NORMAL * quantile(sorted(abs(v - middle) for v in marks.values()), HALF)
    if not spread:
        return []
    return [
        Flag(
            "M009",
            OCID,
            ocid,
            abs(mark - middle) / spread,
            _told(subject, who, mark, middle),
            part=f"{subject} {who}",
        )
        for who, mark in sorted(marks.items())
        if abs(mark - middle) / spread > rules.score_distance
    ]


def _told(subject: str, who: str, mark: Fraction, middle: Fraction) -> tuple[tuple[str, str], ...]:
    return (
        ("bid and criterion", subject),
        ("evaluator", who),
        ("mark", share(mark)),
        ("median of all marks", share(middle)),
    )

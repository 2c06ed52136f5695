"""Runs indicators over a stream of compiled releases.

Two passes in one reading: first every process is folded into small facts (counts, a ratio a
process), then, when the distributions are known, the facts are judged. The releases themselves
are not kept, so that memory grows with tenderers and ratios and not with the size of the file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from procurement.rules.indicators import r003, r018, r025, r028, r030, r035, r036, r038, r048
from procurement.rules.indicators.facts import Flag, Indicator, Rate, Report
from procurement.rules.indicators.margin import ClosePrice, HeavyDiscount, Margins
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.rotation import Rotation
from procurement.rules.indicators.screens import Screens
from procurement.rules.indicators.slowness import SlowAward
from procurement.rules.indicators.splitting import Splitting
from procurement.rules.indicators.thresholds import Thresholds


def standard(rules: Thresholds) -> tuple[Margins, list[Indicator]]:
    """The eleven of the standard method, in the order of their codes."""
    margins = Margins(rules)
    return margins, [
        r003.ShortPeriod(rules),
        r018.SingleTenderer(rules),
        ClosePrice(rules, margins),
        r025.FewWins(rules),
        r028.SamePrice(rules),
        r030.LateWinner(rules),
        r035.AllOthersDisqualified(rules),
        r036.LowestDisqualified(rules),
        r038.ManyDisqualified(rules),
        r048.ManyClasses(rules),
        HeavyDiscount(rules, margins),
    ]


def own(rules: Thresholds) -> list[Indicator]:
    """Those of our own that a release alone is enough for."""
    return [*Screens.all(rules), Rotation(rules), Splitting(rules), SlowAward(rules)]


def examine(
    releases: Iterable[Mapping[str, Any]], rules: Thresholds, *, only: Iterable[str] = ()
) -> Report:
    """All indicators, or those named in `only`, on releases that need not fit into memory."""
    margins, indicators = standard(rules)
    wanted = set(only)
    chosen = [i for i in [*indicators, *own(rules)] if not wanted or i.code in wanted]
    count = 0
    for release in releases:
        process = Process(release)
        if not process.is_usable or process.details in rules.excluded:
            continue
        count += 1
        margins.fold(process)
        for indicator in chosen:
            indicator.fold(process)
    flags = [(indicator, list(indicator.finish())) for indicator in chosen]
    return Report(
        flags=tuple(flag for _, rows in flags for flag in sorted(rows, key=_order)),
        rates={i.code: Rate(len(rows), i.examined()) for i, rows in flags},
        processes=count,
        party_values={i.code: i.party_value for i in chosen},
    )


def _order(flag: Flag) -> tuple[str, str]:
    return flag.group, flag.subject

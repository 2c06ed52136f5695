"""The result of imagined bids, in the words of the page."""

from dataclasses import dataclass
from typing import Any

from marketplace.web.forms.calculator import NAMES
from marketplace.web.presenters.result import steps
from procurement.models import Lot
from procurement.rules.result import BidResult, Result
from procurement.rules.trial import ASSUMED
from procurement.rules.writing import as_json


@dataclass(frozen=True)
class TriedBid:
    """One imagined bid: where it would stand, why, and how that was reckoned."""

    name: str
    line: dict[str, Any]
    steps: list[tuple[str, str, str]]
    failed: list[str]
    assumed: list[str]
    behind: str


def bids(result: Result, lot: Lot) -> list[TriedBid]:
    """The imagined bids in the order of the ranking."""
    titles = {str(c.number): c.title for c in lot.criteria.all()}
    return [_bid(found, titles) for found in result.bids]


def _bid(found: BidResult, titles: dict[str, str]) -> TriedBid:
    line = _plain(found)
    return TriedBid(
        name=str(NAMES[found.bid]),
        line=line,
        steps=steps(line),
        failed=[gate.reason for gate in found.gates if not gate.passed],
        assumed=[titles[g.name] for g in found.gates if g.reason == ASSUMED and g.name in titles],
        behind=_words(found.behind.words) if found.behind else "",
    )


def _plain(found: BidResult) -> dict[str, Any]:
    plain: dict[str, Any] = as_json(found)
    return plain


def _words(text: str) -> str:
    """The page's words for a bid in place of the name that the rules were given."""
    for name, shown in NAMES.items():
        text = text.replace(f"bid {name}", str(shown).lower())
    return text

"""Whether a row says what its two leaves hold. Pure: standard library only.

The bid's leaf (BidSubmitted, BidReplaced) binds tenderer, revision and the instant of arrival;
the opening's (BidsOpened) binds the bid, its place in the ledger, prices and quantities. What
the goods are, in which unit and currency, is bound by the terms, which the leaf of the publication
or of the last amendment holds whole. Of a tender read from a file of past tenders one leaf
(TenderImported) is both: it binds bids and prices.
"""

from dataclasses import dataclass
from typing import Any

from marketplace.ledger.verify import History
from procurement.bidhistory.reading import Row

Body = dict[str, Any]
# Bid, lot, item; a bid without goods has neither.
Place = tuple[str, str, str]
IMPORTED = "TenderImported"


def place(row: Row) -> Place:
    return row["bid"], row["lot"], row["item"]


@dataclass(frozen=True)
class Evidence:
    """A genuine history of a tender: its entries by sequence, and the bids as they were told."""

    entries: dict[int, Body]
    bids: dict[str, Body]
    # As published, or as last amended; of a tender read from a file there are none.
    terms: Body | None = None

    @classmethod
    def of(cls, history: History) -> "Evidence":
        shown = {entry["sequence"]: entry for entry in history.shown()}
        told = [e["body"]["bids"] for e in shown.values() if e["event"] in ("BidsOpened", IMPORTED)]
        published = [shown[n]["body"]["terms"] for n in sorted(shown) if _publishes(shown[n])]
        bids = {bid["bid"]: bid for rows in told for bid in rows}
        return cls(shown, bids, published[-1] if published else None)

    def places(self) -> set[Place]:
        """Every line that was read out at the opening, or read from the file of past tenders."""
        return {spot for bid in self.bids.values() for spot in _places(bid)}


def _publishes(entry: Body) -> bool:
    return entry["event"] in ("TenderPublished", "TenderAmended")


def _places(bid: Body) -> list[Place]:
    if "lines" in bid:
        lines = bid["lines"] or [{"lot": "", "item": ""}]
        return [(bid["bid"], str(one["lot"]), str(one["item"])) for one in lines]
    # A tender read from a file has one lot with one item.
    return [(bid["bid"], "1", "1") if bid["unit_price"] is not None else (bid["bid"], "", "")]


def fault(row: Row, evidence: Evidence) -> str:
    """What is wrong with the row, or nothing."""
    own = evidence.entries.get(int(row["leaf_sequence"]))
    opening = evidence.entries.get(int(row["opening_sequence"]))
    if own is None or opening is None:
        return "the history has no such leaf, or does not show it"
    if (own["leaf"], opening["leaf"]) != (row["leaf_hash"], row["opening_leaf_hash"]):
        return "the leaf at that place has another hash"
    if own["event"] != row["leaf_event"]:
        return f"its leaf records {own['event']}, not {row['leaf_event']}"
    bid = evidence.bids.get(row["bid"])
    if bid is None:
        return f"bid {row['bid']} was not read out"
    if own["event"] == IMPORTED:
        return _imported(row, bid, opening is own)
    return (
        _submission(row, own["body"]) or _opening(row, opening, bid) or _terms(row, evidence.terms)
    )


def _terms(row: Row, terms: Body | None) -> str:
    """Title, buyer and currency; of a line of goods what it is and its unit."""
    if terms is None:
        return "the history has no publication of the tender"
    names = ("title", "buyer", "currency")
    found = _differs(names, tuple(row[n] for n in names), tuple(terms[n] for n in names))
    if found or not row["lot"]:
        return found
    items = {
        (str(lot["lot"]), str(item["item"])): item for lot in terms["lots"] for item in lot["items"]
    }
    item = items.get((row["lot"], row["item"]))
    if item is None:
        return "the terms have no such item"
    names = ("commodity", "description", "unit")
    return _differs(names, tuple(row[n] for n in names), tuple(item[n] or "" for n in names))


def _imported(row: Row, bid: Body, same: bool) -> str:
    if not same:
        return "an imported bid has one leaf"
    if "lines" in bid:
        return _goods(row, bid)
    return _differs(("unit_price",), (row["unit_price"],), (bid["unit_price"] or "",))


def _submission(row: Row, body: Body) -> str:
    if row["leaf_event"] not in ("BidSubmitted", "BidReplaced"):
        return f"{row['leaf_event']} is not the leaf of a bid"
    arrived = body["received_at"].replace("+00:00", "Z")
    return _differs(
        ("tenderer", "revision", "submitted_at"),
        (row["tenderer"], row["revision"], row["submitted_at"]),
        (body["tenderer"], str(body["revision"]), arrived),
    )


def _differs(names: tuple[str, ...], said: tuple[Any, ...], held: tuple[Any, ...]) -> str:
    for name, one, other in zip(names, said, held, strict=True):
        if one != other:
            return f"{name} is {one}; the leaf holds {other}"
    return ""


def _opening(row: Row, entry: Body, bid: Body) -> str:
    if entry["event"] != "BidsOpened":
        return f"{entry['event']} is not the leaf of an opening"
    names = ("tenderer", "leaf_sequence", "failure")
    held = (bid["tenderer"], str(bid["sequence"]), bid["failure"] or "")
    return _differs(names, tuple(row[name] for name in names), held) or _goods(row, bid)


def _goods(row: Row, bid: Body) -> str:
    lines = {(str(one["lot"]), str(one["item"])): one for one in bid["lines"]}
    line = lines.get((row["lot"], row["item"]))
    if line is None:
        return "" if not lines and not row["lot"] else "that line was not read out"
    names = ("unit_price", "quantity")
    return _differs(names, tuple(row[n] for n in names), tuple(line[n] for n in names))

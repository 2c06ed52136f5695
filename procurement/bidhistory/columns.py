"""The columns of a bid history, in their order; docs/reference/bid-history.md is made of this.

Pure: standard library only, because whoever checks a file needs it too. A change of names, order
or meaning makes a new `VERSION`.
"""

from dataclasses import dataclass

VERSION = "musika-bid-history/1"

# What a value is. In CSV, JSON lines and XLSX all but `count` and `flag` are text, so that nothing
# is rounded; Parquet has a type for each.
TEXT, NAME, COUNT, DECIMAL, INSTANT, FLAG, HASH = (
    "text",  # written by people: guarded against formulas
    "name",  # made by the service: letters, digits, - and _
    "count",
    "decimal",  # plain decimal text, no exponent: 310.5
    "instant",  # UTC: 2026-03-22T08:02:00.000000Z
    "flag",  # true or false
    "hash",  # 64 hexadecimal digits
)


@dataclass(frozen=True)
class Column:
    """`tied` tells which leaf binds the value: bid, opening, the one with the terms, or none."""

    name: str
    kind: str
    meaning: str
    source: str
    tied: str = ""
    unit: str = ""


OPENING = "the opening"
DECISION = "the decision; then until it is cancelled"
COLUMNS = (
    # the bid
    Column("tender", TEXT, "reference of the tender", "Tender.reference", "both"),
    Column("historical", FLAG, "read from a file of past tenders", "Tender.historical_batch"),
    Column("title", TEXT, "title of the tender", "Tender.title", "terms"),
    Column("buyer", NAME, "the buyer's identifier", "Organization.public_id", "terms"),
    Column("buyer_name", TEXT, "the buyer's name today", "Organization.name"),
    Column(
        "currency",
        TEXT,
        "currency of every price in the row (ISO 4217)",
        "Tender.currency",
        "terms",
    ),
    Column("bid", NAME, "identifier of the opened bid", "Bid.public_id", "opening"),
    Column("tenderer", NAME, "the tenderer's identifier", "Organization.public_id", "both"),
    Column("tenderer_name", TEXT, "the tenderer's name today", "Organization.name"),
    Column("tenderer_kind", NAME, "farmer, cooperative or company", "Organization.kind"),
    Column("submitted_at", INSTANT, "arrival of its last byte", "Bid.submitted_at", "bid", "UTC"),
    Column("opened_at", INSTANT, "when the bid was opened", "Bid.opened_at", "", "UTC"),
    Column("revision", COUNT, "1 for the first bid, more if replaced", "SealedBid.revision", "bid"),
    Column("failure", TEXT, "why the bid could not be read", "Bid.failure", "opening"),
    # the line of goods; empty for a bid that could not be read
    Column("lot", COUNT, "number of the lot", "Lot.number", "opening"),
    Column("item", COUNT, "number of the item in the lot", "Item.number", "opening"),
    Column("commodity", TEXT, "code of the commodity", "Commodity.code", "terms"),
    Column("description", TEXT, "the item in words", "Item.description", "terms"),
    Column("unit", TEXT, "unit of the quantity", "Item.unit", "terms"),
    Column("quantity", DECIMAL, "quantity offered", "BidLine.quantity", "opening", "`unit`"),
    Column(
        *("unit_price", DECIMAL, "price of one unit", "BidLine.unit_price"),
        *("opening", "`currency` for one `unit`"),
    ),
    Column(
        *("stated_total", DECIMAL, "total as the bidder stated it", "BidLine.stated_total"),
        *("", "`currency`"),
    ),
    Column("awarded", FLAG, "an award of the lot to this bid stands", "Award"),
    # the leaves
    Column("leaf_event", NAME, "what the bid's leaf records", "Entry.event", "bid"),
    Column("leaf_sequence", COUNT, "place of the bid's leaf", "Entry.sequence", "bid"),
    Column("opening_sequence", COUNT, "place of the opening's leaf", "Entry.sequence", "opening"),
    Column("leaf_hash", HASH, "hash of the bid's leaf", "Entry.leaf_hash", "bid"),
    Column("opening_leaf_hash", HASH, "hash of the opening's leaf", "Entry.leaf_hash", "opening"),
)
NAMES = tuple(column.name for column in COLUMNS)
KINDS = {column.name: column.kind for column in COLUMNS}
# Values that may be missing: nothing stands there, which is not the same as empty text.
EMPTY = {"submitted_at", "revision", "lot", "item", "quantity", "unit_price", "stated_total"}


def public_when(column: Column) -> str:
    """The instant from which everybody may read the column."""
    return DECISION if column.name == "awarded" else OPENING


def markdown() -> str:
    """The table of columns for the reference page."""
    head = ("column", "meaning", "unit", "type", "source", "tied by", "public from")
    rows = [head, ("---",) * len(head)]
    for c in COLUMNS:
        tie = {"both": "both leaves", "bid": "bid's leaf", "opening": "opening's leaf"}
        tie["terms"] = "leaf of the terms"
        cells = (f"`{c.name}`", c.meaning, c.unit, c.kind, f"`{c.source}`", tie.get(c.tied, "—"))
        rows.append((*cells, public_when(c)))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"

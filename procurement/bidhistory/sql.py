"""The one query of a bid history: each row comes out of the database as a finished CSV line.

Rows as model instances took twelve times as long. What belongs to a bid or to an item is written
once for each (`page`, `goods`) and only joined for its rows. SQLite and PostgreSQL differ in the
four functions of `DIALECTS`. Every value that may be missing is coalesced, so that the line is
NULL in one case alone: when a leaf is missing.

A bid has rows only if its tender is opened *and* the ledger has the leaf of that opening under
the checkpoint: two fences, neither of which is a flag of the export. Superseded and withdrawn
bids were never opened and have no row.
"""

from collections.abc import Callable
from dataclasses import dataclass

from procurement.bidhistory.formulas import FORMULA
from procurement.bidhistory.slices import Slice

# What an opening records, and what an imported tender has in place of it.
OPENINGS = ("BidsOpened", "TenderImported")


@dataclass(frozen=True)
class Dialect:
    guarded: Callable[[str], str]
    instant: Callable[[str], str]
    flag: Callable[[str], str]
    # One line out of its parts; NULL if the last part is, which no other part ever is.
    line: Callable[..., str]


def _postgresql_guarded(text: str) -> str:
    """`formulas.guard` in SQL; the first test passes most texts by."""
    place = r"(^|[;|\t\r\n])([ \"\u00a0]*)".replace('\\"', '"')
    # Single quotes double in a literal of SQL.
    risky = f"{place}(?=[{FORMULA}])".replace("'", "''")
    safe = rf"regexp_replace({text}, '{risky}', '\1\2''', 'g')"
    control = rf"CASE WHEN {text} ~ '^[\t\r\n]' THEN '''' ELSE '' END"
    return (
        rf"CASE WHEN {text} ~ '^[0-9A-Za-z][^;|\t\r\n]*$' THEN {text} ELSE {control} || {safe} END"
    )


def _sqlite_guarded(text: str) -> str:
    plain = f"{text} GLOB '[0-9A-Za-z]*' AND NOT {text} GLOB '*[;|\t\r\n]*'"
    return f"CASE WHEN {plain} THEN {text} ELSE musika_guard({text}) END"


def _postgresql_instant(moment: str) -> str:
    return f"""to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _sqlite_instant(moment: str) -> str:
    return f"replace(substr({moment} || '.000000', 1, 26), ' ', 'T') || 'Z'"


DIALECTS = {
    "postgresql": Dialect(
        guarded=_postgresql_guarded,
        instant=_postgresql_instant,
        flag=lambda test: f"CASE WHEN {test} THEN 'true' ELSE 'false' END",
        # In one go: a chain of || copies the line anew for each part.
        line=lambda *parts: (
            f"CASE WHEN {parts[-1]} IS NOT NULL THEN concat_ws(',', {', '.join(parts)}) END"
        ),
    ),
    "sqlite": Dialect(
        guarded=_sqlite_guarded,
        instant=_sqlite_instant,
        flag=lambda test: f"CASE WHEN {test} THEN 'true' ELSE 'false' END",
        # As bytes: they are written as they are.
        line=lambda *parts: f"CAST({_cells(*parts)} || char(10) AS BLOB)",
    ),
}


def quoted(text: str) -> str:
    """A text in double quotes, so that an empty one differs from a missing one."""
    return f"""'"' || replace({text}, '"', '""') || '"'"""


def _or_nothing(expression: str) -> str:
    return f"coalesce(CAST({expression} AS text), '')"


def _cells(*cells: str) -> str:
    return " || ',' || ".join(cells)


FROM_BID = """
    FROM procurement_bid bid
    JOIN procurement_tender tender ON tender.id = bid.tender_id
    JOIN accounts_organization buyer ON buyer.id = tender.buyer_id
    JOIN accounts_organization tenderer ON tenderer.id = bid.tenderer_id"""
LEAVES = f"""
    LEFT JOIN procurement_sealedbid sealed ON sealed.id = bid.sealed_bid_id
    LEFT JOIN ledger_entry own ON own.sequence = sealed.sequence
    LEFT JOIN ledger_entry opening ON opening.subject = tender.reference
      AND opening.visibility = 'public' AND opening.event IN {OPENINGS}"""


def _bid(dialect: Dialect, guard: bool) -> str:
    """The cells of a bid, in the order of the columns."""
    text = (lambda x: quoted(f"({dialect.guarded(x)})")) if guard else quoted
    return _cells(
        text("tender.reference"),
        dialect.flag("tender.historical_batch_id IS NOT NULL"),
        text("tender.title"),
        "buyer.public_id",
        text("buyer.name"),
        text("tender.currency"),
        "bid.public_id",
        "tenderer.public_id",
        text("tenderer.name"),
        "tenderer.kind",
        _or_nothing(dialect.instant("bid.submitted_at")),
        dialect.instant("bid.opened_at"),
        _or_nothing("sealed.revision"),
        text("bid.failure"),
    )


def _goods(dialect: Dialect, guard: bool) -> str:
    text = (lambda x: quoted(f"({dialect.guarded(x)})")) if guard else quoted
    return _cells(
        "CAST(lot.number AS text)",
        "CAST(item.number AS text)",
        text("coalesce(commodity.code, '')"),
        text("item.description"),
        text("item.unit"),
    )


def _leaves() -> str:
    """NULL when a leaf is missing: then the whole line is."""

    def own(column: str) -> str:
        imported = f"CASE WHEN bid.sealed_bid_id IS NULL THEN opening.{column} END"
        return f"CAST(coalesce(own.{column}, {imported}) AS text)"

    return _cells(
        own("event"),
        own("sequence"),
        "CAST(opening.sequence AS text)",
        own("leaf_hash"),
        "opening.leaf_hash",
    )


NO_GOODS = '\',,"","",""\''
# What an award that stands names; one a lot, by a constraint.
AWARD = """
    LEFT JOIN procurement_award award ON award.lot_id = goods.lot_id AND award.bid_id = page.id
      AND award.decided_at IS NOT NULL AND award.cancelled_at IS NULL"""


def lines(vendor: str, chosen: Slice, *, guard: bool) -> str:
    """The query of one page of bids: `:after` < id <= `:until`, leaves under `:size`."""
    dialect = DIALECTS[vendor]
    goods = f"coalesce(goods.head, {NO_GOODS})"
    amounts = ("quantity", "unit_price", "stated_total")
    line = dialect.line(
        "page.head",
        goods,
        *(_or_nothing(f"line.{name}") for name in amounts),
        dialect.flag("award.id IS NOT NULL"),
        "page.tail",
    )
    join, only = ("JOIN", " AND commodity.code = :commodity")
    if not chosen.commodity:
        join, only = "LEFT JOIN", ""
    return f"""
WITH page AS MATERIALIZED (
    SELECT bid.id AS id, bid.tender_id AS tender_id,
      {_bid(dialect, guard)} AS head, {_leaves()} AS tail
    {FROM_BID}{LEAVES}
    WHERE {where(chosen)} AND bid.id > :after AND bid.id <= :until
      AND (opening.sequence IS NULL OR opening.sequence < :size)
), goods AS MATERIALIZED (
    SELECT item.id AS id, item.lot_id AS lot_id, {_goods(dialect, guard)} AS head
    FROM procurement_lot lot
    JOIN procurement_item item ON item.lot_id = lot.id
    LEFT JOIN produce_commodity commodity ON commodity.id = item.commodity_id
    WHERE lot.tender_id IN (SELECT tender_id FROM page){only}
)
SELECT {line}
FROM page
{join} procurement_bidline line ON line.bid_id = page.id
{join} goods ON goods.id = line.item_id{AWARD}
ORDER BY page.id, line.item_id"""


def where(chosen: Slice) -> str:
    """The conditions on bids; that on goods is in the join."""
    told = ["tender.opened_at IS NOT NULL"]
    if chosen.tender:
        told.append("tender.reference = :tender")
    if chosen.buyer:
        told.append("buyer.public_id = :buyer")
    if chosen.tenderer:
        told.append("tenderer.public_id = :tenderer")
    if chosen.opened_from:
        told.append("bid.opened_at >= :opened_from")
    if chosen.opened_before:
        told.append("bid.opened_at < :opened_before")
    return " AND ".join(told)


def bounds(chosen: Slice) -> str:
    """The last bid of the page after `:after`, or NULL after the last one."""
    return f"""SELECT max(id) FROM (SELECT bid.id AS id {FROM_BID}
    WHERE {where(chosen)} AND bid.id > :after ORDER BY bid.id LIMIT :most) found"""


def count(chosen: Slice) -> str:
    """How many rows there are, at most `:most`."""
    goods = ""
    if chosen.commodity:
        goods = """JOIN procurement_item item ON item.id = line.item_id
    JOIN produce_commodity commodity ON commodity.id = item.commodity_id
      AND commodity.code = :commodity"""
    join = "JOIN" if chosen.commodity else "LEFT JOIN"
    return f"""SELECT count(*) FROM (SELECT 1 AS one {FROM_BID}
    {join} procurement_bidline line ON line.bid_id = bid.id {goods}
    WHERE {where(chosen)} LIMIT :most) found"""


def without_leaf(chosen: Slice) -> str:
    """The bids whose leaf is missing, for the refusal that names one."""
    return f"""SELECT bid.public_id {FROM_BID}{LEAVES}
    WHERE {where(chosen)} AND (opening.sequence IS NULL
      OR (own.sequence IS NULL AND bid.sealed_bid_id IS NOT NULL)) ORDER BY bid.id LIMIT 1"""

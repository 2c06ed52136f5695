"""Which figures there are: title, columns, and the query that their rows come from.

The query gives the rows; the columns say how they are grouped. It runs on SQLite and PostgreSQL.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from procurement.figures import compute
from procurement.figures.compute import Table
from procurement.figures.rows import Asked

STANDING: Final = "a.decided_at IS NOT NULL AND a.cancelled_at IS NULL"
AWARDS: Final = (
    "SELECT a.lot_id, b.name AS buyer, s.kind, s.public_id AS supplier, t.reserved_for, a.currency,"
    " a.decided_at, a.price, l.estimated_value, t.opened_at FROM procurement_award a"
    " JOIN procurement_lot l ON l.id = a.lot_id JOIN procurement_tender t ON t.id = l.tender_id"
    " JOIN accounts_organization b ON b.id = t.buyer_id"
    " JOIN accounts_organization s ON s.id = a.supplier_id"
    f" WHERE {STANDING} AND t.historical_batch_id IS NULL"
)
MARKET: Final = (
    "SELECT c.code, m.province, m.day, m.unit, m.currency, m.price FROM procurement_marketprice m"
    " JOIN produce_commodity c ON c.id = m.commodity_id"
)


@dataclass(frozen=True)
class Figure:
    """One table: what it tells, how its rows are grouped, and where they come from."""

    title: str
    how: str
    columns: tuple[str, ...]
    sql: str
    compute: Callable[[Asked], Table]


FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        "prices": Figure(
            "Prices by commodity, grade, province and month, with the market price",
            "Lower quarter, median and upper quarter of the unit prices of awarded lines. Market:"
            " median of the same month of the year, in the latest year that was read, of the"
            " province or else the country.",
            (
                "commodity", "name", "grade", "province", "month", "unit", "currency", "lines",
                "low", "median", "high", "market", "market_month", "market_place",
            ),
            "SELECT c.code, g.name AS grade, i.province, i.unit, a.currency, a.decided_at,"
            " x.unit_price FROM procurement_awardline x"
            " JOIN procurement_award a ON a.id = x.award_id"
            " JOIN procurement_item i ON i.id = x.item_id"
            " JOIN produce_commodity c ON c.id = i.commodity_id"
            " LEFT JOIN produce_qualityspecification q ON q.id = i.specification_id"
            f" LEFT JOIN produce_grade g ON g.id = q.grade_id WHERE {STANDING}",
            compute.prices,
        ),
        "market_prices": Figure(
            "Market prices by commodity, province and month",
            "Median of the prices that were read; an empty province is the whole country.",
            ("commodity", "currency", "province", "month", "unit", "prices", "median"),
            MARKET,
            compute.market_prices,
        ),
        "competition": Figure(
            "Bids for a lot, by month of the opening",
            "How many opened lots had how many bids.",
            ("month", "bids", "lots"),
            "SELECT l.id, t.opened_at, COUNT(DISTINCT x.bid_id) FROM procurement_lot l"
            " JOIN procurement_tender t ON t.id = l.tender_id"
            " LEFT JOIN procurement_item i ON i.lot_id = l.id"
            " LEFT JOIN procurement_bidline x ON x.item_id = i.id"
            " WHERE t.opened_at IS NOT NULL AND t.historical_batch_id IS NULL"
            " GROUP BY l.id, t.opened_at",
            compute.competition,
        ),
        "savings": Figure(
            "Awarded against estimated, by month of the decision",
            "Of lots with an estimate; each estimate counts once, however many awards the lot has.",
            ("month", "currency", "lots", "estimated", "awarded", "saved_percent"),
            AWARDS,
            compute.savings,
        ),
        "concentration": Figure(
            "How much of a buyer's spending goes to few suppliers",
            "Herfindahl-Hirschman index: the sum of the squared shares of the suppliers, times"
            " 10,000, rounded to a whole number. 10,000 is one supplier for all.",
            ("buyer", "currency", "awards", "suppliers", "amount", "largest_percent", "hhi"),
            AWARDS,
            compute.concentration,
        ),
        "groups": Figure(
            "Shares of smallholders, women and youth against targets",
            "By amount. Smallholders: farmers and co-operatives. Women and youth: awards of"
            " tenders reserved for them, because owners are not recorded.",
            ("group", "currency", "awards", "amount", "share_percent", "target_percent"),
            AWARDS,
            compute.groups,
        ),
        "success": Figure(
            "Which bids win, by kind of organisation",
            "A bid counts once for each decided lot that it is for.",
            ("kind", "bids", "won", "won_percent"),
            "SELECT DISTINCT b.id, i.lot_id, o.kind FROM procurement_bid b"
            " JOIN procurement_bidline x ON x.bid_id = b.id"
            " JOIN procurement_item i ON i.id = x.item_id"
            " JOIN procurement_award a ON a.lot_id = i.lot_id"
            " JOIN procurement_tender t ON t.id = b.tender_id"
            f" JOIN accounts_organization o ON o.id = b.tenderer_id WHERE {STANDING}"
            " AND t.historical_batch_id IS NULL",
            compute.success,
        ),
        "time_to_award": Figure(
            "Days from opening to award, by month of the opening",
            "Whole days: lower quarter, median, upper quarter.",
            ("month", "awards", "low", "median", "high"),
            AWARDS,
            compute.time_to_award,
        ),
    }
)  # fmt: skip

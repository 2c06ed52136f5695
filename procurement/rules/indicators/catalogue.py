"""What each indicator asks, how it may come about in all innocence, and where it is from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

STANDARD: Final = "Open Contracting Partnership, “Red Flags in Public Procurement” (2024)"


@dataclass(frozen=True)
class About:
    code: str
    title: str
    # What it asks, to be said of one flag.
    question: str
    innocent: str
    source: str = STANDARD


_ROWS: Final = (
    About(
        "R003",
        "Short time to bid",
        "Had others than one enough time to prepare a bid?",
        "A perishable harvest, an emergency, or a request that repeats last month's.",
    ),
    About(
        "R018",
        "One tenderer",
        "Why did nobody else bid?",
        "A remote depot, a small lot, a season in which few have stock.",
    ),
    About(
        "R024",
        "Price close to the winner's",
        "Did the second know the first one's price?",
        "Goods with a posted price: all bid close to what the board pays or the market asks.",
    ),
    About(
        "R025",
        "Bids often, hardly ever wins",
        "Does it bid to win?",
        "A far-away or dear supplier that keeps trying; a newcomer that learns.",
    ),
    About(
        "R028",
        "The same price from different tenderers",
        "Did they agree on it?",
        "A floor or posted price, round numbers, members of one union who share a price list.",
    ),
    About(
        "R030",
        "A late bid won",
        "Why was a late bid accepted?",
        "A clock or a date that was published wrongly; an extension that was not published.",
    ),
    About(
        "R035",
        "All but the supplier were disqualified",
        "Were the reasons the same for all?",
        "A demanding safety limit, such as aflatoxin, that one supplier could prove.",
    ),
    About(
        "R036",
        "The lowest bid was disqualified",
        "Was the reason real, and would it have been for the supplier too?",
        "The cheapest grain is often the wettest: it missed a published limit.",
    ),
    About(
        "R038",
        "Far more disqualifications than elsewhere",
        "Does it disqualify, or fail, on purpose?",
        "A buyer with stricter needs; a new tenderer that forgets papers.",
    ),
    About(
        "R048",
        "Supplies unusually many kinds of goods",
        "Is it a firm, or a front for others?",
        "A general trader or a large co-operative sells everything that its members grow.",
    ),
    About(
        "R058",
        "Far below the second price",
        "Can it be delivered at this price, or will changes follow?",
        "Near the depot, own transport, a surplus that must be sold.",
    ),
    About(
        "M001",
        "Bids hardly differ",
        "Do the bids follow one calculation?",
        "Costs that all share: one fuel price, one mill, one posted price for grain.",
        "Abrantes-Metz, Froeb, Geweke, Taylor, Int. J. Industrial Organization 24 (2006) 467",
    ),
    About(
        "M002",
        "A gap before a cluster of losing bids",
        "Were the losing bids made to lose?",
        "One efficient supplier among equals.",
        "Imhof, J. Competition Law & Economics 15 (2019) 427",
    ),
    About(
        "M003",
        "Bids bunch around one value",
        "Do the bids follow one calculation?",
        "A well-known market price, and one bidder who is far from it.",
        "Imhof, J. Competition Law & Economics 15 (2019) 427",
    ),
    About(
        "M004",
        "Nobody is ever close to the winner",
        "Does somebody see to it that the gap is safe?",
        "Prices in coarse steps; few bids that tell anything.",
        "Chassang, Kawai, Nakabayashi, Ortner, Econometrica 90 (2022) 315",
    ),
    About(
        "M005",
        "The same tenderers win in turn",
        "Do they share out the tenders?",
        "Equal firms win equally often; whoever has a full store does not bid to win.",
        "OECD, “Guidelines for Fighting Bid Rigging in Public Procurement” (2009)",
    ),
    About(
        "M006",
        "Shared account, telephone, address or owner",
        "Are they two, and is an official one of them?",
        "A union's account, a village telephone, a shared post box.",
        "OECD, “Guidelines for Fighting Bid Rigging in Public Procurement” (2009)",
    ),
    About(
        "M007",
        "Bought in pieces below a threshold",
        "Was one need divided to avoid a stricter procedure?",
        "Fresh produce is bought as it ripens; schools order by term.",
        "Public Procurement and Disposal of Public Assets Act [Chapter 22:23] of Zimbabwe, s. 25",
    ),
    About(
        "M008",
        "Changed shortly before the deadline",
        "Who could still answer the change?",
        "A correction that an enquiry asked for, with the deadline moved too little.",
        "World Bank, “Fraud and Corruption Awareness Handbook” (2009)",
    ),
    About(
        "M009",
        "One evaluator far from the others",
        "What did this evaluator see that the others did not?",
        "The one expert on the panel; a misread scale.",
        "Leys and others, J. Experimental Social Psychology 49 (2013) 764",
    ),
    About(
        "M010",
        "A rejected load came back",
        "Is it the same load, and who let it in?",
        "It was dried or cleaned, or the vehicle carried another load of the same weight.",
        "Codex Alimentarius, CXG 25-1997",
    ),
    About(
        "M011",
        "A long time from opening to award",
        "What happened in the meantime?",
        "A complaint, a missing budget release, a panel without a quorum.",
        "Transparency International, “Curbing Corruption in Public Procurement” (2014)",
    ),
    About(
        "M012",
        "Paid late",
        "Who waits for the money, and what is asked of them to get it?",
        "A disputed weight, a bank account that was changed, a budget released late.",
        "The promise of payment within seven days of the grain board of Zimbabwe",
    ),
)

CATALOGUE: Final[Mapping[str, About]] = MappingProxyType({row.code: row for row in _ROWS})

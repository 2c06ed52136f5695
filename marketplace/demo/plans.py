"""Which tenders there are, how old each is, and who bids how much: data, the same for each seed.

A tender's status follows from its age alone: `stories.py` tells every tender in the same rhythm,
and the telling stops at the present instant.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from marketplace.demo import notices, prices
from marketplace.demo.methods import sharing, with_method
from marketplace.demo.places import FARMING, PROVINCES
from marketplace.demo.planned import BidPlan, TenderPlan
from marketplace.demo.prices import GOODS, Goods
from marketplace.demo.world import Body, World
from procurement.rules.content import (
    CriterionContent,
    ItemContent,
    LotContent,
    OptionContent,
    TenderContent,
)

# Hours since the deadline (negative: still ahead), by the status that this age leads to. See the
# rhythm in stories.py. The one that closes ten minutes after the start has an age of its own.
AGES: Mapping[str, tuple[int, ...]] = {
    "unfinished": (-24 * 30,),
    "draft": (-24 * 29, -24 * 29),
    "asked": (-24 * 8,),
    "open": (-24 * 2, -24 * 3, -24 * 5, -24 * 11, -24 * 15, -24 * 19),
    "closing_soon": (0,),
    "awaiting_opening": (1, 1),
    "partly_opened": (4,),
    "in_evaluation": (12, 36, 40),
    "evaluated": (80, 88),
    "recommended": (110, 124),
    "standstill": (24 * 7, 24 * 11, 24 * 18),
    "awarded": (24 * 20 + 12, 24 * 21),
    "contracted": (24 * 24, 24 * 31, 24 * 38),
    "delivered": (24 * 42, 24 * 43),
    "paid": (24 * 60, 24 * 120, 24 * 190, 24 * 280, 24 * 370),
    "unsuccessful": (24 * 9, 24 * 16),
    "cancelled": (-24 * 4, 24 * 13),
}
# Smallholder tenders: (age in hours, lots, bids).
CROWDS: Sequence[tuple[int, int, int]] = (
    (-24 * 3, 8, 220),
    (1, 6, 200),
    (36, 1, 320),
    (24 * 9, 8, 260),
    (24 * 33, 10, 260),
    (24 * 75, 6, 240),
    (24 * 110, 8, 280),
    (24 * 165, 10, 260),
    (24 * 230, 8, 260),
    (24 * 300, 12, 280),
    (24 * 360, 8, 240),
    (24 * 420, 6, 260),
)
# What a visitor who signs in finds to do, each with the stages in which somebody waits for it: the
# people of the first buyer can sign in, so all of these tenders are its.
OURS = frozenset(
    {
        *("unfinished", "draft", "asked", "closing_soon", "awaiting_opening", "partly_opened"),
        *("in_evaluation", "recommended", "standstill", "awarded", "contracted"),
    }
)
# In these, the tenderers who can sign in have bid, so that letters wait for them.
KNOWN = frozenset({"standstill", "awarded", "contracted", "paid"})
# Hours between the start and what was left undone: a question, a saved bid.
LEFT_BEFORE = timedelta(hours=3)
CLOSES_IN = timedelta(minutes=10)
# How long the tender period of what is not published yet will be. A tender is drafted three days
# before it is published and its committee enrols in the day after: at noon or at midnight, the one
# lacks keys and the other has them all.
DRAFTING = {"unfinished": timedelta(days=27, hours=12), "draft": timedelta(days=28)}
TAX = CriterionContent(
    title="Tax clearance certificate that is valid on the day of the deadline",
    kind="gate",
    source="Public Procurement and Disposal of Public Assets Act [Chapter 22:23], section 28",
)
REGISTERED = CriterionContent(
    title="Registered with the procuring entity's list of producers",
    kind="gate",
    source="Set by the buyer for this tender",
)
BAGS = CriterionContent(
    title="Packing",
    kind="quality",
    source="Set by the buyer for this tender",
    options=(
        OptionContent("Used bags", Decimal("0")),
        OptionContent("New bags, stitched and labelled", Decimal("0.04")),
    ),
)
SPEED = CriterionContent(
    title="Time from order to delivery",
    kind="quality",
    source="Set by the buyer for this tender",
    options=(
        OptionContent("Within 21 days", Decimal("0")),
        OptionContent("Within 14 days", Decimal("0.02")),
        OptionContent("Within 7 days", Decimal("0.05")),
    ),
)


@dataclass(frozen=True)
class Scale:
    """How much of the plan is carried out: tenders per status, bids per crowd (None: all)."""

    per_stage: int | None = None
    crowds: int | None = None
    crowd_bids: int | None = None


FULL = Scale()


def plans(world: World, seed: int, now: datetime, scale: Scale = FULL) -> list[TenderPlan]:
    """Every tender of the demo, placed relative to `now`."""
    rng = Random(seed + 1)
    ages = [(s, h) for s, hours in AGES.items() for h in hours[: scale.per_stage]]
    made = [_ordinary(world, n, stage, h, now, rng) for n, (stage, h) in enumerate(ages)]
    crowds = CROWDS[: scale.crowds]
    return made + [
        _crowd(world, len(made) + n, h, lots, min(bids, scale.crowd_bids or bids), now, rng)
        for n, (h, lots, bids) in enumerate(crowds)
    ]


def _deadline(stage: str, hours: int, now: datetime) -> datetime:
    if stage == "closing_soon":
        return (now + CLOSES_IN).replace(microsecond=0)
    at = now - timedelta(hours=hours)
    if abs(hours) < 48:
        return at.replace(minute=0, second=0, microsecond=0)
    # Tenders close at ten in the morning, Harare time.
    return at.replace(hour=8, minute=0, second=0, microsecond=0)


def _ordinary(
    world: World, number: int, stage: str, hours: int, now: datetime, rng: Random
) -> TenderPlan:
    deadline = _deadline(stage, hours, now)
    # The first buyer's staff can sign in: what visitors want to try belongs to it.
    ours = stage in OURS or number % 4 == 0
    buyer = world.buyers[0] if ours else world.buyers[1 + number % (len(world.buyers) - 1)]
    goods = rng.sample(wares(buyer), rng.choice((1, 2, 2, 3)))
    lots = with_method(tuple(_lot(g, buyer, deadline, rng) for g in goods), stage, hours)
    # A draft is a day or so from publication; nothing else has a period beyond 25 days.
    period = DRAFTING.get(stage) or timedelta(days=rng.randrange(21, 25))
    content = TenderContent(
        title=notices.title(buyer, goods, deadline, number),
        description=notices.description(buyer, goods),
        enquiry_deadline=deadline - timedelta(days=6),
        deadline=deadline,
        lots=lots,
        sharing=sharing(lots),
    )
    first = shown(world)[number % 3] if stage in KNOWN else None
    bids = _few_bids(world, lots, deadline, stage, rng, first)
    enquiries = _enquiries(world, rng)
    plan = TenderPlan(number, buyer.key, stage, deadline, period, content, bids, enquiries)
    return _left_undone(plan, world, now, rng) if stage == "asked" else plan


def wares(buyer: Body) -> list[Goods]:
    """What a buyer of that kind buys, each commodity once."""
    wanted = notices.WARES[buyer.buyer_kind]
    return list({g.commodity: g for g in GOODS if g.commodity in wanted}.values())


def shown(world: World) -> list[Body]:
    """The tenderers who can sign in: the first of each kind."""
    return list({t.kind: t for t in reversed(world.tenderers)}.values())


def _left_undone(plan: TenderPlan, world: World, now: datetime, rng: Random) -> TenderPlan:
    """A question that nobody has answered yet, and a bid that its maker has saved only."""
    share = int((now - LEFT_BEFORE - plan.published) / plan.period * 1000)
    keys = [body.key for body in shown(world)]
    lots = plan.content.lots
    offers = [next(_offers(n, lot, 1, plan.deadline, rng)) for n, lot in enumerate(lots, 1)]
    offered = {place: price for offer in offers for place, price in offer.items()}
    return replace(
        plan,
        bids=tuple(bid for bid in plan.bids if bid.tenderer not in keys),
        enquiries=((keys[0], share, plan.number % 6),),
        saved=tuple(BidPlan(key, share, offered) for key in keys),
    )


def _lot(goods: Goods, buyer: Body, deadline: datetime, rng: Random) -> LotContent:
    province = rng.choice((buyer.province, rng.choice(FARMING)))
    quality = rng.randrange(4) == 0
    items = tuple(
        _item(goods, province, deadline, rng) for _ in range(2 if rng.randrange(5) == 0 else 1)
    )
    return LotContent(
        title=f"{goods.words}, {items[0].district}",
        evaluation_method="price_per_quality" if quality else "lowest_price",
        estimated_value=_estimate(goods, items, province, deadline, rng),
        items=items,
        criteria=(TAX, BAGS, SPEED) if quality else (TAX,),
    )


def _estimate(
    goods: Goods, items: Sequence[ItemContent], province: str, deadline: datetime, rng: Random
) -> Decimal:
    each = prices.usual(goods, province, deadline.month, rng)
    return prices.cents(sum((each * i.quantity for i in items), Decimal(0)))


# Standards of grain that is paid by its dry weight.
DRIED = frozenset({"EAS2", "ZW_GMB_INTAKE", "EAX_WH"})


def _item(
    goods: Goods, province: str, deadline: datetime, rng: Random, share: int = 1
) -> ItemContent:
    district = rng.choice(PROVINCES[province])
    low, high = goods.lots
    step = max(1, low // 10)
    standard, grade = goods.quality
    return ItemContent(
        commodity=goods.commodity,
        description=notices.DETAILS[goods.commodity],
        quantity=Decimal(max(1, rng.randrange(low, high, step) // share)),
        unit=goods.unit,
        delivery_place=f"{district} {rng.choice(('depot', 'stores', 'collection point'))}",
        province=province,
        district=district,
        delivery_starts=(deadline + timedelta(days=24)).date(),
        delivery_ends=(deadline + timedelta(days=60)).date(),
        standard=standard,
        grade=grade,
        schedule="DRY_MATTER_WEIGHT" if standard in DRIED else "",
        schedule_edition="base 12.5" if standard in DRIED else "",
    )


def _few_bids(
    world: World,
    lots: Sequence[LotContent],
    deadline: datetime,
    stage: str,
    rng: Random,
    first: Body | None = None,
) -> tuple[BidPlan, ...]:
    """For each lot as many bidders as real contracts have; a tenderer's lots make one bid.

    `first` bids for the first lot in any case.
    """
    if stage == "unsuccessful" and rng.randrange(2):
        return ()
    merged: dict[str, BidPlan] = {}
    pool = rng.sample(world.tenderers, min(7, len(world.tenderers)))
    for number, lot in enumerate(lots, start=1):
        count = min(prices.bidders(rng), len(pool))
        # Parts draw more bidders than a whole lot: who cannot deliver all of it bids as well.
        count = len(pool) if lot.division else count
        chosen = rng.sample(pool, count)
        if first is not None and number == 1 and first not in chosen:
            chosen[rng.randrange(count)] = first
        for tenderer, offered in zip(
            chosen, _offers(number, lot, count, deadline, rng), strict=True
        ):
            plan = merged.setdefault(tenderer.key, _bid(tenderer.key, {}, rng, attach=True))
            merged[tenderer.key] = replace(plan, prices={**plan.prices, **offered})
    if stage == "unsuccessful":
        return tuple(replace(plan, flaw="gate", turn="") for plan in merged.values())
    return _sound(tuple(merged.values()))


def _sound(bids: tuple[BidPlan, ...]) -> tuple[BidPlan, ...]:
    """Bids of few: flaws only where somebody else bid for the same lots, so that most succeed."""
    sure: set[int] = set()
    out = []
    for bid in bids:
        lots = {lot for lot, _ in bid.prices}
        keep = lots <= sure
        out.append(bid if keep else replace(bid, flaw="", turn=_kept(bid.turn)))
        sure |= lots
    return tuple(out)


def _kept(turn: str) -> str:
    return "" if turn == "withdrawn" else turn


def _offers(
    number: int, lot: LotContent, count: int, deadline: datetime, rng: Random
) -> Iterator[Mapping[tuple[int, int], Decimal]]:
    first = lot.items[0]
    goods = next(g for g in GOODS if g.commodity == first.commodity)
    lowest = prices.usual(goods, first.province, deadline.month, rng)
    for price in prices.ladder(lowest, count, rng):
        yield {(number, index): price for index in range(1, len(lot.items) + 1)}


def _bid(
    tenderer: str, offered: Mapping[tuple[int, int], Decimal], rng: Random, attach: bool = False
) -> BidPlan:
    # Most bids come near the end: the product of two even draws crowds towards zero.
    share = 995 - rng.randrange(1, 995) * rng.randrange(1, 995) // 995
    drawn = rng.randrange(100)
    flaw = "gate" if drawn < 6 else "quality" if drawn < 10 else ""
    turned = rng.randrange(100)
    turn = "replaced" if turned < 6 else "withdrawn" if turned < 9 else ""
    return BidPlan(tenderer, share, offered, flaw, turn)


def _enquiries(world: World, rng: Random) -> tuple[tuple[str, int, int], ...]:
    return tuple(
        (rng.choice(world.tenderers).key, rng.randrange(50, 600), question)
        for question in rng.sample(range(6), rng.choice((0, 1, 1, 2, 3)))
    )


def _crowd(
    world: World, number: int, hours: int, lots: int, bids: int, now: datetime, rng: Random
) -> TenderPlan:
    """A tender reserved for smallholders: one small lot per collection point, many bids."""
    deadline = _deadline("crowd", hours, now)
    buyer = world.buyers[0] if number % 2 else rng.choice(world.buyers[1:4])
    goods = rng.choice([g for g in wares(buyer) if g.unit == "t"])
    province = rng.choice(FARMING)
    content = TenderContent(
        title=notices.from_smallholders(goods, province, deadline, number),
        description="Every lot is one collection point. Bid for the point nearest to you: the "
        "whole quantity of the lot, at one price, delivered there. Bags and scales are provided.",
        reserved_for="smallholders",
        enquiry_deadline=deadline - timedelta(days=6),
        deadline=deadline,
        lots=tuple(_point(goods, province, deadline, rng, n) for n in range(1, lots + 1)),
    )
    plan = _crowd_bids(world, content.lots, bids, deadline, rng)
    period = timedelta(days=rng.randrange(21, 25))
    enquiries = _enquiries(world, rng)
    return TenderPlan(number, buyer.key, "crowd", deadline, period, content, plan, enquiries)


def _point(goods: Goods, province: str, deadline: datetime, rng: Random, number: int) -> LotContent:
    item = _item(goods, province, deadline, rng, share=10)
    return LotContent(
        title=f"{goods.words}, collection point {number}, {item.district}",
        estimated_value=_estimate(goods, (item,), province, deadline, rng),
        items=(item,),
        criteria=(REGISTERED,),
    )


def _crowd_bids(
    world: World, lots: Sequence[LotContent], count: int, deadline: datetime, rng: Random
) -> tuple[BidPlan, ...]:
    small = [t for t in world.tenderers if t.kind in ("farmer", "cooperative")]
    chosen = rng.sample(small, min(count, len(small)))
    made: list[BidPlan] = []
    for number, lot in enumerate(lots, start=1):
        group = chosen[number - 1 :: len(lots)]
        offers = list(_offers(number, lot, len(group), deadline, rng))
        rng.shuffle(offers)
        made += [_bid(t.key, offer, rng) for t, offer in zip(group, offers, strict=True)]
    return tuple(made)

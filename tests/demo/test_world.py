"""The invented world: the same for each seed, and nobody in it is real."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from marketplace.demo import plans, prices, world
from marketplace.demo.places import PROVINCES

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_a_seed_gives_the_same_world_each_time():
    assert world.build(7) == world.build(7)


def test_another_seed_gives_another_world():
    assert world.build(7).people != world.build(8).people


def test_a_seed_gives_the_same_tenders_and_bids_each_time():
    built = world.build(7)
    assert plans.plans(built, 7, NOW) == plans.plans(built, 7, NOW)


def test_no_two_people_or_firms_share_a_name():
    built = world.build(7)
    assert max(Counter(p.name for p in built.people).values()) == 1
    assert max(Counter(t.name for t in built.tenderers).values()) == 1


def test_no_address_or_telephone_number_can_reach_anybody():
    built = world.build(7)
    assert all(p.email.endswith("@example.org") for p in built.people)
    assert all(t.email.endswith("@example.org") for t in built.tenderers)
    assert all(p.phone.startswith("+263 000 ") for p in built.people)


def test_every_tenderer_farms_in_a_district_of_its_province():
    assert all(t.district in PROVINCES[t.province] for t in world.build(7).tenderers)


def test_forty_tenders_stand_in_all_stages_beside_those_of_smallholders():
    made = plans.plans(world.build(7), 7, NOW)
    ordinary = [plan for plan in made if plan.stage != "crowd"]
    assert len(ordinary) == 40
    assert {plan.stage for plan in ordinary} == set(plans.AGES)


def test_the_smallholders_bid_in_their_thousands():
    crowds = [p for p in plans.plans(world.build(7), 7, NOW) if p.stage == "crowd"]
    assert sum(len(plan.bids) for plan in crowds) > 3000


def test_one_tender_closes_ten_minutes_after_the_start():
    made = plans.plans(world.build(7), 7, NOW)
    assert [p.deadline - NOW for p in made if p.stage == "closing_soon"] == [plans.CLOSES_IN]


def test_lots_draw_as_many_bidders_as_real_contracts_do():
    rng = Random(1)
    drawn = Counter(prices.bidders(rng) for _ in range(10_000))
    shares = [drawn[count] / 100 for count in (1, 2, 3, 4)]
    assert all(abs(found - real) < 2 for found, real in zip(shares, (43, 33, 20, 3.5), strict=True))


def test_the_gap_to_the_second_bid_spreads_as_in_real_contracts():
    rng = Random(1)
    gaps = sorted(prices.gap(rng) for _ in range(9_999))
    found = [gaps[len(gaps) * share // 100] for share in (10, 50, 90)]
    assert all(
        abs(got - real) <= real // 8 for got, real in zip(found, (70, 350, 1100), strict=True)
    )


def test_maize_costs_more_in_january_than_in_may_and_more_in_the_dry_south():
    maize = prices.GOODS[0]

    def middle(province, month):
        drawn = [prices.usual(maize, province, month, Random(n)) for n in range(50)]
        return sum(drawn, Decimal(0)) / 50

    assert middle("Midlands", 1) > middle("Midlands", 5)
    assert middle("Matabeleland South", 5) > middle("Midlands", 5)


def test_the_dearest_of_three_hundred_bids_stays_believable():
    ladder = prices.ladder(Decimal("290.00"), 300, Random(3))
    assert ladder == sorted(ladder)
    assert ladder[-1] < ladder[0] * 5

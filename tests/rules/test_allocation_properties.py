"""What must hold for every case, searched for a counter-example; and the enumerating twin."""

import copy
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procurement.rules.allocation.case import from_json
from procurement.rules.allocation.check import check
from procurement.rules.allocation.engine import allocate
from procurement.rules.allocation.greedy import greedy
from procurement.rules.allocation.model import Model
from procurement.rules.allocation.reckoning import Book
from tests.reference import allocation_twin as twin
from tests.rules.allocation_cases import (
    bid,
    cap,
    case_json,
    depot,
    lot,
    package,
    reserve,
    tenderer,
    tiers,
)

few = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
SELLERS = ["A", "B", "C"]
OWNERS = ["o", "p", "q"]
TIMES = ["2026-03-01T08:00:00Z", "2026-03-01T08:00:01Z", "2026-03-01T09:00:00Z"]
PRICES = st.sampled_from(["1", "2", "2", "3", "3.5", "0.01", "7"])
SHARES = st.sampled_from(["0.3", "0.5", "0.7", "1"])
BASES = st.sampled_from(["awarded", "demanded"])
WEEKS = ["w1", "w2"]


def maybe(strategy):
    return st.one_of(st.none(), strategy)


@st.composite
def lots(draw, name):
    deliveries = [{"week": "w1", "share": "0.5"}, {"week": "w2", "share": "0.5"}]
    deliveries = draw(st.sampled_from([[], [{"week": "w1", "share": "1"}], deliveries]))
    quantum = draw(st.sampled_from(["1", "1", "0.5", "50"]))
    demand = {"1": ["2", "4"], "0.5": ["1.5"], "50": ["100", "200"]}[quantum]
    least = draw(st.sampled_from(["0", "0", "1", "2"]))
    most = draw(st.sampled_from([None, None, "1", "2"]))
    return lot(
        name,
        draw(st.sampled_from(demand)),
        quantum,
        draw(st.sampled_from(["3", "3", "8", "0"])),
        minimum_suppliers=least,
        maximum_suppliers=None if most is None else max(least, most),
        depot="D" if deliveries else draw(st.sampled_from([None, "D"])),
        deliveries=deliveries,
    )


@st.composite
def simple(draw, number, seller, at):
    scale = int(float(at["quantum"])) or 1
    starts = draw(st.sampled_from(["1", "1.5", "2"]))
    steps = tiers(("0", draw(PRICES)), (str(float(starts) * scale), draw(PRICES)))
    least = draw(st.sampled_from([0, 0, 1, 2]))
    most = least + draw(st.sampled_from([0.5, 1, 2, 4]))
    return bid(
        f"b{number}",
        tenderer=seller,
        lot=at["lot"],
        submitted_at=draw(st.sampled_from(TIMES)),
        minimum=str(least * scale),
        maximum=str(most * scale),
        discount=draw(st.sampled_from(["all_units", "incremental"])),
        tiers=draw(st.sampled_from([steps[:1], steps])),
        transport=draw(st.sampled_from(["0", "0.5", "1"])),
        quality=draw(st.sampled_from(["0", "-0.5", "1", "-4"])),
        exclusive=draw(st.sampled_from([None, None, "x"])),
    )


@st.composite
def packages(draw, number, all_lots, earlier):
    seller = draw(st.sampled_from(SELLERS))
    chosen = draw(st.lists(st.sampled_from(all_lots), min_size=1, unique_by=lambda at: at["lot"]))
    own = [offer["bid"] for offer in earlier if offer["tenderer"] == seller]
    return package(
        f"p{number}",
        draw(st.sampled_from(["2", "5", "100", "260"])),
        [(at["lot"], str(draw(st.sampled_from([1, 2])) * float(at["quantum"]))) for at in chosen],
        tenderer=seller,
        submitted_at=draw(st.sampled_from(TIMES)),
        transport=draw(st.sampled_from(["0", "0.25"])),
        quality=draw(st.sampled_from(["0", "-1"])),
        exclusive=draw(st.sampled_from([None, None, "x"])),
        requires=draw(st.lists(st.sampled_from(own), max_size=1)) if own else [],
    )


@st.composite
def policies(draw, names):
    some = maybe(st.lists(st.sampled_from(names), min_size=1, unique=True))
    by_share = st.builds(lambda s, of, at: cap("share", None, s, of, at), SHARES, BASES, some)
    amounts = st.sampled_from(["0", "1", "2", "75"])
    by_quantity = st.builds(lambda q, at: cap("quantity", q, lots=at), amounts, some)
    reserves = st.builds(lambda s, of, at: reserve("r", s, of, "g", at), SHARES, BASES, some)
    caps = [draw(by_share)] if draw(st.booleans()) else []
    caps += [draw(by_quantity)] if draw(st.integers(0, 3)) == 0 else []
    weeks = [
        (
            week,
            draw(maybe(st.sampled_from(["1", "2.5", "80"]))),
            draw(maybe(st.sampled_from("012"))),
        )
        for week in WEEKS
        if draw(st.booleans())
    ]
    return {
        "owner_caps": caps,
        "reserves": [draw(reserves)] if draw(st.booleans()) else [],
        "depots": [depot("D", *weeks)],
        "budget": draw(st.sampled_from([None, None, None, "4", "11.5", "400"])),
    }


@st.composite
def cases(draw):
    all_lots = [draw(lots(name)) for name in ["1", "2"][: draw(st.integers(1, 2))]]
    wanted = draw(st.lists(st.sampled_from([(s, i) for s in SELLERS for i in range(len(all_lots))]),
                           max_size=4, unique=True))  # fmt: skip
    offers = [draw(simple(n, s, all_lots[i])) for n, (s, i) in enumerate(wanted)]
    for number in range(draw(st.integers(0, 2))):
        offers.append(draw(packages(number, all_lots, offers)))
    sellers = [
        tenderer(
            name,
            draw(st.lists(st.sampled_from(OWNERS), min_size=1, max_size=2, unique=True)),
            draw(st.sampled_from([[], ["g"]])),
            draw(maybe(st.sampled_from(["0", "1", "3", "120"]))),
        )
        for name in SELLERS
    ]
    names = [at["lot"] for at in all_lots]
    return case_json(*offers, lots=all_lots, tenderers=sellers, **draw(policies(names)))


def quantities(result):
    return {
        award.bid: 1 if award.kind == "package" else award.lines[0].quantity
        for award in result.awards
    }


@few
@given(cases())
def test_the_award_is_the_one_that_trying_all_awards_finds(value):
    result = allocate(from_json(value), report=False)
    cost, award = twin.best(value)
    assert (result.status, result.tie_break) == ("optimal", "settled")
    assert result.cost.exact == cost
    assert quantities(result) == award


@few
@given(cases())
def test_the_checker_passes_the_result_with_its_whole_report(value):
    case = from_json(value)
    assert check(case, allocate(case).to_json()) == ()


@few
@given(cases())
def test_cheapest_first_keeps_every_rule(value):
    book = Book(from_json(value))
    award, _ = greedy(book)
    taken = {
        name: (1 if name in book.packages else sum(book.quantities(name, quanta).values()))
        for name, quanta in award.items()
    }
    assert twin.possible(value, taken)
    assert book.total(award) == twin.cost(value, taken)


@few
@given(cases())
def test_each_policy_costs_what_trying_all_awards_without_it_finds(value):
    result = allocate(from_json(value))
    without = {
        "budget": {"budget": None},
        "minimum_suppliers": {"lots": [at | {"minimum_suppliers": "0"} for at in value["lots"]]},
        "maximum_suppliers": {"lots": [at | {"maximum_suppliers": None} for at in value["lots"]]},
        "depot D": {"depots": [depot("D")]},
        "reserve r": {"reserves": []},
    }
    for policy in result.policies:
        name = policy.policy.removeprefix("owner_cap ")
        caps = {"owner_caps": [c for c in value["owner_caps"] if c["cap"] != name]}
        assert policy.without.exact == twin.best(value | without.get(policy.policy, caps))[0]


@settings(few, max_examples=60)
@given(cases())
def test_what_would_have_changed_it_is_true(value):
    """With a price lower by a little more than the extra, the tenderer is awarded."""
    result = allocate(from_json(value))
    for told in result.tenderers:
        if told.change is not None and told.change.extra.exact > 0:
            other = copy.deepcopy(value)
            units = sum(line.quantity for line in told.change.lines)
            less = told.change.extra.exact / units + 1
            for offer in (*other["bids"], *other["packages"]):
                if offer["tenderer"] == told.tenderer:
                    times = (
                        1 if "tiers" in offer else sum(float(x["quantity"]) for x in offer["lines"])
                    )
                    offer["quality"] = f"{float(offer['quality']) - float(less) * times:.6f}"
            _, award = twin.best(other)
            names = {o["bid"] for o in (*value["bids"], *value["packages"])
                     if o["tenderer"] == told.tenderer}  # fmt: skip
            assert names & set(award)


@few
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_does_not_matter(value, chance):
    shuffled = _shuffled(value, chance)
    first = allocate(from_json(value), report=False).to_bytes()
    assert allocate(from_json(shuffled), report=False).to_bytes() == first


def _shuffled(value, chance: random.Random):
    value = copy.deepcopy(value)
    lists = [value[key] for key in value if isinstance(value[key], list)]
    lists += [at["deliveries"] for at in value["lots"]]
    lists += [d["weeks"] for d in value["depots"]] + [t["owners"] for t in value["tenderers"]]
    lists += [p["lines"] for p in value["packages"]]
    for entries in lists:
        chance.shuffle(entries)
    return value


@st.composite
def divisible(draw):
    """One lot, bids for any quantity up to a most, each tenderer with a capacity."""
    offers = [
        bid(
            f"b{n}",
            draw(PRICES),
            str(draw(st.integers(1, 6))),
            submitted_at=draw(st.sampled_from(TIMES)),
            transport=draw(st.sampled_from(["0", "0.5"])),
            quality=draw(st.sampled_from(["0", "-0.5", "1"])),
        )
        for n in range(draw(st.integers(0, 5)))
    ]
    capacity = maybe(st.sampled_from(["0", "2", "4"]))
    sellers = [tenderer(o["tenderer"], capacity=draw(capacity)) for o in offers]
    penalty = draw(st.sampled_from(["2.5", "3", "50"]))
    caps = draw(st.sampled_from([[], [cap(quantity="3")], [cap(share="0.4", of="demanded")]]))
    return case_json(*offers, lots=[lot(unmet_penalty=penalty)], tenderers=sellers, owner_caps=caps)


@few
@given(divisible())
def test_cheapest_first_is_the_cheapest_for_one_divisible_lot(value):
    result = allocate(from_json(value), report=False)
    assert result.greedy.difference.exact == 0
    assert [t.bid for t in result.greedy.awards] == [a.bid for a in result.awards]


@few
@given(cases(), st.randoms(use_true_random=False))
def test_the_rows_of_the_model_admit_just_the_possible_awards(value, chance):
    model = Model(from_json(value))
    program = model.program()
    offers = [*value["bids"], *value["packages"]]
    for _ in range(20):
        choice = {offer["bid"]: chance.choice(twin.choices(value, offer)) for offer in offers}
        award = {name: taken for name, taken in choice.items() if taken}
        quanta = {
            name: int(taken / model.book.lots[model.book.bids[name].lot].quantum)
            if name in model.book.bids
            else 1
            for name, taken in award.items()
        }
        values = model.values(quanta)
        assert program.admits(values) == twin.possible(value, award)
        assert model.award(values) == quanta
        if twin.possible(value, award):
            assert program.true_cost(program.value(values)) == twin.cost(value, award)


@few
@given(cases())
def test_no_award_at_all_keeps_every_row_of_the_model(value):
    case = from_json(value)
    model = Model(case)
    program = model.program()
    values = [0] * len(program.cost)
    for at in case.lots:
        values[model.unmet[at.lot]] = int(at.demand / at.quantum)
    assert program.admits(tuple(values))

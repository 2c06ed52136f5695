"""The exact checker: it passes a good result and catches every way of tampering with one."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from procurement.rules.allocation.check import check
from procurement.rules.allocation.engine import allocate
from tests.rules.allocation_cases import (
    bid,
    cap,
    case,
    depot,
    lot,
    package,
    reserve,
    tenderer,
    tiers,
)

ROOT = Path(__file__).parents[2]
WEEKS = [{"week": "w1", "share": "0.5"}, {"week": "w2", "share": "0.5"}]


@pytest.fixture(scope="module")
def good():
    """A case in which every kind of rule is present, and its result as plain values."""
    value = case(
        bid("a", "10", "6", tiers=tiers(("0", "10"), ("4", "9")), transport="1", quality="-0.5"),
        bid("b", "11", "8", minimum="2", exclusive="x"),
        bid("c", "12", "9", tiers=tiers(("0", "12"), ("3", "8")), discount="incremental"),
        bid("e", "30", "5", lot="2"),
        package("p", "55", [("1", "2"), ("2", "3")], tenderer="tb", exclusive="x"),
        package("r", "40", [("2", "4")], tenderer="tc", requires=["c"]),
        lots=[
            lot("1", minimum_suppliers="2", maximum_suppliers="3", depot="D", deliveries=WEEKS),
            lot("2", "7"),
        ],
        depots=[depot("D", ("w1", "5", "3"), ("w2", None, "4"))],
        owner_caps=[cap(share="0.6", of="demanded"), cap("units", quantity="9")],
        reserves=[reserve(share="0.2", of="awarded"), reserve("women", "0.1", group="women")],
        tenderers=[
            tenderer("ta", ["o"], ["smallholder"], "8"),
            tenderer("tb", ["p"], ["women"]),
            tenderer("tc", ["q"], ["smallholder", "women"]),
            tenderer("td", ["q"]),
        ],
        budget="400",
    )
    return value, json.loads(json.dumps(allocate(value).to_json()))


def put(*path, to):
    """A change of one value; `to` may be a function of the old one."""

    def change(result):
        *way, last = path
        for step in way:
            result = result[step]
        result[last] = to(result[last]) if callable(to) else to

    return change


def amount(*path):
    return put(*path, to={"exact": "1", "decimal": "1", "shown": "1.00"})


def drop(*path):
    return put(*path, to=lambda old: old[1:])


def bound_above(result):
    result["bound"] = result["greedy"]["cost"] | {"exact": "999"}


def swap_awards(result):
    result["awards"].reverse()


def runner_up_is_the_award(result):
    taken = [{"bid": a["bid"], "lines": a["lines"]} for a in result["awards"]]
    suppliers = sorted({award["tenderer"] for award in result["awards"]})
    zero = {"exact": "0", "decimal": "0", "shown": "0.00"}
    result["runner_up"] |= {"awards": taken, "suppliers": suppliers}
    result["runner_up"] |= {"cost": result["cost"], "difference": zero}


MUTATIONS = {
    "format": put("format", to="musika-allocation-result/2"),
    "case digest": put("case_digest", to="0" * 64),
    "terms digest": put("terms_digest", to="0" * 64),
    "tender": put("tender", to="other"),
    "currency": put("currency", to="EUR"),
    "unit": put("unit", to="kg"),
    "rounding": put("rounding", "decimals", to="3"),
    "cost": amount("cost"),
    "cost's shown text": put("cost", "shown", to="0.01"),
    "cost's decimal text": put("cost", "decimal", to="0.01"),
    "cost missing": put("cost", to=None),
    "paid": amount("paid"),
    "bound beyond the cost": bound_above,
    "bound missing": put("bound", to=None),
    "gap": amount("gap"),
    "status not optimal": put("status", to="time_limit"),
    "status unknown": put("status", to="perfect"),
    "tie-break unknown": put("tie_break", to="drawn"),
    "award's quantity": put("awards", 0, "lines", 0, "quantity", to="1"),
    "award's quantity in part": put("awards", 0, "lines", 0, "quantity", to="1.5"),
    "award's quantity not a number": put("awards", 0, "lines", 0, "quantity", to="1e1"),
    "award's lot": put("awards", 0, "lines", 0, "lot", to="2"),
    "award's bid": put("awards", 0, "bid", to="aa"),
    "award's tenderer": put("awards", 0, "tenderer", to="tb"),
    "award's kind": put("awards", 0, "kind", to="package"),
    "award's price": amount("awards", 0, "price"),
    "award's transport": amount("awards", 0, "transport"),
    "award's quality": amount("awards", 0, "quality"),
    "award's cost": amount("awards", 0, "cost"),
    "award left out": drop("awards"),
    "award twice": put("awards", to=lambda old: [*old, old[-1]]),
    "awards in another order": swap_awards,
    "lot's demand": put("lots", 0, "demand", to="11"),
    "lot's awarded": put("lots", 0, "awarded", to="11"),
    "lot's unmet": put("lots", 1, "unmet", to="6"),
    "lot's penalty": amount("lots", 0, "penalty"),
    "lot's suppliers": drop("lots", 0, "suppliers"),
    "lot left out": drop("lots"),
    "tenderer's quantity": put("tenderers", 0, "quantity", to="0.5"),
    "tenderer's pay": amount("tenderers", 0, "paid"),
    "tenderer left out": drop("tenderers"),
    "owner's quantity": put("owners", 0, "quantity", to="1"),
    "owner's limit": put("owners", 0, "limit", to="100"),
    "owner left out": drop("owners"),
    "reserve's quantity": put("reserves", 0, "quantity", to="10"),
    "reserve's others": put("reserves", 0, "others", to="0.5"),
    "reserve's limit": put("reserves", 0, "others_limit", to="100"),
    "depot's quantity": put("depots", 0, "quantity", to="1"),
    "depot's deliveries": put("depots", 0, "deliveries", to="1"),
    "reason left out": drop("reasons"),
    "reason's tenderer": put("reasons", 0, "tenderer", to="tc"),
    "greedy's cost": amount("greedy", "cost"),
    "greedy's difference": amount("greedy", "difference"),
    "greedy's award": drop("greedy", "awards"),
    "greedy's steps": put("greedy", "steps", to=[]),
    "policy left out": drop("policies"),
    "policy's cost": amount("policies", 0, "cost"),
    "policy's cost without": amount("policies", 0, "without"),
    "runner-up's cost": amount("runner_up", "cost"),
    "runner-up's difference": amount("runner_up", "difference"),
    "runner-up's suppliers": drop("runner_up", "suppliers"),
    "runner-up's award": drop("runner_up", "awards"),
    "runner-up is the award itself": runner_up_is_the_award,
    "a change for one who is awarded": put(
        "tenderers", 0, "change", to={"extra": {"exact": "1", "decimal": "1", "shown": "1.00"}}
    ),
}


def test_the_checker_passes_the_good_result(good):
    assert check(*good) == ()


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_mutation_is_caught(good, name):
    value, result = good
    wrong = copy.deepcopy(result)
    MUTATIONS[name](wrong)
    assert wrong != result
    assert check(value, wrong)


@pytest.mark.parametrize("broken", [None, [], "x", {}, {"awards": 3}, 7])
def test_what_is_no_result_is_a_fault_and_no_exception(good, broken):
    assert len(check(good[0], broken)) == 1


# One rule of the terms made stricter than the award: the checker must see each of them broken.
STRICTER = {
    "demand": ("more is awarded", {"lots": [lot(demand="5")]}),
    "fewest suppliers": ("too few", {"lots": [lot(minimum_suppliers="3")]}),
    "most suppliers": ("too many", {"lots": [lot(maximum_suppliers="1")]}),
    "quantum": ("whole quanta", {"lots": [lot(demand="12", quantum="4")]}),
    "capacity": ("its capacity", {"tenderers": [tenderer("ta", capacity="5")]}),
    "cap in units": ("gets too much", {"owner_caps": [cap(quantity="5")]}),
    "cap of awarded": ("gets too much", {"owner_caps": [cap(share="0.5", of="awarded")]}),
    "cap over one owner": (
        "owner cap one owner: o gets",
        {
            "owner_caps": [cap(quantity="9")],
            "tenderers": [tenderer("ta", ["o"]), tenderer("tb", ["o"])],
        },
    ),
    "reserve of awarded": ("outside the group", {"reserves": [reserve(of="awarded")]}),
    "reserve of demanded": ("outside the group", {"reserves": [reserve(of="demanded")]}),
    "budget": ("budget", {"budget": "103.99"}),
    "depot's quantity": (
        "more arrives",
        {"lots": [lot(depot="D", deliveries=WEEKS)], "depots": [depot("D", ("w2", "4.9", None))]},
    ),
    "depot's deliveries": (
        "more deliveries",
        {"lots": [lot(depot="D", deliveries=WEEKS)], "depots": [depot("D", ("w1", None, "1"))]},
    ),
}


@pytest.mark.parametrize("name", STRICTER)
def test_an_award_that_breaks_a_rule_is_caught(name):
    words, changes = STRICTER[name]
    offers = bid("a", "10", "6"), bid("b", "11", "6")
    result = allocate(case(*offers), report=False).to_json()
    faults = check(case(*offers, **changes), result)
    assert any(fault.startswith("awards") and words in fault for fault in faults)


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("does not offer", {"minimum": "5"}),
        ("does not offer", {"maximum": "3"}),
        ("another of its exclusive", {"exclusive": "x"}),
    ],
)
def test_an_award_that_breaks_a_bid_s_own_terms_is_caught(words, change):
    both = package("p", "1", [("1", "6")], tenderer="ta", exclusive="x")
    result = allocate(case(bid("a"), both), report=False).to_json()
    faults = check(case(bid("a", **change), both), result)
    assert any(words in fault for fault in faults)


def test_a_package_without_what_it_requires_is_caught():
    alone = package("p", "1", [("1", "10")], tenderer="ta")
    result = allocate(case(bid("a"), alone), report=False).to_json()
    faults = check(case(bid("a"), alone | {"requires": ["a"]}), result)
    assert any("which it requires" in fault for fault in faults)


def test_the_checker_runs_without_solver_and_numbers_library():
    code = (
        "import sys; sys.modules['highspy'] = sys.modules['numpy'] = None;"
        "import procurement.rules.allocation.check as c, procurement.rules.allocate as a;"
        "print(c.check.__name__)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True)
    assert (done.returncode, done.stdout) == (0, b"check\n"), done.stderr


def test_the_checker_shares_no_code_with_model_or_engine():
    code = (
        "import sys, procurement.rules.allocation.check;"
        "print(*sorted(m.split('.')[-1] for m in sys.modules"
        " if m.startswith('procurement.rules.allocation.')))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True)
    loaded = set(done.stdout.decode().split())
    assert loaded == {"case", "check", "check_award", "facts", "parts", "validation"}

"""What an allocation says in words is true, and names the rule that makes it so."""

import json
import os
import subprocess
import sys
from fractions import Fraction

import pytest

from procurement.rules.allocate import main
from procurement.rules.allocation.engine import allocate
from procurement.rules.allocation.program import Program
from procurement.rules.allocation.solver import _lowered
from procurement.rules.allocation.words import explain
from procurement.rules.reading import InvalidCase
from tests.rules.allocation_cases import (
    bid,
    cap,
    case,
    case_json,
    depot,
    lot,
    package,
    reserve,
    tenderer,
)


def why(*offers, **changes):
    return allocate(case(*offers, **changes)).lots[0].why


def test_nothing_is_told_of_a_lot_that_is_wholly_met():
    assert why(bid("a")) == ""


ONE_WEEK = [{"week": "w1", "share": "1"}]


@pytest.mark.parametrize(
    ("words", "offers", "changes"),
    [
        ("No bid offers any of it.", [], {}),
        ("All bids together offer 4 t, less than the demand.", [bid("a", maximum="4")], {}),
        (
            "at least 2 suppliers and only 1 could supply it",
            [bid("a")],
            {"lots": [lot(minimum_suppliers="2")]},
        ),
        ("the owner cap one owner (bids: a)", [bid("a")], {"owner_caps": [cap(quantity="3")]}),
        ("the reserve smallholders (bids: a)", [bid("a")], {"reserves": [reserve()]}),
        ("the budget (bids: a)", [bid("a")], {"budget": "35"}),
        (
            "the tenderer's capacity (bids: a)",
            [bid("a")],
            {"tenderers": [tenderer("ta", capacity="2")]},
        ),
        (
            "what the depot can receive (D w1) (bids: a)",
            [bid("a")],
            {
                "lots": [lot(depot="D", deliveries=ONE_WEEK)],
                "depots": [depot("D", ("w1", "5", None))],
            },
        ),
        ("a cost above the penalty for leaving it unmet (bids: a)", [bid("a", "101")], {}),
        (
            "the greatest number of suppliers (bids: b)",
            [bid("a", maximum="6"), bid("b", maximum="5")],
            {"lots": [lot(maximum_suppliers="1")]},
        ),
    ],
)
def test_what_stays_unmet_names_the_rule_that_makes_it_so(words, offers, changes):
    assert words in why(*offers, **changes)


def test_a_bid_that_only_the_budget_bars_is_not_told_that_no_price_would_do():
    found = allocate(case(bid("a", "10", minimum="10"), budget="50"))
    assert found.tenderers[0].words == (
        "Nothing awarded: no award that keeps the rules and the budget can include it at its price."
    )


def test_a_bid_that_the_rules_bar_is_told_that_no_price_would_do():
    found = allocate(case(bid("a"), tenderers=[tenderer("ta", capacity="0")]))
    assert found.tenderers[0].words.endswith("can include it, at any price.")


def test_no_lower_price_is_promised_where_even_a_gift_would_not_win():
    """b displaces a, whose other units are then barred: more is lost than b costs."""
    found = allocate(
        case(
            bid("a", "10"),
            package("b", "1", [("1", "1")]),
            lots=[lot(maximum_suppliers="1")],
        )
    )
    change = next(t.change for t in found.tenderers if t.tenderer == "tb")
    assert change.extra.exact > 1
    assert "a lower price alone would not have changed it" in change.words


def test_a_quantity_between_quanta_is_refused_with_the_quantum_as_it_was_written():
    with pytest.raises(InvalidCase, match=r"lots\[0\]\.demand.*quanta \(0\.5\)"):
        case(lots=[lot(demand="10.25", quantum="0.5")])


def test_why_not_me_is_told_bid_by_bid():
    told = explain(allocate(case(bid("a", "10"), bid("b", "12"))), "tb")
    assert "Bid b: At best it costs 12 USD for each t; the dearest that is awarded there" in told
    assert "would have been awarded" in told


def test_the_same_case_gives_the_same_bytes_whatever_the_hash_seed():
    value = case_json(
        bid("a", "10"), bid("b", "10"), bid("c", "10"), package("p", "60", [("1", "6")]),
        tenderers=[tenderer(f"t{n}", ["o", "q", n], ["smallholder", "women"]) for n in "abc"],
        owner_caps=[cap(quantity="9"), cap("share", share="0.8", of="awarded")],
    )  # fmt: skip
    printed = {
        subprocess.run(
            [sys.executable, "-m", "procurement.rules.allocate", "-"],
            input=json.dumps(value).encode(),
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in [("0", "UTC"), ("1", "Africa/Harare"), ("77", "America/Lima")]
    }
    assert len(printed) == 1


def near_case():
    return case(
        bid("a", "10", "6", minimum="6"),
        bid("b", "10.01", "7", minimum="4"),
        bid("c", "10.02", "4", minimum="3"),
    )


def test_a_gap_is_kept_and_told_and_gives_the_same_award_each_time():
    runs = [allocate(near_case(), gap=Fraction(1, 2), report=False) for _ in range(2)]
    assert runs[0].to_bytes() == runs[1].to_bytes()
    assert runs[0].solver.gap == Fraction(1, 2)
    assert runs[0].status in ("gap", "optimal")
    assert runs[0].gap.exact <= runs[0].cost.exact / 2


def test_without_a_gap_the_cheapest_is_proven():
    assert allocate(near_case(), report=False).status == "optimal"


@pytest.mark.parametrize("part", ["0", "1", "1e-3", "0,01", "x"])
def test_a_gap_that_is_no_part_of_one_is_refused(part, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path / "case.json"), "--gap", part])
    assert "--gap" in capsys.readouterr().err


def test_a_large_constant_does_not_let_a_bound_rise_above_the_truth():
    """The offset that the solver is told rounds in floats; the bound pays for it."""
    program = Program((0,), (9,), (1,), (), Fraction(0), Fraction(1))
    assert _lowered(7.0, program, None) == 7
    assert _lowered(7.0, program, None, 1e12) < 0

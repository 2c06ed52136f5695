"""What cannot be reckoned is refused with the place and a remedy; nothing passes silently."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from produce.rules.adjust import main
from produce.rules.adjustmentchecks import BadLoad
from produce.rules.bands import BadSchedule
from produce.rules.grading import MeasurementMissing
from produce.rules.reading import BadDataFile
from tests.produce.adjustment_cases import PUBLISHED, case, paid, schedule

ROOT = Path(__file__).parents[2]
CORN = PUBLISHED["FSEMN_CORN", "2023-09-11"]
WHEAT = PUBLISHED["ACCEPT_DEDUCT_REJECT", "wheat"]
SPLIT = PUBLISHED["GMB_EARLY_DELIVERY", "2022"]
PRO_RATA = PUBLISHED["PRORATA_OPTION", "as published"]


def band(effect="weight_deduction_percent", value="1", **bounds):
    named = {"parameter": "MOISTURE", "parameter_unit": "% m/m", "effect": effect}
    if effect in ("accept", "reject"):
        return {**named, **bounds}
    return {**named, "value": value, "unit": "% of weight", **bounds}


def without(found, name):
    load = found["load"]
    load["measured"] = [m for m in load["measured"] if m["parameter"] != name]
    return found


def test_a_missing_measurement_is_an_error_and_never_a_pass():
    with pytest.raises(MeasurementMissing, match="DAMAGED_TOTAL") as error:
        paid(without(case(WHEAT, {"MOISTURE": "11"}), "DAMAGED_TOTAL"))
    assert error.value.where == "DAMAGED_TOTAL" and "never a pass" in error.value.remedy


def in_kg_per_hl(found):
    for measured in found["load"]["measured"]:
        if measured["parameter"] == "TEST_WEIGHT":
            measured |= {"value": "72", "unit": "kg/hl"}
    return found


LOADS = [
    (lambda: in_kg_per_hl(case(CORN)), "counts in “lb/bu”"),
    (lambda: case(WHEAT, net_weight="0"), "above zero"),
    (lambda: case(WHEAT, {"MOISTURE": "-1"}), "impossible"),
    (lambda: case(WHEAT, {"MOISTURE": "100.1"}), "impossible"),
    (lambda: case(WHEAT, price=None), "unit price is not given"),
    (lambda: case(WHEAT, price={"amount": "0", "currency": "USD", "per": "t"}), "above zero"),
    (lambda: case(WHEAT, commodity="RICE_PADDY"), "is for WHEAT"),
    (lambda: case(WHEAT, rounding={"mode": "not_stated", "decimals": None}), "not stated"),
    (lambda: case(CORN, price={"amount": "300", "currency": "EUR", "per": "t"}), "deducts in USD"),
    (lambda: case(SPLIT, rates=[]), "rate in ZWL"),
    (lambda: case(SPLIT, delivered_on=None), "day of delivery"),
    (lambda: case(SPLIT, price={"amount": "1", "currency": "ZWL", "per": "t"}), "sets the price"),
    (lambda: case(PRO_RATA, limits=[]), "contracted limit"),
    (lambda: case(schedule(), {"MOISTURE": "100"}), "nothing to pay"),
]


@pytest.mark.parametrize(("make", "said"), LOADS, ids=[said for _, said in LOADS])
def test_a_load_that_does_not_fit_is_refused(make, said):
    with pytest.raises(BadLoad, match=said) as error:
        paid(make())
    assert error.value.where and error.value.remedy


SCHEDULES = [
    (
        [
            band(up_to="14", value="2"),
            band(above="14", value="1", up_to="16"),
            band("reject", above="16"),
        ],
        "pays more",
    ),
    ([band(up_to="14"), band(above="15", value="2")], "gap"),
    ([band(up_to="14"), band(**{"from": "14"}, value="2")], "two bands"),
    ([band(up_to="15"), band(above="14", value="2")], "two bands"),
    ([band(above="12", up_to="14", per="point"), band(above="14", value="1")], "pays more"),
    ([band(up_to="14", per="point")], "from nowhere"),
    ([band(value="-1", above="14")], "below zero"),
    ([band(above="12", up_to="14")], "which side is worse"),
    ([band(above="14"), {**band("reject", above="16"), "parameter_unit": "% dry"}], "two units"),
    ([{"effect": "currency_share_percent", "value": "30", "unit": "USD"}], "100 %"),
]


@pytest.mark.parametrize(("steps", "said"), SCHEDULES)
def test_a_schedule_that_contradicts_itself_is_refused(steps, said):
    with pytest.raises(BadSchedule, match=said) as error:
        paid(case(schedule(*steps)))
    assert error.value.where and error.value.remedy


def test_a_bonus_for_dry_grain_shows_that_moist_is_worse():
    bonus = {**band("price_bonus", value="2", up_to="12"), "unit": "USD/t"}
    found = paid(case(schedule(bonus, band("accept", above="12", up_to="14")), {"MOISTURE": "15"}))
    assert found.outcome == "reject" and "names no price" in found.reasons[0]


def test_a_price_never_falls_below_zero():
    off = {**band("price_deduction_percent", value="20", above="10", per="point")}
    found = paid(case(schedule({**off, "unit": "% of price"}), {"MOISTURE": "30"}))
    assert (found.price_after, found.payments[0].shown) == (0, "0.00")


def test_more_than_the_whole_weight_is_never_taken_off():
    off = band(value="20", above="10", per="point")
    assert paid(case(schedule(off), {"MOISTURE": "30"})).payable_weight == 0


def _float(text):
    text["load"]["net_weight"] = 10000.5


def _unknown(text):
    text["load"]["colour"] = "white"


def _twice(text):
    text["load"]["measured"] *= 2


@pytest.mark.parametrize(
    ("spoil", "error", "where"),
    [
        (_float, BadDataFile, "case.load.net_weight"),
        (_unknown, BadDataFile, "case.load.colour"),
        (_twice, BadLoad, "MOISTURE"),
    ],
)
def test_a_case_is_read_strictly(spoil, error, where):
    text = case(schedule(), {"MOISTURE": "13"})
    spoil(text)
    with pytest.raises(error) as refusal:
        paid(text)
    assert refusal.value.where == where


def run(tmp_path, text, *arguments):
    path = tmp_path / "case.json"
    path.write_text(text, encoding="utf-8")
    return main([str(path), *arguments])


def test_the_command_prints_the_result_itself(tmp_path, capfdbinary):
    given = case(schedule(), {"MOISTURE": "13.5"})
    assert run(tmp_path, json.dumps(given)) == 0
    assert json.loads(capfdbinary.readouterr().out) == paid(given).to_json()


def test_the_command_tells_the_working_in_plain_words(tmp_path, capfdbinary):
    assert (
        run(tmp_path, json.dumps(case(schedule(), {"MOISTURE": "13.5"})), "--format", "text") == 0
    )
    assert capfdbinary.readouterr().out.decode().splitlines() == [
        "Schedule DRY_MATTER_WEIGHT, base 12.5: adjusted",
        "  because: Weight: 9885.714285… kg of 10000 kg are paid",
        "  Delivered: net weight as weighed = 10000 kg",
        "  Amount before any adjustment: 10000 kg at USD 300 a t = USD 3000.00",
        "  Weight at 12.5 % moisture: 10000 × (100 − 13.5) ÷ (100 − 12.5) = 9885.714285… kg",
        "  Amount to be paid: 9.885714… t × 300; to 2 decimals; a half goes up = USD 2965.71",
        "Paid: USD 2965.71",
    ]


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format": "x"}', "\ufeff", "\x00"])
def test_the_command_says_one_clear_line_for_bad_input(tmp_path, capfd, text):
    assert run(tmp_path, text) == 2
    out, err = capfd.readouterr()
    assert out == "" and err.startswith("adjust: case.json") and err.count("\n") == 1


def test_the_command_refuses_bytes_that_are_no_text(capfd, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    assert main(["-"]) == 2
    assert capfd.readouterr().err.count("\n") == 1


def test_the_command_needs_no_site_packages(tmp_path):
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case(schedule(), {"MOISTURE": "13.5"})), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-S", "-m", "produce.rules.adjust", str(path)],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")

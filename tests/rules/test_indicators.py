"""The indicators that no published fixture covers, the fences, and unclean data."""

import json
import statistics
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import numpy
import pandas
import pytest

from marketplace.errors import NotFound
from procurement.rules.indicators import amending, deliveries, formats, scores
from procurement.rules.indicators.__main__ import main
from procurement.rules.indicators.catalogue import CATALOGUE
from procurement.rules.indicators.engine import examine, own, standard
from procurement.rules.indicators.fences import fences, quantile
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds, load
from tests.rules.indicators import bid, processes, release

RULES = Thresholds()


def flags(releases, code, **changes):
    return examine(releases, Thresholds(**changes), only=[code]).flags


def test_quantiles_are_those_of_type_eight():
    values = [3, 1, 4, 1, 5, 9, 2, 6]
    told = [quantile(sorted(map(Fraction, values)), Fraction(n, 20)) for n in range(21)]
    expected = numpy.quantile(values, [n / 20 for n in range(21)], method="median_unbiased")
    assert [float(value) for value in told] == pytest.approx(list(expected))


def test_a_busy_tenderer_that_never_wins_is_flagged_beside_winners():
    rows = [release(f"w{n}", [bid(f"F{n % 4}", 10)], f"F{n % 4}") for n in range(8)]
    rows += [release(f"l{n}", [bid(f"F{n % 4}", 10), bid("L", 11)], f"F{n % 4}") for n in range(5)]
    (flag,) = flags(rows, "R025")
    assert (flag.subject, flag.value) == ("L", 0)


def test_where_a_quarter_never_wins_nobody_is_flagged_for_it():
    rows = [release(f"{n}", [bid(f"W{n}", 10), bid("L", 11)], f"W{n}") for n in range(2)]
    rows += [release(f"m{n}", [bid("W0", 10), bid(f"M{n}", 11)], "W0") for n in range(6)]
    assert flags(rows, "R025") == ()


def test_the_lowest_bid_disqualified_is_flagged_and_a_dearer_one_is_not():
    lowest_out = release("x", [bid("A", 9, "disqualified"), bid("B", 10)], "B")
    dearest_out = release("y", [bid("A", 11, "disqualified"), bid("B", 10)], "B")
    (flag,) = flags([lowest_out, dearest_out], "R036")
    assert flag.subject == "x"
    assert dict(flag.evidence) == {"lowest bid": "9.0", "lowest valid bid": "10.0"}


def test_without_an_award_a_disqualified_lowest_bid_says_nothing_yet():
    assert flags([release("x", [bid("A", 9, "disqualified"), bid("B", 10)])], "R036") == ()


def test_a_heavy_discount_is_one_beyond_the_fence():
    rows = [release(f"{n}", [bid("A", 100), bid("B", 102 + n % 3)], "A") for n in range(9)]
    rows.append(release("cheap", [bid("A", 50), bid("B", 100)], "A"))
    (flag,) = flags(rows, "R058")
    assert (flag.subject, flag.value, flag.parties) == ("cheap", 1, ("A",))


def test_one_instant_written_with_two_offsets_is_not_late():
    late = release("x", [bid("A", 9, date="2026-03-21T12:00:00+02:00")], "A")
    later = release("y", [bid("A", 9, date="2026-03-21T12:00:01+02:00")], "A")
    assert [flag.subject for flag in flags([late, later], "R030")] == ["y"]


def spread(*amounts):
    rows = [bid(f"T{n}", amount) for n, amount in enumerate(amounts)]
    return release("x", rows, "T0")


def test_the_variation_is_that_of_the_statistics_module():
    amounts = [100, 101, 102, 101.5]
    (flag,) = flags([spread(*amounts)], "M001")
    expected = (statistics.stdev(amounts) / statistics.mean(amounts)) ** 2
    assert float(flag.value) == pytest.approx(expected)


def test_bids_that_differ_are_not_flagged_for_variation():
    assert flags([spread(100, 120, 90, 140)], "M001") == ()


def test_a_cluster_of_losing_bids_behind_a_gap_is_flagged():
    (flag,) = flags([spread(100, 110, 111, 110.5)], "M002")
    assert float(flag.value) == pytest.approx((10 / statistics.stdev([110, 110.5, 111])) ** 2)
    assert flags([spread(100, 102, 110, 125)], "M002") == ()


def test_kurtosis_is_the_unbiased_one():
    (flag,) = flags([spread(100, 100, 100, 101, 150)], "M003")
    assert float(flag.value) == pytest.approx(pandas.Series([100, 100, 100, 101, 150]).kurt())


def test_nobody_close_to_the_winner_is_flagged_and_even_gaps_are_not():
    distant = [
        release(f"{n}", [bid("A", 10_000), bid("B", 10_100 + n % 90)], "A") for n in range(150)
    ]
    even = [release(f"{n}", [bid("A", 10_000), bid("B", 10_000 + n)], "A") for n in range(150)]
    assert {flag.subject for flag in flags(distant, "M004")} == {"A", "B"}
    assert flags(even, "M004") == ()


def turns(winners):
    bids = [bid("A", 10), bid("C", 10), bid("D", 10)]
    return [release(f"{n}", bids, winner) for n, winner in enumerate(winners)]


def test_the_same_three_winning_in_turn_are_flagged_and_one_winner_is_not():
    (flag,) = flags(turns("ACDACD"), "M005")
    assert (flag.subject, flag.value, flag.parties) == ("B", 1, ("A", "C", "D"))
    assert flags(turns("AAAAAC"), "M005") == ()


def priced(ocid, amount, start="2026-03-01T10:00:00Z"):
    return release(
        ocid,
        [bid("A", amount)],
        value={"amount": amount, "currency": "USD"},
        tenderPeriod={"startDate": start, "endDate": "2026-06-01T10:00:00Z"},
    )


SPLIT = {"split_threshold": {"USD": Fraction(50_000)}}


def test_two_tenders_just_below_the_threshold_in_a_month_are_flagged():
    (flag,) = flags([priced("x", 49_000), priced("y", 30_000)], "M007", **SPLIT)
    assert dict(flag.evidence)["tenders"] == "x, y"
    later = priced("y", 30_000, "2026-04-05T10:00:00Z")
    assert flags([priced("x", 49_000), later], "M007", **SPLIT) == ()
    assert flags([priced("x", 44_000), priced("y", 30_000)], "M007", **SPLIT) == ()


def test_an_award_long_after_the_opening_is_flagged():
    slow = release("x", [bid("A", 1)], "A", bidOpening={"date": "2025-12-01T10:00:00Z"})
    (flag,) = flags([slow, release("y", [bid("A", 1)], "A")], "M011")
    assert (flag.subject, flag.value) == ("x", 121)


def test_an_amendment_that_leaves_less_than_three_days_is_late():
    at = datetime(2026, 3, 1, 10, tzinfo=UTC)
    enough = amending.Amended(at, at + timedelta(hours=72))
    late = amending.Amended(at, at + timedelta(hours=72) - timedelta(seconds=1))
    assert amending.late("x", [enough], RULES) is None
    assert amending.late("x", [enough, late], RULES).value == Fraction(72 * 3600 - 1, 3600)


def test_one_evaluator_far_from_the_others_is_flagged():
    marks = {"a": Fraction(7), "b": Fraction(8), "c": Fraction(7), "d": Fraction(1)}
    (flag,) = scores.outliers("x", "bid, taste", {**marks, "e": Fraction(9)}, RULES)
    assert dict(flag.evidence)["evaluator"] == "d"
    assert scores.outliers("x", "bid, taste", {"a": Fraction(7), "d": Fraction(1)}, RULES) == []


def load_of(quantity, vehicle, accepted, hours=0):
    at = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=hours)
    return deliveries.Load("x", "S", "maize", Fraction(quantity), vehicle, at, accepted)


def test_a_rejected_load_that_comes_back_on_the_same_vehicle_is_flagged():
    rejected = load_of(1000, "ABC 1234", False)
    back = load_of(985, "ABC 1234", True, hours=30)
    (flag,) = deliveries.resold([back, rejected])
    assert (flag.code, flag.value, flag.parties) == ("M010", 1, ("S",))
    assert deliveries.resold([rejected, load_of(985, "XYZ 1", True, 30)]) == []
    assert deliveries.resold([rejected, load_of(970, "ABC 1234", True, 30)]) == []


def test_payment_on_the_seventh_day_is_in_time_and_on_the_eighth_is_late():
    start, rules = date(2026, 5, 1), RULES
    today = date(2026, 6, 1)
    assert deliveries.late_payment("x", "S", start, date(2026, 5, 8), today, rules) is None
    assert deliveries.late_payment("x", "S", start, date(2026, 5, 9), today, rules).value == 8
    assert deliveries.late_payment("x", "S", start, None, today, rules).value == 31


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"ocid": 7},
        {"ocid": "x", "tender": [], "bids": {"details": "none"}, "awards": {}},
        {"ocid": "x", "bids": {"details": [None, {"status": 1, "tenderers": [3, {}]}]}},
        {"ocid": "x", "awards": [{"status": "active", "suppliers": [None], "items": [None]}]},
        {"ocid": "x", "tender": {"tenderPeriod": {"startDate": "2026-01-01", "endDate": "x"}}},
        {"ocid": "x", "bids": {"details": [{"status": "valid", "value": {"amount": "9"}}]}},
    ],
)
def test_what_cannot_be_read_is_passed_over(wrong):
    assert examine([wrong], RULES).flags == ()


def test_amounts_are_exact_and_share_a_unit():
    found = Process(release("x", [bid("A", 0.1), bid("B", 0.3), bid("C", 2)]))
    assert [amount for amount, _ in found.amounts] == [1, 3, 20]


def test_margins_agree_with_a_literal_twin():
    """R024 and R058 again, in floats and without any of the classes."""
    rows, ratios = processes(400), {}
    for row in rows:
        good = [b for b in row["bids"]["details"] if b["status"] == "valid"]
        if row["awards"] and len(good) > 1:
            winner = row["awards"][0]["suppliers"][0]["id"]
            by = {b["tenderers"][0]["id"]: b["value"]["amount"] for b in good}
            won = by.pop(winner)
            ratios[row["ocid"]] = min(by.values()) / won - 1
    q1, q3 = numpy.quantile(list(ratios.values()), [0.25, 0.75], method="median_unbiased")
    upper = {k for k, v in ratios.items() if v >= q3 + 1.5 * (q3 - q1)}
    assert {flag.subject for flag in flags(rows, "R058")} == upper != set()
    lower = {k for k, v in ratios.items() if v <= 0.01}
    close = flags(rows, "R024", close_price=Fraction(1, 100))
    assert {flag.subject for flag in close} == lower != set()


def test_the_standard_eleven_can_be_computed_on_every_generated_process():
    rates = examine(processes(300), Thresholds(minimum_processes=1)).rates
    codes = [indicator.code for indicator in standard(RULES)[1]]
    assert len(codes) == 11
    assert all(rates[code].examined for code in codes)


def test_every_indicator_is_in_the_catalogue_with_an_innocent_explanation():
    codes = {i.code for i in [*standard(RULES)[1], *own(RULES)]}
    assert codes <= set(CATALOGUE)
    assert all(row.innocent and row.question and row.source for row in CATALOGUE.values())


def test_thresholds_say_since_when_and_from_where():
    rules = load("zw", date(2026, 1, 1))
    assert rules.effective == date(2018, 1, 1)
    assert "section 25" in rules.source
    with pytest.raises(NotFound):
        load("zw", date(2017, 12, 31))
    with pytest.raises(NotFound):
        load("nowhere", date(2026, 1, 1))


def test_fences_of_nothing_are_none():
    assert fences([]) is None


@pytest.mark.parametrize("name", sorted(formats.COLUMNS))
def test_the_csv_has_the_column(name):
    assert name in formats.as_csv(examine([], RULES)).splitlines()[0].split(",")


def test_the_command_names_the_lines_that_it_left_out(tmp_path, capsys):
    path = tmp_path / "releases.jsonl"
    good = json.dumps(release("x", [bid("A", 9, "disqualified"), bid("=B", 10)], "=B"))
    path.write_text(f"{good}\n\n{{\n[1]\n")
    assert main([str(path), "--format", "json", "--only", "R036"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["flags"][0]["subject"] == "x"
    assert "line 3" in err and "line 4" in err


def test_the_command_says_that_there_is_no_such_file(tmp_path, capsys):
    assert main([str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_a_formula_in_the_data_stays_text_in_the_csv():
    rows = [release("=x", [bid("A", 9, "disqualified"), bid("B", 10)], "B")]
    assert "'=x" in formats.as_csv(examine(rows, RULES, only=["R036"]))


def test_a_sample_that_is_too_small_has_no_outliers():
    rows = [release("x", [bid("A", 100), bid("B", 150)], "A")]
    assert [flag.code for flag in flags(rows, "R058")] == ["R058"]
    assert flags(rows, "R058", minimum_sample=2) == ()

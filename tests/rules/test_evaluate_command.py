"""The command line, run as an auditor would: no Django, no database, one line on bad input."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from procurement.rules.evaluate import main
from procurement.rules.evaluation import evaluate
from tests.rules import cases as make
from tests.rules.cases import bid, case, case_json

ROOT = Path(__file__).parents[2]
HALF = bid("b", "11", at="2026-03-01T09:00:00Z")


@pytest.fixture
def written(tmp_path):
    def write(*bids, **changes):
        path = tmp_path / "case.json"
        path.write_text(json.dumps(case_json(*bids, **changes)), encoding="utf-8")
        return str(path)

    return write


def test_json_is_the_result_itself(written, capfdbinary):
    assert main([written(bid("a", "10"), HALF)]) == 0
    out = capfdbinary.readouterr().out
    assert json.loads(out) == evaluate(case(bid("a", "10"), HALF)).to_json()


def test_text_is_the_ranking(written, capfdbinary):
    bounds = {"reserve_price": "50", "minimum_price": None}
    path = written(bid("a", "10"), HALF, bid("c", "51"), bounds=bounds)
    assert main([path, "--format", "text"]) == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert lines[:5] == [
        "Tender T-1, lot 1: lowest_price, in USD",
        "Winner: a",
        "  1  a (Invented Farm a): 10.00.",
        "  2  b (Invented Farm b): 11.00. Evaluated at 11.00 USD, bid a at 10.00 USD: 1 USD more.",
        "  –  c (Invented Farm c): 51 is above the reserve price 50 (the published bounds)",
    ]


def test_csv_has_one_row_a_bid(written, capfdbinary):
    assert main([written(bid("a", "10"), HALF), "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode())))
    assert [(r["rank"], r["bid"], r["evaluated_price"], r["behind"]) for r in rows] == [
        ("1", "a", "10.00", ""),
        ("2", "b", "11.00", "a"),
    ]


def test_a_name_that_looks_like_a_formula_is_defused_in_csv(written, capfdbinary):
    assert main([written(bid("=1+1", "10")), "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode())))
    assert rows[0]["bid"] == "'=1+1"


RATED = {
    "method": "relative_points",
    "criteria": [make.rated("plan", "60", minimum="6")],
    "price_points": make.price_points("40", "100"),
}


def _offers(*prices):
    """Three bids, of which the last fails the technical stage."""
    lines = [[price] for price in prices] or [[], []]
    offers = zip("abc", [*lines, []], ["9", "8", "5"], strict=True)
    return [bid(n, *own, marks=make.marks("plan", mark)) for n, own, mark in offers]


def test_text_and_csv_of_a_technical_case_tell_who_passed(written, capfdbinary):
    path = written(*_offers(), **RATED, stage="technical")
    assert main([path, "--format", "text"]) == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert lines[1:4] == [
        "Technical stage, prices sealed. Passed: a, b",
        "  passed  a (Invented Farm a): 54.00 points before the price",
        "  passed  b (Invented Farm b): 48.00 points before the price",
    ]
    assert main([path, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode())))
    told = [(r["rank"], r["qualified"], r["price"], r["technical"]) for r in rows]
    assert told == [("", "yes", "", "54"), ("", "yes", "", "48"), ("", "no", "", "30")]


def test_text_of_a_final_case_tells_how_firm_the_first_rank_is(written, capfdbinary):
    path = written(*_offers("100", "90"), **RATED, stage="final")
    assert main([path, "--format", "text"]) == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert lines[1] == "Winner: a"
    assert lines[5] == (
        "Bid a stays first while the weight of price points is 0 to 50 (published: 40);"
        " above that b would pass it."
    )


def test_portions_stand_in_every_format(written, capfdbinary):
    lot = [make.item(quantity="3") | {"quantum": "1"}]
    bids = [
        bid(n, make.line("2", "3"), agrees_to_split=True, at=at)
        for n, at in (("a", "2026-03-01T08:00:00Z"), ("b", "2026-03-01T09:00:00Z"))
    ]
    path = written(*bids, items=lot, tie_break=["split_if_agreed"])
    for wanted in ("json", "text", "csv"):
        assert main([path, "--format", wanted]) == 0
        out = capfdbinary.readouterr().out.decode()
        words = "Bid a supplies 2 of item 1, as all equal bids agreed to split."
        assert words in out or json.loads(out)["portions"][0]["quantity"] == "2"


def test_explain_tells_one_bid_in_words(written, capfdbinary):
    assert main([written(bid("a", "10"), HALF), "--explain", "b"]) == 0
    assert capfdbinary.readouterr().out.decode().startswith("Bid b of Invented Farm b: rank 2 of 2")


@pytest.mark.parametrize(
    ("bids", "arguments", "message"),
    [
        ([bid("a", "12,5")], [], 'bids[0].lines[0].unit_price: "12,5" is not a number; write 12.5'),
        ([bid("a", "1"), bid("b", "1")], [], 'draw_seed: bid "a" is tied'),
        ([bid("a", "1")], ["--explain", "x"], 'there is no bid "x"; there are: a'),
        ([bid("a", "1")], ["--expect-terms", "00"], "published was 00"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(written, capfdbinary, bids, arguments, message):
    assert main([written(*bids), *arguments]) == 2
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert err.decode().startswith("evaluate: ")
    assert message in err.decode()
    assert err.count(b"\n") == 1


def test_a_file_that_is_not_there_is_one_line_and_exit_2(tmp_path, capfdbinary):
    assert main([str(tmp_path / "absent.json")]) == 2
    assert b"No such file" in capfdbinary.readouterr().err


def _run(path, extra="pass", **environment):
    """The command in a fresh Python without site packages, so that only ours can be imported."""
    code = f"import sys; {extra}; sys.argv[0] = 'evaluate'; import runpy; " + (
        "runpy.run_module('procurement.rules.evaluate', run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-S", "-c", code, path],
        capture_output=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        check=False,
    )


def test_it_runs_where_django_is_not_installed(written):
    missing = _run(written(), extra="import django")
    assert b"No module named 'django'" in missing.stderr
    done = _run(written(bid("a", "10")))
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["winners"] == ["a"]


def test_the_bytes_are_the_same_under_other_hash_seeds_zones_and_locales(written):
    names = ["b1", "ç2", "a3", "Z4"]
    path = written(*(bid(n, "10.00") for n in names), draw_seed="ab" * 16)
    settings = [
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "1", "TZ": "Africa/Harare", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX"},
        {"PYTHONHASHSEED": "3", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"},
    ]
    done = [_run(path, **setting) for setting in settings]
    assert {run.returncode for run in done} == {0}
    assert len({run.stdout for run in done}) == 1

"""One case, one digest: however it was typed, and whatever its lists' order."""

import json
import random
from fractions import Fraction

import pytest

from procurement.rules.canonical import canonical, digest
from procurement.rules.case import case_digest, from_json, terms_digest, to_json
from procurement.rules.reading import InvalidCase
from procurement.rules.validation import check_case
from procurement.rules.writing import as_json
from tests.rules.cases import bid, case, case_json, gate, item, limit, line, quality


def _rich():
    specification = [
        limit("moisture", "maximum", maximum="13.5"),
        limit("colour", "equals", equals="white"),
        limit("protein", "range", minimum="8", maximum="12"),
    ]
    return case_json(
        *(
            bid(
                name,
                line("10.50", "2", "1", "21.00"),
                line("3", "5", "2"),
                declared=[("1", "moisture", "13"), ("1", "colour", "white")],
                responses=[("grade", "0.1"), ("days", "0")],
                gates=[("registered", True, "", "a"), ("not debarred", True, "", "b")],
            )
            for name in ("b", "a", "ç")
        ),
        items=[item("1", "2", specification), item("2", "5")],
        criteria=[
            gate(),
            gate("not debarred"),
            quality("grade", "0", "0.1"),
            quality("days", "0.05", "0"),
        ],
        method="price_per_quality",
        abnormally_low=[
            {"test": "below_next", "threshold": "0.30"},
            {"test": "below_mean_of_others", "threshold": "0.40"},
        ],
    )


def _shuffled(value, source, ordered=("tie_break",)):
    if isinstance(value, dict):
        keys = source.sample(sorted(value), len(value))
        return {k: value[k] if k in ordered else _shuffled(value[k], source) for k in keys}
    if isinstance(value, list):
        return [_shuffled(inner, source) for inner in source.sample(value, len(value))]
    return value


@pytest.mark.parametrize("seed", range(50))
def test_the_order_of_lists_and_keys_never_changes_a_digest(seed):
    shuffled = from_json(_shuffled(_rich(), random.Random(seed)))
    assert case_digest(shuffled) == case_digest(from_json(_rich()))
    assert terms_digest(shuffled) == terms_digest(from_json(_rich()))


def test_reading_what_was_written_gives_the_same_case():
    found = from_json(_rich())
    assert from_json(json.loads(json.dumps(to_json(found)))) == found


def test_one_number_written_two_ways_is_one_case():
    assert case_digest(case(bid("a", "10.50"))) == case_digest(case(bid("a", "010.5")))


def test_one_instant_written_two_ways_is_one_case():
    assert case_digest(case(bid("a", "1", at="2026-03-01T08:00:00.500Z"))) == case_digest(
        case(bid("a", "1", at="2026-03-01T08:00:00.5Z"))
    )


def test_the_digest_is_that_of_the_canonical_text_itself():
    found = case(bid("a", "1"))
    assert case_digest(found) == digest(json.loads(json.dumps(to_json(found))))


def test_bids_and_the_seed_are_no_part_of_the_terms():
    bare = terms_digest(case())
    assert terms_digest(case(bid("a", "1"), bid("b", "2"), draw_seed="ab" * 32)) == bare


@pytest.mark.parametrize(
    "change",
    [
        {"terms_hash": "cd" * 32},
        {"currency": "ZWG"},
        {"lot": "2"},
        {"items": [item(quantity="2")]},
        {"criteria": [gate()]},
        {"bounds": {"reserve_price": "9", "minimum_price": None}},
        {"rounding": {"decimals": "2", "mode": "truncate"}},
        {"partial": {"minimum_share": "0.5"}},
        {"abnormally_low": [{"test": "below_next", "threshold": "0.3"}]},
        {"tie_break": ["draw", "earliest_submission"]},
    ],
)
def test_every_rule_is_part_of_the_terms(change):
    assert terms_digest(case(**change)) != terms_digest(case())


def test_a_digest_of_terms_is_never_one_of_a_case():
    assert terms_digest(case()) != case_digest(case())


def test_every_number_is_written_as_a_string():
    def leaves(value):
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            return [leaf for part in inner for leaf in leaves(part)]
        return [value]

    assert {type(leaf) for leaf in leaves(to_json(from_json(_rich())))} <= {str, bool, type(None)}


def test_a_float_has_no_place_in_facts_or_digests():
    with pytest.raises(TypeError, match=r"0\.1"):
        as_json((0.1,))
    with pytest.raises(TypeError, match=r"0\.1"):
        canonical({"a": [0.1]})


def test_a_case_built_by_hand_with_a_float_is_refused():
    found = case(bid("a", "1"))
    object.__setattr__(found.bids[0].lines[0], "unit_price", 0.1)
    with pytest.raises(InvalidCase, match="float where an exact Fraction is needed"):
        check_case(found)


def test_a_case_built_by_hand_with_a_price_that_no_case_can_hold_is_refused():
    found = case(bid("a", "1"))
    object.__setattr__(found.bids[0].lines[0], "unit_price", Fraction(1, 3))
    with pytest.raises(InvalidCase, match="cannot be written as a decimal"):
        check_case(found)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ({"a": "é\u2028\x7f\t"}, '{"a":"é\u2028\x7f\\t"}'),
        ((), "[]"),
    ],
)
def test_canonical_bytes_are_sorted_compact_utf_8(value, text):
    assert canonical(value) == text.encode()


@pytest.mark.parametrize("value", [{1: "a"}, {"é": "a"}, 2**53, -(2**53), 1.0, {"a"}, b"a"])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


def test_integers_that_every_reader_keeps_are_canonical():
    assert canonical([2**53 - 1, -(2**53) + 1]) == b"[9007199254740991,-9007199254740991]"

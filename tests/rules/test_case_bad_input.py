"""Every fault of a case gets one clear line that begins with its place."""

import json

import pytest

from procurement.rules.case import from_json, read_case
from procurement.rules.reading import InvalidCase
from tests.rules.cases import bid, case_json, gate, item, limit, line, quality

GOOD = json.dumps(
    case_json(
        *(bid(n, line(f"{n}.5", "10", stated_total="15")) for n in "123"),
        bid(
            "4",
            line("4.5", "10"),
            declared=[("1", "moisture", "12")],
            responses=[("grade", "0.1")],
            gates=[("registered", True, "", "")],
        ),
        items=[item(quantity="10", specification=[limit("moisture", "maximum", maximum="13.5")])],
        criteria=[gate(), quality("grade", "0", "0.1")],
        method="price_per_quality",
        bounds={"reserve_price": "100", "minimum_price": "1"},
        abnormally_low=[{"test": "below_next", "threshold": "0.3"}],
    )
)


def _good():
    value = json.loads(GOOD)
    for entry in value["bids"]:
        entry["gates"] = [
            {"criterion": "registered", "passed": True, "reason": "", "source": "section 28"}
        ]
    return value


def _put(value, path, new):
    *way, last = path
    for step in way:
        value = value[step]
    if new is KeyError:
        del value[last]
    else:
        value[last] = new


def _message(value):
    with pytest.raises(InvalidCase) as refused:
        from_json(value)
    assert refused.value.message.startswith(refused.value.where + ":")
    assert "\n" not in refused.value.message
    return refused.value.message


def test_the_case_that_the_faults_are_planted_in_is_good():
    from_json(_good())


LINE = ("bids", 3, "lines", 0)
FAULTS = [
    (
        (*LINE, "unit_price"),
        "12,5",
        'bids[3].lines[0].unit_price: "12,5" is not a number; write 12.5',
    ),
    (
        (*LINE, "unit_price"),
        12.5,
        "unit_price: 12.5 is a bare number; write it as a string in quotes",
    ),
    ((*LINE, "unit_price"), 12, "unit_price: 12 is a bare number"),
    ((*LINE, "unit_price"), float("nan"), "unit_price: nan is a bare number"),
    ((*LINE, "unit_price"), "NaN", 'unit_price: "NaN" is not a number'),
    ((*LINE, "unit_price"), "1e3", "write it without an exponent"),
    ((*LINE, "unit_price"), "-1", "unit_price: -1 is below zero"),
    ((*LINE, "unit_price"), "0", "unit_price: must be above zero"),
    ((*LINE, "unit_price"), "0.000", "unit_price: must be above zero"),
    ((*LINE, "unit_price"), "9" * 30, "at most 18 digits"),
    ((*LINE, "unit_price"), None, "unit_price: null where a number in quotes is needed"),
    ((*LINE, "unit_price"), True, "unit_price: true or false where a number in quotes is needed"),
    ((*LINE, "unit_price"), ["1"], "unit_price: a list where a number in quotes is needed"),
    ((*LINE, "quantity"), "0", "bids[3].lines[0].quantity: must be above zero"),
    ((*LINE, "stated_total"), "-0.01", "stated_total: -0.01 is below zero"),
    ((*LINE, "item"), "9", 'bids[3].lines[0].item: the lot has no item "9"'),
    (LINE, [], "bids[3].lines[0]: a list where an object is needed"),
    ((*LINE, "discount"), "5", '"discount" is not a known key; known: item, unit_price'),
    ((*LINE, "quantity"), KeyError, 'bids[3].lines[0]: the key "quantity" is missing'),
    (("bids", 3, "lines"), {}, "bids[3].lines: an object where a list is needed"),
    (("bids", 3, "lines"), [line("1"), line("2")], 'lines[1]: the item "1" stands here twice'),
    (("bids", 3, "bid"), "1", 'bids[3]: the bid "1" stands here twice'),
    (("bids", 3, "bid"), " 4", "bids[3].bid: must not be empty nor begin or end with a space"),
    (("bids", 3, "bid"), "", "bids[3].bid: must not be empty"),
    (("bids", 3, "bid"), "x" * 201, "bids[3].bid: 201 characters; at most 200 are allowed"),
    (("bids", 3, "bid"), "a\x00b", "bids[3].bid: contains a control character"),
    (("bids", 3, "bid"), "a\nb", "bids[3].bid: contains a line break or a tab"),
    (("bids", 3, "bid"), "\ud800", "bids[3].bid: contains a control character"),
    (("bids", 3, "tenderer"), 7, "bids[3].tenderer: a bare number where a text is needed"),
    (("bids", 3, "revision"), "1.5", 'revision: "1.5" is not a whole number from 0 to 999999'),
    (("bids", 3, "revision"), "1000000", "is not a whole number from 0 to 999999"),
    (("bids", 3, "revision"), "01", '"01" is not a whole number'),
    (
        ("bids", 3, "submitted_at"),
        "2026-03-01 08:00",
        "is not an instant in UTC; write 2026-03-01T",
    ),
    (("bids", 3, "submitted_at"), "2026-03-01T08:00:00+02:00", "is not an instant in UTC"),
    (("bids", 3, "submitted_at"), "2026-02-30T08:00:00Z", "is not a date that exists"),
    (("bids", 3, "submitted_at"), "2026-03-01T08:00:00.1234567Z", "is not an instant in UTC"),
    (("bids", 3, "submitted_at"), None, "submitted_at: null is not an instant in UTC"),
    (("bids", 3, "declared", 0, "value"), "12,5", 'declared[0].value: "12,5" is not a number'),
    (("bids", 3, "declared", 0, "value"), "dry", 'declared[0].value: "dry" is not a number'),
    (("bids", 3, "declared", 0, "parameter"), "x", 'specification has no parameter "x of 1"'),
    (("bids", 3, "responses", 0, "criterion"), "x", 'there is no criterion with options "x"'),
    (("bids", 3, "responses", 0, "option"), "9", '"9" is not an option of this criterion'),
    (("bids", 3, "gates"), [], 'bids[3].gates: there is no finding for the gate "registered"'),
    (("bids", 3, "gates", 0, "criterion"), "grade", 'there is no gate "grade"'),
    (("bids", 3, "gates", 0, "passed"), "yes", "passed: a text where true or false is needed"),
    (("bids", 3, "gates", 0, "passed"), False, "reason: a bid that fails a gate must be told why"),
    (("method",), "cheapest", '"cheapest" is not one of: lowest_price, lowest_evaluated_price'),
    (
        ("method",),
        "lowest_price",
        "lowest_price uses no quality criteria; it would count for nothing",
    ),
    (("format",), "musika-evaluation-case/9", "format:"),
    (
        ("format",),
        "musika-evaluation-case/1",
        "format: musika-evaluation-case/1 is of engine 1, this is a later one; use the release",
    ),
    (("format",), KeyError, 'case: the key "format" is missing'),
    (("weights",), [], 'case: "weights" is not a known key'),
    (("items",), [], "items: a lot needs at least one item"),
    (("items", 0, "quantity"), "-5", "items[0].quantity: -5 is below zero"),
    (("items", 0, "quantity"), "0", "items[0].quantity: must be above zero"),
    (("items", 0, "unit"), "", "items[0].unit: must not be empty"),
    (("items", 0, "specification", 0, "kind"), "about", '"about" is not one of: maximum, minimum'),
    (
        ("items", 0, "specification", 0, "maximum"),
        None,
        "maximum: a limit of kind maximum needs it",
    ),
    (("items", 0, "specification", 0, "minimum"), "1", "kind maximum has none; write null"),
    (("criteria", 0, "options"), [{"option": "a", "label": "", "value": "0"}], "has no options"),
    (("criteria", 1, "options"), [], "criteria[1].options: a quality criterion needs at least one"),
    (
        ("criteria", 1, "options", 1, "value"),
        "1",
        "criteria: the highest values add up to 1; it must",
    ),
    (("criteria", 1, "options", 1, "value"), "-0.1", "criteria[1].options[1].value: -0.1 is below"),
    (("criteria", 1, "kind"), "gate", "criteria[1].options: a gate is passed or not"),
    (("bounds", "minimum_price"), "101", "bounds.minimum_price: is above the reserve price"),
    (("bounds", "reserve_price"), "0", "bounds.reserve_price: must be above zero"),
    (("rounding", "mode"), "up", '"up" is not one of: half-up, half-even, truncate'),
    (("rounding", "decimals"), "13", "is not a whole number from 0 to 12"),
    (("rounding", "decimals"), 2, "rounding.decimals: 2 is a bare number"),
    (
        ("partial",),
        {"minimum_share": "1.1"},
        "partial.minimum_share: must be above 0 and at most 1",
    ),
    (("partial",), {"minimum_share": "0"}, "partial.minimum_share: must be above 0 and at most 1"),
    (("abnormally_low", 0, "test"), "odd", 'abnormally_low[0].test: "odd" is not one of'),
    (("abnormally_low", 0, "threshold"), "0", "abnormally_low[0].threshold: must be above zero"),
    (("abnormally_low", 0, "threshold"), "30", "threshold: is a share and must be below 1"),
    (("tie_break",), ["coin"], 'tie_break[0]: "coin" is not one of'),
    (("tie_break",), ["draw", "draw"], 'tie_break[1]: the rule "draw" stands here twice'),
    (("draw_seed",), "abc", "draw_seed: must be 32 to 128 lower-case hexadecimal digits"),
    (("draw_seed",), "AB" * 16, "draw_seed: must be 32 to 128 lower-case"),
]


@pytest.mark.parametrize(("path", "new", "message"), FAULTS)
def test_a_fault_is_named_with_its_place(path, new, message):
    value = _good()
    _put(value, path, new)
    assert message in _message(value)


def test_reversed_bounds_of_a_range_are_refused():
    demand = limit("moisture", "range", minimum="14", maximum="12")
    value = case_json(items=[item(specification=[demand])])
    assert "items[0].specification[0].minimum: is above the maximum" in _message(value)


@pytest.mark.parametrize("test", ["below_mean_of_others", "below_next"])
def test_a_share_must_stay_below_one_and_a_number_of_deviations_need_not(test):
    value = case_json(abnormally_low=[{"test": test, "threshold": "1"}])
    assert "is a share and must be below 1" in _message(value)
    from_json(
        case_json(abnormally_low=[{"test": "below_mean_minus_deviations", "threshold": "1.5"}])
    )


def test_bounds_and_limits_may_meet():
    demand = limit("moisture", "range", minimum="12", maximum="12")
    bounds = {"reserve_price": "5", "minimum_price": "5"}
    from_json(case_json(items=[item(specification=[demand])], bounds=bounds))


def test_the_longest_text_and_the_longest_name_are_accepted():
    longest = item() | {"description": "d" * 4000}
    from_json(case_json(bid("b", "1") | {"bid": "b" * 200}, items=[longest]))
    assert "4001 characters" in _message(case_json(items=[item() | {"description": "d" * 4001}]))


def test_the_largest_whole_numbers_are_accepted():
    rounding = {"decimals": "12", "mode": "truncate"}
    from_json(case_json(bid("a", "1") | {"revision": "999999"}, rounding=rounding))


@pytest.mark.parametrize(("size", "told"), [(40, "x" * 40), (41, "x" * 40 + "…")])
def test_a_long_name_is_cut_in_the_message(size, told):
    assert f'there is no gate "{told}"' in _message(
        case_json(bid("a", "1", gates=[("x" * size, True, "", "")]))
    )


@pytest.mark.parametrize("key", ["items", "criteria"])
def test_two_parts_of_one_name_are_refused(key):
    value = _good()
    value[key].append(value[key][0])
    assert f"{key}[{len(value[key]) - 1}]" in _message(value)


def test_a_second_declaration_of_one_parameter_is_refused():
    value = _good()
    value["bids"][3]["declared"] *= 2
    assert 'declared[1]: the declaration "moisture of 1" stands here twice' in _message(value)


def test_a_quality_method_without_quality_criteria_is_refused():
    assert "needs at least one quality criterion" in _message(case_json(method="price_per_quality"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "case: not JSON at line 1, column 1"),
        ('{"format": ', "case: not JSON at line 1"),
        (GOOD[:200], "case: not JSON at line 1"),
        ("[]", "case: a list where an object is needed"),
        ("null", "case: null where an object is needed"),
        ('{"a": NaN}', "case: NaN is not a number that can be evaluated"),
        ('{"a": -Infinity}', "case: -Infinity is not a number"),
        ('{"b": 0, "a": 1, "a": 2}', 'case: the key "a" stands twice in one object'),
        ("[" * 200_000, "case: nested too deeply"),
        ("1" * 5000, "case: a number is too long"),
        (b"\xff\xfe{}", "case: byte 0 is not UTF-8"),
    ],
)
def test_what_is_not_sound_json_is_refused(text, message):
    with pytest.raises(InvalidCase) as refused:
        read_case(text)
    assert message in refused.value.message


def test_a_list_of_absurd_length_is_refused_before_it_is_read():
    value = _good()
    value["bids"] = [None] * 100_001
    assert _message(value) == "bids: 100001 entries; at most 100000 are allowed"

import json
from itertools import pairwise

import pytest

from produce.operations.catalogue import DATA
from produce.rules.adjustmentfile import read_adjustments
from produce.rules.commodityfile import read_commodities
from produce.rules.reading import BadDataFile
from produce.rules.standardfile import read_standard

STANDARDS = sorted((DATA / "standards").glob("*.json"))
ADJUSTMENTS = (DATA / "adjustments.json").read_text(encoding="utf-8")


def standard(name):
    return json.loads((DATA / "standards" / name).read_text(encoding="utf-8"))


def refused(data):
    with pytest.raises(BadDataFile) as error:
        read_standard(json.dumps(data), "eas2.json")
    return error.value.where


@pytest.mark.parametrize("path", STANDARDS, ids=lambda p: p.stem)
def test_every_value_of_a_standard_carries_a_source_and_a_confidence(path):
    entry = read_standard(path.read_text(encoding="utf-8"), path.name)
    assert entry.source and entry.confidence
    limits = [x for _, ps in entry.tables for p in ps for _, x in p.limits]
    assert limits and all(x.source and x.confidence for x in limits)


@pytest.mark.parametrize("path", STANDARDS, ids=lambda p: p.stem)
def test_what_is_from_memory_is_marked_so_and_nothing_else_is(path):
    entry = read_standard(path.read_text(encoding="utf-8"), path.name)
    for limit in [x for _, ps in entry.tables for p in ps for _, x in p.limits]:
        assert limit.source.startswith("from memory") == (limit.confidence == "MEMORY"), limit


def test_every_code_of_a_commodity_carries_a_source():
    text = (DATA / "commodities.json").read_text(encoding="utf-8")
    codes = [c for e in read_commodities(text, "c") for c in (e.hs6, e.cpc, e.fao_item) if c]
    assert len(codes) >= 3 * 18
    assert all(c.source and c.confidence for c in codes)


def test_every_price_adjustment_carries_a_source_and_units():
    for entry in read_adjustments(ADJUSTMENTS, "a"):
        assert entry.source and entry.confidence
        assert all(step.unit for step in entry.steps if step.value is not None)


def test_no_number_in_any_file_is_a_float():
    floats = []
    for path in DATA.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"), parse_float=floats.append)
    assert not floats


def test_adjacent_steps_of_a_schedule_leave_no_gap():
    entries = {(e.code, e.edition): e for e in read_adjustments(ADJUSTMENTS, "a")}
    steps = entries["FSEMN_CORN", "2023-09-11"].steps
    bands = [s for s in steps if s.parameter_code == "BCFM"]
    for below, above in pairwise(bands):
        assert below.upper == above.lower
        assert below.upper_inclusive != above.lower_inclusive


def _float_limit(data):
    data["parameters"][0]["limits"][1]["maximum"] = 1.5


def _no_source(data):
    del data["parameters"][0]["limits"][1]["source"]


def _unknown_key(data):
    data["parameters"][0]["colour"] = "white"


def _upside_down(data):
    data["parameters"][0]["limits"][1]["maximum"] = "0.1"


def _no_such_grade(data):
    data["parameters"][0]["limits"][1]["grade"] = "9"


def _twice(data):
    data["parameters"].append(data["parameters"][0])


def _bad_period(data):
    data["valid_from"], data["valid_to"] = "2026-01-01", "2026-01-01"


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (_float_limit, "eas2.json.parameters[1] (FOREIGN_MATTER).limits[2].maximum"),
        (_no_source, "eas2.json.parameters[1] (FOREIGN_MATTER).limits[2]"),
        (_unknown_key, "eas2.json.parameters[1].colour"),
        (_upside_down, "eas2.json for MAIZE_GRAIN, 2, FOREIGN_MATTER"),
        (_no_such_grade, "eas2.json.parameters[1] (FOREIGN_MATTER).limits"),
        (_twice, "eas2.json.parameters for MAIZE_GRAIN"),
        (_bad_period, "eas2.json.valid_to"),
    ],
)
def test_a_spoilt_file_is_refused_at_its_place(spoil, where):
    data = standard("eas2.json")
    spoil(data)
    assert refused(data) == where


def test_broken_json_is_refused_with_line_and_column():
    with pytest.raises(BadDataFile, match="line 2, column 1"):
        read_standard('{"code": 1,\n', "eas2.json")


def test_a_key_written_twice_is_refused():
    with pytest.raises(BadDataFile, match="“code” is written twice"):
        read_standard('{"code": "A", "code": "B"}', "eas2.json")

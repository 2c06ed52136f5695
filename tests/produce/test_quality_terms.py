"""What a specification says beside its limits, and how a farmer reads it."""

import json
from decimal import Decimal

import pytest

from produce.operations.catalogue import DATA
from produce.queries import sampling_schemes
from produce.rules import farmer
from produce.rules.adjustmentcase import read_case
from produce.rules.adjustmentfile import read_adjustments
from produce.rules.bands import BadSchedule
from produce.rules.facts import Confidence, Direction
from produce.rules.reading import BadDataFile
from produce.rules.sampling import increments, read_sampling, size_words
from produce.rules.terms import BadTerms, Measuring, check_terms, published_form
from tests.produce.adjustment_cases import PUBLISHED, case, schedule
from tests.produce.facts import limit

LIMITS = (limit(high="12.5"), limit("DAMAGED_TOTAL", high="4"), limit("LIVE_INSECTS", high="0"))
TEXT = (DATA / "adjustments.json").read_text(encoding="utf-8")
ENTRIES = {(e.code, e.edition): e for e in read_adjustments(TEXT, "a")}
DRY = ENTRIES["DRY_MATTER_WEIGHT", "base 12.5"]
WHEAT = ENTRIES["ACCEPT_DEDUCT_REJECT", "wheat"]


@pytest.mark.parametrize("key", sorted(ENTRIES), ids=" ".join)
def test_a_schedule_in_its_published_form_is_the_same_schedule(key):
    form = published_form(ENTRIES[key])
    again, _ = read_case(json.dumps(case(PUBLISHED[key]) | {"schedule": form}))
    assert again == ENTRIES[key]


@pytest.mark.parametrize(
    ("tonnes", "count"),
    [("0.1", 3), ("15", 3), ("15.001", 8), ("30", 8), ("45", 11), ("1500", 25), ("1500.1", None)],
)
def test_a_load_is_sampled_by_its_size(tonnes, count):
    assert increments(sampling_schemes()["ISO_24333"], Decimal(tonnes)) == count


def test_a_remembered_scheme_is_marked_and_says_its_sizes():
    scheme = sampling_schemes()["ISO_24333"]
    assert scheme.confidence is Confidence.MEMORY and scheme.source == "from memory"
    assert size_words(scheme)[0] == "up to 15 t: at least 3 increments"


def test_a_scheme_that_falls_is_refused_with_its_place():
    data = json.loads((DATA / "sampling.json").read_text(encoding="utf-8"))
    data["schemes"][0]["lots"][1]["increments"] = 1
    with pytest.raises(BadDataFile) as error:
        read_sampling(json.dumps(data), "sampling.json")
    assert error.value.where == "sampling.json.schemes[1].lots"


BAD = [
    ({"tolerance": Decimal(51)}, "quantity_tolerance"),
    ({"measuring": [Measuring("MOISTURE", "moon")]}, "measuring"),
    ({"measuring": [Measuring("PROTEIN", "gate")]}, "measuring"),
    ({"measuring": [Measuring("MOISTURE", "gate")] * 2}, "measuring"),
    ({"schedule": ENTRIES["KE_MILK_BONUS", "as published"]}, "schedule"),
    ({"limits": (limit(high="12.5", unit="% dry"),), "schedule": DRY}, "schedule"),
    (
        {
            "limits": (limit(low="10", high="12.5", direction=Direction.RANGE),),
            "schedule": ENTRIES["PENCIL_SHRINK", "0.7 per half point"],
        },
        "schedule",
    ),
]


@pytest.mark.parametrize(("said", "where"), BAD)
def test_what_could_not_be_applied_at_the_gate_is_refused(said, where):
    given = {"limits": LIMITS, "schedule": None, "tolerance": None, "measuring": ()} | said
    with pytest.raises(BadTerms) as error:
        check_terms(given["limits"], given["schedule"], given["tolerance"], given["measuring"])
    assert error.value.where == where and error.value.remedy


def test_a_schedule_that_contradicts_itself_is_refused():
    steps = [{**step, "value": "99"} for step in schedule()["steps"]]
    shares = {"effect": "currency_share_percent", "value": "30", "unit": "USD"}
    bad, _ = read_case(json.dumps(case(schedule(*steps, shares), {"MOISTURE": "12"})))
    with pytest.raises(BadSchedule):
        check_terms(LIMITS, bad, None, ())


def test_the_farmer_reads_what_the_goods_must_be_with_moisture_first():
    assert farmer.must("Maize", LIMITS[::-1]) == [
        "Your maize must have 12.5 % moisture or be drier.",
        "Live insects: none at all.",
        "Damaged total: at most 4 %.",
    ]


def test_the_farmer_reads_what_a_wetter_load_is_paid_and_how_much_to_bring():
    first, second = farmer.previews(LIMITS, DRY)
    assert first.words == (
        "A load of 10000 kg with Moisture of 13.5 % would be paid 98.86 % of the full price: "
        "9885.71 kg count. To be paid for 10000 kg, bring at least 10115.61 kg."
    )
    assert "97.71 %" in second.words


def test_the_farmer_reads_when_a_load_is_rejected():
    said = farmer.previews((limit(high="14"), LIMITS[1]), WHEAT)
    assert [preview.rejected for preview in said] == [True, True, False, False]
    assert said[0].words == "A load with Moisture of 15 % is rejected."


def test_without_a_price_nothing_is_promised_in_money():
    corn = ENTRIES["FSEMN_CORN", "2023-09-11"]
    assert farmer.previews(LIMITS, corn) == []


def test_where_and_how_things_are_measured_is_grouped_by_place():
    rows = [Measuring("MOISTURE", "gate", "ISO 712"), Measuring("LIVE_INSECTS", "gate")]
    assert farmer.where_measured(LIMITS, rows) == [
        "Measured at the gate of the depot: Moisture (ISO 712), Live insects."
    ]


def test_how_much_to_bring_follows_the_tolerance():
    assert farmer.bring(Decimal(100), "t", Decimal("2.5")) == (
        "Bring at least 97.5 t and at most 102.5 t in all (2.5 % tolerance)."
    )
    assert farmer.bring(Decimal(100), "t", None) == ""

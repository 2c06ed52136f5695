"""What pages say of limits is in English what the rules say, to the letter."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from marketplace.web.presenters import sentences
from produce.rules import farmer
from produce.rules.facts import Confidence, Direction, Kind
from produce.rules.limits import LimitFact, bound_words

LIMIT = LimitFact(
    code="MOISTURE",
    name="Moisture",
    unit="% m/m",
    kind=Kind.NUMERIC,
    direction=Direction.LOWER,
    source="",
    confidence=Confidence.VERIFIED,
)
LIMITS = [
    replace(LIMIT, maximum=Decimal("12.5")),
    replace(LIMIT, code="BROKEN", name="Broken", minimum=Decimal(2)),
    replace(LIMIT, code="BROKEN", name="Broken", minimum=Decimal(2), maximum=Decimal(4)),
    replace(LIMIT, code="BROKEN", name="Broken", minimum=Decimal(2), maximum=Decimal(2)),
    replace(LIMIT, code="BROKEN", name="Broken", minimum=Decimal(0), maximum=Decimal(0)),
    replace(LIMIT, code="BROKEN", name="Broken", maximum=Decimal(0)),
    replace(LIMIT, code="PESTS", name="Pests", kind=Kind.BOOLEAN, text="absent"),
    replace(LIMIT, code="LABEL", name="Label", kind=Kind.BOOLEAN, text="present"),
    replace(LIMIT, code="COLOUR", name="Colour", kind=Kind.TEXT, text="white"),
    replace(LIMIT, code="BROKEN", name="Broken"),
]


@pytest.mark.parametrize("limit", LIMITS)
def test_in_english_a_limit_reads_as_the_rules_have_it(limit):
    assert sentences.bound(limit) == bound_words(limit)
    assert sentences.must("Maize, white", [limit]) == farmer.must("Maize, white", [limit])


@pytest.mark.parametrize("language", ["sn", "nd"])
def test_in_another_language_it_keeps_its_numbers_and_loses_its_english(language):
    with translation.override(language):
        said = [sentences.bound(limit) for limit in LIMITS if limit.kind is Kind.NUMERIC]
    assert "12.5 %" in said[0]
    assert not [text for text in said if "at " in text or "between" in text or "none" in text]


def test_the_place_of_what_is_missing_keeps_its_names():
    assert sentences.place("lot 1, item 2, Lot of dust") == "lot 1, item 2, Lot of dust"
    with translation.override("sn"):
        assert sentences.place("lot 1, item 2, Moisture") == "chikamu 1, chinhu 2, Moisture"

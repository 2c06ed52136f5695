"""Sampling, tolerance, price schedule and places of measuring: chosen, previewed, published."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from procurement.queries import contents, terms
from produce.models import PriceAdjustmentSchedule
from produce.rules.adjustmentcase import read_case
from produce.rules.terms import Measuring
from tests.factories import content, item, tender_at

pytestmark = pytest.mark.django_db
GRADED = item(standard="EAS2", edition="2011 to 2017 values", grade="1")
SAID = replace(
    GRADED,
    schedule="DRY_MATTER_WEIGHT",
    schedule_edition="base 12.5",
    sampling="ISO_24333",
    quantity_tolerance=Decimal(5),
    measuring=(Measuring("MOISTURE", "gate", "ISO 712"),),
)


def lots(said):
    return (replace(content().lots[0], items=(said,)),)


@pytest.fixture
def draft(market, at):
    return tender_at("draft", market, lots=lots(GRADED))


def choose(browser, draft, **changes):
    here = reverse("draft_quality_terms", args=[draft.reference, 1, 1])
    row = PriceAdjustmentSchedule.objects.get(code="DRY_MATTER_WEIGHT")
    said = {"schedule": row.pk, "sampling": "ISO_24333", "quantity_tolerance": "5"}
    said |= {"place_MOISTURE": "gate", "method_MOISTURE": "ISO 712", "look": "1"}
    return browser.post(here, said | changes, follow=True)


def test_what_is_chosen_is_previewed_as_the_farmer_will_read_it(signed_in, market, draft):
    text = choose(signed_in(market.officer), draft).content.decode()
    assert "bring at least" in text and "14.5 %" in text
    assert "Measured at the gate of the depot: Moisture (ISO 712)." in text
    assert "Bring at least 95 t and at most 105 t in all" in text
    assert "to be confirmed against the official text" in text
    assert contents.content(draft).lots[0].items[0] == SAID


def test_a_tolerance_out_of_bounds_is_refused_beside_its_box(signed_in, market, draft):
    page = choose(signed_in(market.officer), draft, quantity_tolerance="60")
    assert list(page.context["form"].errors) == ["quantity_tolerance"]
    assert contents.content(draft).lots[0].items[0] == GRADED


def test_a_limit_that_the_schedule_needs_cannot_be_dropped(signed_in, market, draft):
    browser = signed_in(market.officer)
    choose(browser, draft)
    here = reverse("draft_limits", args=[draft.reference, 1, 1])
    form = browser.get(here).context["form"]
    said = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    page = browser.post(here, {k: v for k, v in said.items() if v is not False} | {
        "drop_MOISTURE": "on"
    })  # fmt: skip
    assert "MOISTURE" in page.content.decode() and page.context["form"].errors


def test_the_published_terms_hold_it_whole_and_the_tender_page_shows_it(client, market, at):
    tender = tender_at("open", market, prices=(), lots=lots(SAID))
    quality = json.loads(tender.terms)["lots"][0]["items"][0]["quality"]
    assert quality["quantity_tolerance"] == "5"
    assert quality["sampling"]["code"] == "ISO_24333"
    assert quality["measuring"] == [{"parameter": "MOISTURE", "place": "gate", "method": "ISO 712"}]
    case = {
        "format": "musika-adjustment-case-1",
        "schedule": quality["adjustment"],
        "load": {
            "net_weight": "10000",
            "measured": [{"parameter": "MOISTURE", "value": "13.5", "unit": "% m/m"}],
            "rounding": {"mode": "half_up", "decimals": 2},
        },
    }
    entry, _ = read_case(json.dumps(case))
    assert entry.code == "DRY_MATTER_WEIGHT"
    text = client.get(f"/tenders/{tender.reference}/").content.decode()
    assert "Your maize grain must have 13.5 % moisture or be drier." in text
    assert "would be paid" in text and "ISO 24333" in text


def test_the_terms_change_when_the_price_schedule_does(market, at):
    plain = tender_at("draft", market, lots=lots(GRADED))
    other = replace(SAID, measuring=())
    said = tender_at("draft", market, lots=lots(other))
    assert terms.lots(plain)[0]["items"][0]["quality"]["adjustment"] is None
    assert terms.fingerprint(plain) != terms.fingerprint(said)

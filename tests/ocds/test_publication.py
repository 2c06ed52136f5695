"""Releases follow the ledger: one a change, each once, none ever changed."""

from datetime import timedelta

import pytest
from django.db import transaction

from procurement.models import OcdsProcess, OcdsRelease, OcdsWatermark
from procurement.ocds import merge, values
from procurement.operations import amendments, ocds
from procurement.rules import visibility
from procurement.rules.amending import Timetable
from procurement.rules.visibility import Fact, Rule
from tests.factories import AFTER, DEADLINE, START, Market, tender_at

pytestmark = pytest.mark.django_db


def tags():
    return list(OcdsRelease.objects.values_list("tags", flat=True))


def test_a_tender_that_was_paid_has_a_release_for_every_change():
    tender_at("paid", Market())
    ocds.publish(now=START)
    assert tags() == [
        "tender",
        "tenderUpdate",
        "tenderUpdate,award",
        "contract",
        "implementation",
        "implementationUpdate",
        "implementationUpdate,contractTermination",
    ]
    process = OcdsProcess.objects.get()
    whole = merge.compiled([values.loads(r.text) for r in process.releases.all()])
    # Put together release by release, and by the library all at once: the same.
    assert values.loads(process.compiled) == whole


def test_a_second_run_adds_nothing_and_changes_nothing():
    tender_at("standstill", Market())
    ocds.publish(now=START)
    before = list(OcdsRelease.objects.values_list("release_id", "digest"))
    assert ocds.publish(now=START) == 0 and not ocds.is_due()
    assert list(OcdsRelease.objects.values_list("release_id", "digest")) == before


def test_a_sweep_that_is_late_says_what_one_in_time_would_have_said():
    market = Market()
    tender = tender_at("open", market)
    ocds.publish(now=START)
    in_time = OcdsRelease.objects.get().text
    amended(tender, market)
    forget()
    ocds.publish(now=AFTER, batch=1)
    assert OcdsRelease.objects.first().text == in_time
    assert tags() == ["tender", "tenderAmendment"]
    found = values.loads(OcdsProcess.objects.get().compiled)["tender"]
    assert found["tenderPeriod"]["endDate"] == values.instant(DEADLINE + timedelta(days=3))
    assert found["amendments"][0]["rationale"] == "Asked by many."


def test_before_the_opening_nothing_tells_of_bids():
    tender_at("closed", Market())
    ocds.publish(now=AFTER)
    text = OcdsProcess.objects.get().compiled
    assert not {"bids", "numberOfTenderers"} & set(values.loads(text)["tender"])
    assert "Farai" not in text and '"bids"' not in text


def test_until_the_decision_nobody_is_told_who_leads():
    tender_at("recommended", Market())
    ocds.publish(now=AFTER)
    whole = values.loads(OcdsProcess.objects.get().compiled)
    assert {bid["status"] for bid in whole["bids"]["details"]} == {"pending"}
    assert not any({"rank", "evaluations"} & set(bid) for bid in whole["bids"]["details"])
    assert "awards" not in whole


def test_a_farmer_is_not_named_and_the_data_say_so(settings):
    settings.OCDS_NAME_PERSONS = False
    market = Market()
    market.tenderers[0] = market.tenderer("Tendai Moyo", kind="farmer")
    tender_at("opened", market)
    ocds.publish(now=AFTER)
    whole = values.loads(OcdsProcess.objects.get().compiled)
    assert "Tendai" not in values.dumps(whole)
    assert "natural person" in whole["withheldInformation"][0]["rationale"]


def test_farmers_are_named_where_the_law_lets_them_be(settings):
    settings.OCDS_NAME_PERSONS = True
    market = Market()
    market.tenderers[0] = market.tenderer("Tendai Moyo", kind="farmer")
    tender_at("opened", market)
    ocds.publish(now=AFTER)
    assert "Tendai Moyo" in OcdsProcess.objects.get().compiled


def test_a_fact_that_the_table_hides_makes_no_release(monkeypatch):
    hidden = {**visibility.RULES, Fact.BID: Rule({})}
    monkeypatch.setattr(visibility, "RULES", hidden)
    tender_at("opened", Market())
    ocds.publish(now=AFTER)
    assert tags() == ["tender"]


def test_dates_run_strictly_forward_within_a_process():
    tender_at("standstill", Market())
    ocds.publish(now=AFTER)
    dates = list(OcdsRelease.objects.values_list("date", flat=True))
    assert dates == sorted(set(dates)) and len(dates) == 3


def test_a_batch_that_fails_leaves_the_watermark_where_it_was(monkeypatch):
    tender_at("open", Market())
    with monkeypatch.context() as broken:
        broken.setattr(OcdsRelease.objects, "bulk_create", lambda rows: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            ocds.publish(now=AFTER)
    assert not OcdsProcess.objects.exists()
    assert ocds.publish(now=AFTER) == 1


def amended(tender, market):
    proposal = amendments.propose(
        tender=tender,
        new=Timetable(DEADLINE + timedelta(days=3), tender.enquiry_deadline),
        notice="More time.",
        reason="Asked by many.",
        by=market.officer,
        now=START,
    )
    amendments.confirm(proposal=proposal, by=market.approver, now=START)


def forget():
    for model in (OcdsRelease, OcdsProcess, OcdsWatermark):
        model.objects.all().delete()

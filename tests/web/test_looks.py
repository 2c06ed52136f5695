"""Who looked at which bid: no unlogged look, and everybody concerned can read it."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from procurement.models import Look
from tests.factories import AFTER, tender_at


@pytest.fixture
def result(market, at):
    tender = tender_at("evaluated", market)
    at(AFTER)
    return tender


def matrix(tender):
    return reverse("lot_evaluation", args=[tender.reference, 1])


def looks(tender):
    return reverse("tender_looks", args=[tender.reference])


def test_a_look_in_office_leaves_one_row_with_who_and_in_which_role(market, result, signed_in):
    assert signed_in(market.evaluator).get(matrix(result)).status_code == 200
    row = Look.objects.get()
    assert (row.user, row.role, row.what) == (market.evaluator, "evaluator", "lot_evaluation")
    assert (row.tender, row.at) == (result, AFTER)


def test_a_look_that_cannot_be_written_down_is_refused(market, result, signed_in, monkeypatch):
    def full(**_):
        raise DatabaseError("disk full")

    monkeypatch.setattr(Look.objects, "create", full)
    answer = signed_in(market.evaluator).get(matrix(result))
    assert answer.status_code == 503 and "Farai" not in answer.content.decode()


def test_what_a_tenderer_reads_as_anybody_may_is_no_look(market, result, signed_in):
    signed_in(market.tenderers[0][0]).get(reverse("tender_opening", args=[result.reference]))
    assert not Look.objects.exists()


def test_the_auditor_reads_names_the_tenderer_roles_of_looks_at_its_own(market, result, signed_in):
    first, second = [result.bids.get(tenderer=firm) for _, firm in market.tenderers[:2]]
    browser = signed_in(market.evaluator)
    for bid in (first, second):
        browser.get(reverse("bid_findings", args=[result.reference, 1, bid.public_id]))
    full = signed_in(market.auditor).get(looks(result)).content.decode()
    assert full.count("Eva Evaluator") == 2
    own = signed_in(market.tenderers[0][0]).get(looks(result)).content.decode()
    assert "Eva Evaluator" not in own and "Gwanda Grain Board" in own and "Chengeta" not in own


def test_a_bid_history_is_a_look_at_the_tender_to_which_it_is_narrowed(market, result, signed_in):
    browser = signed_in(market.auditor)
    for asked in ({"tender": result.reference}, {}):
        got = browser.get(reverse("audit_bids_file"), {**asked, "format": "csv"})
        assert got.status_code == 200
    # Not a word in an address about something else changes what is written down.
    browser.get(matrix(result), {"tender": "MUS-2026-99999"})
    assert [look.tender for look in Look.objects.order_by("id")] == [result, None, result]


def test_rows_are_only_added(market, result, signed_in):
    signed_in(market.evaluator).get(matrix(result))
    for change in (Look.objects.all().delete, lambda: Look.objects.update(what="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

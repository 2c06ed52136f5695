"""The record of a tender as a page: facts in words, names where the reader may see them."""

import pytest

from tests.factories import AFTER, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, market, at):
    tender = tender_at("recommended", market)
    at(AFTER)
    return client.get(f"/tenders/{tender.reference}/history/").content.decode()


def test_facts_are_read_out_in_words(page):
    assert "Digest of the bids that stand (SHA-256)" in page
    assert "Where it was sealed</dt><dd>on the server (S)" in page
    assert "bids_digest" not in page and "bids digest" not in page


def test_instants_have_their_zone_and_firms_their_name(page, market):
    assert "T10:00:00+00:00" not in page
    assert page.count(market.tenderers[0][1].name) >= 1
    assert f"<dd>{market.tenderers[0][1].public_id}</dd>" not in page


def test_the_public_reads_no_name_of_a_person(page, market):
    assert market.evaluator.full_name not in page
    assert market.officer.full_name not in page

"""Official papers, read by a real PDF reader, and the short form of a receipt."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from marketplace.ledger.models import Entry
from marketplace.ledger.short import short
from procurement.models import AwardLetter, SealedBid
from tests.factories import AFTER, START, tender_at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def read(response) -> str:
    """The text of a PDF, each run of blanks as one."""
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def bid(market, at):
    tender_at("open", market)
    at(START + DAY)
    return SealedBid.objects.get(tenderer=market.tenderers[0][1])


def entry_code(bid):
    return short(bid.sequence, Entry.objects.get(pk=bid.sequence).leaf_hash)


def test_the_receipt_as_a_paper_says_what_was_received(signed_in, market, bid):
    page = signed_in(market.tenderers[0][0]).get(f"/receipts/{bid.public_id}/receipt.pdf")
    text = read(page)
    assert "Receipt of a sealed bid" in text and "Farai Farmer" in text
    assert entry_code(bid) in text and "31,000" not in text
    assert "CAT" in text


def test_the_paper_is_tagged_for_readers_who_do_not_see(signed_in, market, bid):
    page = signed_in(market.tenderers[0][0]).get(f"/receipts/{bid.public_id}/receipt.pdf")
    reader = PdfReader(io.BytesIO(page.content))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.metadata.title
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_the_same_receipt_gives_the_same_bytes(signed_in, market, bid):
    client = signed_in(market.tenderers[0][0])
    path = f"/receipts/{bid.public_id}/receipt.pdf"
    assert client.get(path).content == client.get(path).content


def test_a_receipt_is_nobody_elses(signed_in, client, market, bid):
    path = f"/receipts/{bid.public_id}/receipt.pdf"
    assert client.get(path).status_code == 302
    assert signed_in(market.tenderers[1][0]).get(path).status_code == 404


def test_what_a_person_typed_is_never_markup(signed_in, market, at):
    tender = tender_at("open", market, title='#panic("x") $1/0$ [*] @nobody <x>')
    bid = SealedBid.objects.filter(tender=tender, tenderer=market.tenderers[0][1]).get()
    page = signed_in(market.tenderers[0][0]).get(f"/receipts/{bid.public_id}/receipt.pdf")
    assert '#panic("x") $1/0$ [*] @nobody <x>' in read(page)


def test_minutes_read_out_every_bid_once_the_bids_are_open(client, market, at):
    tender = tender_at("opened", market)
    at(AFTER + DAY)
    text = read(client.get(f"/tenders/{tender.reference}/opening.pdf"))
    assert "Minutes of the bid opening" in text
    for words in ("Farai Farmer", "USD 31,000.00", "USD 310.00 × 100 t", "Farmers' Union"):
        assert words in text.replace("’", "'")


def test_there_are_no_minutes_before_the_opening(client, market, at):
    tender = tender_at("closed", market)
    at(AFTER + DAY)
    assert client.get(f"/tenders/{tender.reference}/opening.pdf").status_code == 404


def test_a_letter_is_a_paper_for_its_bidder_and_the_buyer(signed_in, market, at):
    tender = tender_at("standstill", market)
    at(AFTER + DAY)
    letter = AwardLetter.objects.get(kind="award", award__lot__tender=tender)
    of_lot = f"/tenders/{tender.reference}/lots/1/letters/{letter.pk}.pdf"
    assert "Your bid is accepted" in read(signed_in(market.officer).get(of_lot))
    winner, other = market.tenderers[1][0], market.tenderers[0][0]
    mine = f"/letters/{letter.pk}/letter.pdf"
    assert "Co-op Chengeta" in read(signed_in(winner).get(mine))
    assert signed_in(other).get(mine).status_code == 404
    assert signed_in(other).get(of_lot).status_code == 404


def test_the_short_form_finds_the_entry_and_tells_nothing_of_it(client, market, bid):
    page = client.get(f"/r/{entry_code(bid)}/")
    text = page.content.decode()
    assert page.context["entry"].pk == bid.sequence and "It is in the record" in text
    assert "Farai" not in text and bid.tender.reference not in text


def test_a_typed_code_leads_to_its_page(client, bid):
    typed = entry_code(bid).upper().replace("-", " - ")
    assert client.get("/r/", {"code": typed}).url == f"/r/{entry_code(bid)}/"


def test_a_code_of_another_leaf_is_not_in_the_record(client, bid):
    text = client.get(f"/r/{short(bid.sequence, 'a' * 64)}/").content.decode()
    assert "holds no such entry" in text


def test_a_mistyped_code_is_refused_beside_the_field(client, bid):
    page = client.get("/r/", {"code": "4711"})
    assert page.status_code == 200 and "4711-9f3a" in page.context["form"].errors["code"][0]

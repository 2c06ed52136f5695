"""A bid through the pages: written step by step, sealed, replaced, withdrawn, never readable."""

import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from marketplace.ledger import queries as ledger
from procurement.models import BidDraft, SealedBid
from procurement.operations import drafts
from procurement.rules.receipts import check_receipt
from tests.factories import AFTER, DEADLINE, START, content, item, tender_at

DAY = timedelta(days=1)
PRICE = "31415926.5358"
CANARY = "kudu-canary-7731"


@pytest.fixture
def desk(market, at, signed_in):
    """A tender with two lots, and a tenderer at its bid."""
    lots = content().lots
    tender = tender_at("open", market, prices=(), lots=(lots[0], lots[0]))
    at(START + DAY)
    user, firm = market.tenderers[0]
    client = signed_in(user)
    client.base = f"/tenders/{tender.reference}/bid/{firm.public_id}"
    client.tender, client.firm, client.user = tender, firm, user
    return client


def version(desk):
    row = BidDraft.objects.filter(tenderer=desk.firm).first()
    return row.version if row else 0


def write_bid(desk, price=PRICE):
    desk.post(f"{desk.base}/lots/", {"lots": ["1"], "version": version(desk)})
    return desk.post(f"{desk.base}/lots/1/", {"price-1": price, "version": version(desk)})


pytestmark = pytest.mark.django_db


def test_a_bid_is_written_checked_and_submitted(desk):
    write_bid(desk)
    answer = desk.post(f"{desk.base}/check/", follow=True)
    assert "received and sealed" in answer.content.decode()


def test_the_receipt_that_is_downloaded_passes_every_check(desk):
    write_bid(desk)
    desk.post(f"{desk.base}/check/")
    bid = SealedBid.objects.get()
    text = desk.get(f"/receipts/{bid.public_id}/receipt.json").content.decode()
    report = check_receipt(text, ledger.verifier_key())
    assert report.passed, report.lines()


@pytest.mark.parametrize("name", ["received_at", "ciphertext_hash", "tender", "revision"])
def test_a_receipt_that_was_changed_fails(desk, name):
    write_bid(desk)
    desk.post(f"{desk.base}/check/")
    bid = SealedBid.objects.get()
    receipt = json.loads(desk.get(f"/receipts/{bid.public_id}/receipt.json").content)
    receipt[name] = "2"
    assert not check_receipt(json.dumps(receipt), ledger.verifier_key()).passed


def test_a_half_written_bid_says_what_is_missing(desk):
    desk.post(f"{desk.base}/lots/", {"lots": ["1", "2"], "version": 0})
    desk.post(f"{desk.base}/lots/1/", {"price-1": "300", "version": 1})
    page = desk.get(f"{desk.base}/check/").content.decode()
    assert "Lot 2" in page and "give its prices" in page


def test_a_half_written_bid_cannot_be_submitted(desk):
    desk.post(f"{desk.base}/lots/", {"lots": ["1"], "version": 0})
    desk.post(f"{desk.base}/check/")
    assert not SealedBid.objects.exists()


def test_a_draft_that_another_device_changed_is_not_overwritten(desk):
    write_bid(desk)
    answer = desk.post(f"{desk.base}/lots/1/", {"price-1": "5", "version": 1})
    assert "another device" in answer.content.decode()


@pytest.mark.parametrize("price", ["ten", "-4", "0", "NaN", "1e400"])
def test_an_impossible_price_is_refused_beside_its_field(desk, price):
    answer = write_bid(desk, price)
    assert answer.context["form"].errors["price-1"]


@pytest.mark.parametrize("price", ["12,5", "0,45", "300,75"])
def test_a_decimal_comma_is_refused_at_its_place_with_what_to_write(desk, price):
    answer = write_bid(desk, price)
    told = answer.context["form"].errors["price-1"][0]
    assert f"“{price}” has a comma" in told and price.replace(",", ".") in told
    assert 'href="#id_price-1"' in answer.content.decode()


@pytest.fixture
def long_lot(market, at, signed_in):
    """One lot of two items, each with its grade: many boxes on a page."""
    graded = item(standard="EAS2", edition="2011 to 2017 values", grade="1")
    lots = (replace(content().lots[0], items=(graded, graded)),)
    tender = tender_at("open", market, prices=(), lots=lots)
    at(START + DAY)
    user, firm = market.tenderers[0]
    client = signed_in(user)
    client.base, client.firm = f"/tenders/{tender.reference}/bid/{firm.public_id}", firm
    client.post(f"{client.base}/lots/", {"lots": ["1"], "version": 0})
    return client


def test_one_wrong_value_loses_none_of_the_right_ones(long_lot):
    page = long_lot.get(f"{long_lot.base}/lots/1/")
    boxes = [name for name in page.context["form"].fields if name != "version"]
    typed = {name: str(7 + at) for at, name in enumerate(boxes)} | {"price-2": "12,5"}
    answer = long_lot.post(f"{long_lot.base}/lots/1/", typed | {"version": 1})
    form, shown = answer.context["form"], answer.content.decode()
    assert "price-2" in form.errors and len(boxes) > 4
    assert [n for n in boxes if form[n].value() != typed[n]] == []
    assert 'value="12,5"' in shown and 'value="7"' in shown


def test_what_was_typed_on_two_devices_is_saved_at_the_second_try(desk):
    write_bid(desk)
    answer = desk.post(f"{desk.base}/lots/1/", {"price-1": "5", "version": 1})
    form = answer.context["form"]
    assert form["price-1"].value() == "5" and "save once more" in answer.content.decode()
    again = {"price-1": "5", "version": form["version"].value()}
    assert desk.post(f"{desk.base}/lots/1/", again).status_code == 302


def test_what_must_be_met_and_has_no_document_is_told_and_not_refused(desk):
    write_bid(desk)
    page = desk.get(f"{desk.base}/check/").content.decode()
    assert "Missing: Tax clearance" in page and "Seal and submit my bid" in page
    desk.post(f"{desk.base}/check/")
    assert SealedBid.objects.exists()


def test_what_must_be_met_is_told_beside_what_keeps_the_bid_from_submission(desk):
    desk.post(f"{desk.base}/lots/", {"lots": ["1"], "version": 0})
    page = desk.get(f"{desk.base}/check/").content.decode()
    assert "<strong>Prices</strong>: Give a price" in page
    assert "Missing: Tax clearance" in page and page.count("Missing:") == 1


def test_a_document_that_shows_a_requirement_takes_it_off_the_list(desk):
    write_bid(desk)
    file = SimpleUploadedFile("tax.txt", b"clearance 2026")
    data = {"shows": "Tax clearance", "file": file, "version": version(desk)}
    desk.post(f"{desk.base}/documents/", data)
    assert "Missing:" not in desk.get(f"{desk.base}/check/").content.decode()


def test_a_document_must_say_what_it_is(desk):
    write_bid(desk)
    file = SimpleUploadedFile("tax.txt", b"clearance 2026")
    answer = desk.post(f"{desk.base}/documents/", {"file": file, "version": version(desk)})
    assert "Say what this document is." in answer.context["form"].errors["title"]


def test_a_bid_is_replaced_by_a_whole_new_one(desk):
    for price in ("300", "290"):
        write_bid(desk, price)
        desk.post(f"{desk.base}/check/")
    assert [bid.revision for bid in SealedBid.objects.order_by("revision")] == [1, 2]


def test_a_bid_is_withdrawn_after_a_question(desk):
    write_bid(desk)
    desk.post(f"{desk.base}/check/")
    assert "Withdraw your bid?" in desk.get(f"{desk.base}/withdraw/").content.decode()
    desk.post(f"{desk.base}/withdraw/")
    assert SealedBid.objects.get().withdrawn_at == START + DAY


def test_a_bid_at_the_deadline_is_late_and_says_so(desk, at):
    write_bid(desk)
    at(DEADLINE)
    answer = desk.post(f"{desk.base}/check/")
    assert "late bid cannot be accepted" in answer.content.decode()
    assert not SealedBid.objects.exists()


def test_nobody_else_reaches_the_bid(desk, market, signed_in):
    signed_in(market.tenderers[1][0])
    assert desk.get(f"{desk.base}/check/").status_code == 404


def test_nobody_else_reads_the_receipt(desk, market, signed_in):
    write_bid(desk)
    desk.post(f"{desk.base}/check/")
    bid = SealedBid.objects.get()
    signed_in(market.officer)
    assert desk.get(f"/receipts/{bid.public_id}/").status_code == 404


def test_a_document_is_refused_when_it_is_not_what_its_name_says(desk):
    write_bid(desk)
    file = SimpleUploadedFile("tax.pdf", b"not a pdf")
    data = {"title": "Tax", "file": file, "version": version(desk)}
    assert "does not contain" in desk.post(f"{desk.base}/documents/", data).content.decode()


def test_a_letter_is_read_by_its_tenderer_alone(market, at, signed_in):
    tender_at("standstill", market)
    at(AFTER + DAY)
    client = signed_in(market.tenderers[0][0])
    letter = client.get("/bids/").context["letters"][0]
    assert "not accepted" in client.get(f"/letters/{letter.pk}/").content.decode()
    signed_in(market.tenderers[1][0])
    assert client.get(f"/letters/{letter.pk}/").status_code == 404


# --- the canary -------------------------------------------------------------------------------


def everything_stored() -> bytes:
    """Every value of every table, and every file of the house."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [repr([_seen(value) for value in row]) for row in cursor.fetchall()]
    files = [str(p) for p in Path(settings.VAR_DIR).rglob("*") if p.is_file()]
    # By another process: whoever opens and closes a SQLite file beside SQLite gives up the locks
    # that his process holds on it, and the next writer deletes the log that is still in use.
    read = subprocess.run(["cat", *files], check=True, capture_output=True)
    return "\n".join(found).encode() + read.stdout


def _seen(value):
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else value


def assert_unseen(logged: str) -> None:
    stored = everything_stored()
    for canary in (CANARY, PRICE):
        assert canary.encode() not in stored
        assert canary not in logged


def test_what_a_bid_says_is_nowhere_before_the_opening(desk, caplog, capfd):
    caplog.set_level("DEBUG")
    write_bid(desk)
    file = SimpleUploadedFile("prices.txt", f"price {PRICE} {CANARY}".encode())
    data = {"title": CANARY, "file": file, "version": version(desk)}
    desk.post(f"{desk.base}/documents/", data)
    assert_unseen(caplog.text)
    receipt = desk.post(f"{desk.base}/check/", follow=True)
    for page in (receipt, desk.get("/bids/"), desk.get(f"/tenders/{desk.tender.reference}/")):
        assert CANARY not in page.content.decode() and PRICE not in page.content.decode()
    assert SealedBid.objects.exists()
    assert_unseen(caplog.text + "".join(capfd.readouterr()))


def test_the_canary_is_found_where_it_was_put(desk):
    BidDraft.objects.create(
        tender=desk.tender,
        tenderer=desk.firm,
        ciphertext=CANARY.encode(),
        updated_at=START,
        updated_by=desk.user,
    )
    with pytest.raises(AssertionError):
        assert_unseen("")


UNREADABLE = (b"", b"[]", b'{"format": "musika-draft/1"}', b'{"lines": [{"unit_price": {}}]}')
LOTS = b'{"format": "musika-draft/1", "lots": [-1], "prices": [], "declared": [], "options": [], '


@pytest.mark.parametrize("raw", [*UNREADABLE, LOTS + b'"documents": []}'])
@pytest.mark.parametrize("step", ["lots/", "lots/1/", "documents/", "check/"])
def test_a_draft_that_cannot_be_read_offers_to_start_afresh(raw, step, desk):
    firm, by = desk.firm, desk.user
    drafts.save(tender=desk.tender, tenderer=firm, data=raw, by=by, now=START + DAY)
    page = desk.get(f"{desk.base}/{step}")
    assert page.status_code == 409
    assert f'href="{desk.base}/afresh/"' in page.content.decode()


def test_who_starts_afresh_has_an_empty_draft_and_keeps_the_bid(desk):
    write_bid(desk)
    desk.post(f"{desk.base}/check/")
    firm, by = desk.firm, desk.user
    drafts.save(tender=desk.tender, tenderer=firm, data=b"[]", by=by, now=START + DAY)
    asked = desk.get(f"{desk.base}/afresh/").content.decode()
    assert "stands as it is" in asked
    page = desk.post(f"{desk.base}/afresh/", follow=True)
    assert page.status_code == 200 and "Which lots" in page.content.decode()
    assert not BidDraft.objects.exists() and SealedBid.objects.count() == 1


def test_a_draft_that_a_program_saved_goes_on_on_the_pages(desk):
    half = {"lines": [{"lot": 1, "item": 1, "unit_price": "31.50"}]}
    desk.put(
        f"/api/v1/tenders/{desk.tender.reference}/bid/draft",
        json.dumps({"bid": half}),
        content_type="application/json",
    )
    assert "31.50" in desk.get(f"{desk.base}/lots/1/").content.decode()

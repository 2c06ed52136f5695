"""The rows of a bid history: which, in which order, exact; on the database the tests run on."""

import csv
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.ledger import signer
from marketplace.ledger.models import Entry
from procurement.bidhistory import columns, formulas, query, sql
from procurement.bidhistory.slices import Slice
from procurement.models import Bid, BidLine, Tender
from procurement.operations import bids
from tests.factories import AFTER, START, offer, organization, tender_at
from tests.ledger_support import without_triggers

pytestmark = pytest.mark.django_db
NASTY = st.text(alphabet="=+-@'\t\r\n;|\\ \"a,＝é0\u00a0", max_size=12)


def rows(chosen=Slice(), guard=False, **given):  # noqa: B008 - a frozen value
    size = signer.sign_checkpoint(AFTER).size
    found = query.batches(chosen, size=size, guard=guard, **given)
    lines = [line.decode() for batch in found for line in batch]
    return [dict(zip(columns.NAMES, row, strict=True)) for row in csv.reader(lines)]


def test_an_opened_bid_is_a_row_with_its_two_leaves(market):
    tender = tender_at("opened", market)
    bid = tender.bids.order_by("pk").first()
    row = rows()[0]
    own = Entry.objects.get(pk=bid.sealed_bid.sequence)
    opening = Entry.objects.get(subject=tender.reference, event="BidsOpened")
    assert (row["bid"], row["unit_price"], row["quantity"]) == (bid.public_id, "310", "100")
    assert row["submitted_at"] == "2026-03-03T08:00:00.000000Z"
    assert (row["leaf_event"], row["leaf_sequence"]) == ("BidSubmitted", str(own.pk))
    assert (row["leaf_hash"], row["opening_leaf_hash"]) == (own.leaf_hash, opening.leaf_hash)
    assert [r["awarded"] for r in rows()] == ["false"] * 3


def test_only_the_winner_is_awarded(market):
    tender_at("standstill", market)
    assert {row["unit_price"]: row["awarded"] for row in rows()} == {
        "310": "false",
        "300": "true",
        "320": "false",
    }


@pytest.mark.parametrize("stage", ["open", "closed"])
def test_a_sealed_bid_has_no_row(market, stage):
    tender_at(stage, market)
    assert rows() == []


def test_readable_rows_without_an_opening_do_not_leak(market):
    """The second fence: somebody wrote the bid's rows, but the ledger knows of no opening."""
    tender = tender_at("opened", market)
    Tender.objects.filter(pk=tender.pk).update(opened_at=None)
    assert rows() == []


def test_an_opening_after_the_checkpoint_waits_for_the_next(market):
    tender_at("closed", market)
    size = signer.sign_checkpoint(AFTER).size
    tender_at("opened", market)
    assert list(query.batches(Slice(), size=size, guard=False)) == []


def test_only_the_revision_that_stood_is_told(market):
    tender = tender_at("open", market, prices=("310",))
    user, firm = market.tenderers[0]
    at = START + timedelta(days=2)
    bids.submit(
        tender=tender,
        tenderer=firm,
        content=offer(tender, "299"),
        by=user,
        received_at=at,
        now=at,
    )
    _finish(tender, market)
    [row] = rows()
    assert (row["unit_price"], row["revision"], row["leaf_event"]) == ("299", "2", "BidReplaced")


def test_a_withdrawn_bid_has_no_row(market):
    tender = tender_at("open", market)
    user, firm = market.tenderers[0]
    at = START + timedelta(days=2)
    bids.withdraw(tender=tender, tenderer=firm, by=user, received_at=at, now=at)
    _finish(tender, market)
    assert [row["unit_price"] for row in rows()] == ["300", "320"]


def _finish(tender, market):
    from tests import factories

    factories._close(tender, market, ())
    tender.refresh_from_db()
    factories._open(tender, market, ())


def test_a_row_without_its_leaf_is_refused(market):
    tender = tender_at("opened", market)
    with without_triggers():
        Entry.objects.filter(pk=tender.sealed_bids.first().sequence).delete()
    with pytest.raises(query.RowWithoutLeaf):
        list(query.batches(Slice(), size=10**6, guard=False))


def test_an_opening_without_its_leaf_is_refused(market):
    tender_at("opened", market)
    with without_triggers():
        Entry.objects.filter(event="BidsOpened").delete()
    with pytest.raises(query.RowWithoutLeaf):
        list(query.batches(Slice(), size=10**6, guard=False))


def test_a_bid_that_could_not_be_read_is_one_row_that_says_so(market):
    tender = tender_at("opened", market)
    bid = tender.bids.first()
    bid.lines.all().delete()
    Bid.objects.filter(pk=bid.pk).update(failure="bad: no")
    row = next(row for row in rows() if row["bid"] == bid.public_id)
    assert (row["failure"], row["lot"], row["unit_price"], row["awarded"]) == (
        *("bad: no", "", ""),
        "false",
    )


@pytest.fixture
def two(market):
    first = tender_at("opened", market)
    second = tender_at("opened", market, title="Second")
    second.buyer = organization("Other Board", "buyer", buyer_kind="other")
    second.save()
    Bid.objects.filter(tender=second).update(opened_at=AFTER + timedelta(days=1))
    return first, second


SLICES = {
    "tender": lambda one, two: Slice(tender=two.reference),
    "buyer": lambda one, two: Slice(buyer=two.buyer.public_id),
    "from": lambda one, two: Slice(opened_from=AFTER + timedelta(days=1)),
}


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_holds_its_rows_alone(two, name):
    chosen = SLICES[name](*two)
    assert [row["tender"] for row in rows(chosen)] == [two[1].reference] * 3
    assert query.count(chosen) == 3


def test_the_period_is_half_open(two):
    before = Slice(opened_before=AFTER + timedelta(days=1))
    assert [row["tender"] for row in rows(before)] == [two[0].reference] * 3
    after = Slice(opened_from=AFTER + timedelta(days=1, microseconds=1))
    assert rows(after) == []


def test_a_tenderer_and_a_commodity(two, market):
    firm = market.tenderers[1][1]
    found = rows(Slice(tenderer=firm.public_id, commodity="MAIZE_GRAIN"))
    assert [row["tenderer_name"] for row in found] == ["Co-op Chengeta"] * 2
    assert query.count(Slice(commodity="MAIZE_GRAIN")) == 6
    assert rows(Slice(commodity="WHEAT")) == [] and query.count(Slice(commodity="WHEAT")) == 0


def test_counting_stops_at_the_most_that_matters(two):
    assert query.count(Slice(), 2) == 2


@pytest.mark.parametrize("page", [1, 2, 5])
def test_pages_make_one_whole_in_one_order(two, page):
    assert rows(page=page) == rows()
    assert len(rows()) == 6


def test_numbers_come_out_as_they_went_in(market):
    tender = tender_at("opened", market)
    exact = "123456789012345678.123456789012"
    BidLine.objects.filter(bid__tender=tender).update(unit_price=Decimal(exact))
    assert {row["unit_price"] for row in rows()} == {exact}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=NASTY)
def test_sql_guards_as_python_does_and_nothing_is_lost(db, text):
    dialect = sql.DIALECTS[connection.vendor]
    connection.ensure_connection()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            connection.connection.create_function("musika_guard", 1, formulas.guard)
        asked = f"SELECT {dialect.guarded('given.x')} FROM (SELECT %s AS x) given"
        if connection.vendor == "postgresql":
            asked = asked.replace("%s", "CAST(%s AS text)")
        cursor.execute(asked, [text])
        [found] = cursor.fetchone()
    assert found == formulas.guard(text)
    assert formulas.unguard(found) == text


@settings(max_examples=500)
@given(text=NASTY)
def test_no_place_where_a_cell_can_begin_begins_a_formula(text):
    """Nor after a semicolon or a bar, with which another reader's settings split the line."""
    cells = [part.lstrip(' "\u00a0') for part in re.split("[;|\t\r\n]", formulas.guard(text))]
    assert not any(cell.startswith(("=", "+", "-", "@", "＝")) for cell in cells)
    assert not formulas.guard(text).startswith(("\t", "\r", "\n"))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=NASTY)
def test_any_text_is_read_back(opened, text):
    Tender.objects.filter(pk=opened.pk).update(title=text)
    assert [row["title"] for row in rows()] == [text] * 3
    assert [row["title"] for row in rows(guard=True)] == [formulas.guard(text)] * 3


@pytest.fixture
def opened(market):
    return tender_at("opened", market)

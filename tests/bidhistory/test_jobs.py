"""A bid history as a job: progress, cancel in the middle, refusals in words, nothing half made."""

import pytest

from marketplace.errors import Conflict, Invalid, NotPermitted
from marketplace.ledger.models import Entry
from procurement.bidhistory import query, tables
from procurement.bidhistory.slices import Slice
from procurement.models import Export
from procurement.operations import exports
from procurement.queries import slices
from tests.factories import AFTER, tender_at
from tests.ledger_support import without_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(market):
    return tender_at("opened", market)


@pytest.fixture
def small_pages(monkeypatch):
    """One bid a page, so that three bids have a middle."""
    monkeypatch.setitem(query.batches.__kwdefaults__, "page", 1)


def ask(market, chosen=Slice(), form="csv"):  # noqa: B008 - a frozen value
    return exports.request_bids(chosen=chosen, form=form, by=market.auditor, now=AFTER)


@pytest.mark.parametrize("form", tables.FORMS)
def test_a_job_makes_the_file_of_its_slice(opened, market, form):
    row = ask(market, Slice(tender=opened.reference, buyer=market.buyer.public_id), form)
    assert (row.rows_total, row.tender, row.buyer) == (3, opened, market.buyer)
    made = exports.run(row.pk, now=AFTER)
    assert (made.rows_done, made.error) == (3, "")
    made.refresh_from_db()
    assert made.finished_at == AFTER and made.file.size > 1000 and made.sha256


def test_progress_is_told_after_each_page(opened, market, small_pages, monkeypatch):
    told, counted = [], exports._counted

    def spy(export, count):
        counted(export, count)
        told.append(Export.objects.get(pk=export.pk).rows_done)

    monkeypatch.setattr(exports, "_counted", spy)
    exports.run(ask(market).pk, now=AFTER)
    assert told == [1, 2, 3]


@pytest.mark.parametrize("form", tables.FORMS)
def test_a_job_stops_in_the_middle_and_leaves_nothing(
    opened, market, small_pages, monkeypatch, form
):
    row, told, counted = ask(market, form=form), [], exports._counted

    def stop(export, count):
        told.append(count)
        exports.cancel(export=export, by=market.auditor, now=AFTER)
        counted(export, count)

    monkeypatch.setattr(exports, "_counted", stop)
    found = exports.run(row.pk, now=AFTER)
    assert told == [1]
    assert found.cancelled_at and not found.finished_at and not found.file and not found.error


def test_a_job_that_is_stopped_at_the_last_moment_keeps_no_file(opened, market, monkeypatch):
    row, digest = ask(market), exports._digest

    def stop(file):
        exports.cancel(export=row, by=market.auditor, now=AFTER)
        return digest(file)

    monkeypatch.setattr(exports, "_digest", stop)
    found = exports.run(row.pk, now=AFTER)
    assert found.finished_at is None and not found.file


def test_a_finished_file_is_not_given_up(opened, market):
    row = exports.run(ask(market).pk, now=AFTER)
    with pytest.raises(Conflict):
        exports.cancel(export=row, by=market.auditor, now=AFTER)


def test_only_whoever_asked_gives_it_up(opened, market):
    with pytest.raises(NotPermitted):
        exports.cancel(export=ask(market), by=market.officer, now=AFTER)


def test_only_auditors_ask(opened, market):
    with pytest.raises(NotPermitted):
        exports.request_bids(chosen=Slice(), form="csv", by=market.officer, now=AFTER)


@pytest.mark.parametrize("name", ["tender", "buyer", "tenderer", "commodity"])
def test_a_stranger_in_the_slice_is_refused(market, name):
    with pytest.raises(Invalid) as refused:
        ask(market, Slice(**{name: "nobody"}))
    assert refused.value.where == name


def test_a_period_that_ends_before_it_begins_is_refused(market):
    with pytest.raises(Invalid):
        ask(market, Slice(opened_from=AFTER, opened_before=AFTER))


def test_more_rows_than_a_sheet_holds_are_refused_before_the_work(opened, market, monkeypatch):
    monkeypatch.setattr(tables, "SHEET_ROWS", 3)
    with pytest.raises(tables.DoesNotFit):
        ask(market, form="xlsx")


def test_a_refusal_while_it_is_made_is_told_in_words(opened, market):
    row = ask(market)
    with without_triggers():
        Entry.objects.filter(event="BidsOpened").delete()
        found = exports.run(row.pk, now=AFTER)
    assert found.error and "Traceback" not in found.error


def test_a_slice_goes_into_the_row_and_comes_back(opened, market):
    chosen = Slice(
        tender=opened.reference,
        buyer=market.buyer.public_id,
        tenderer=market.tenderers[0][1].public_id,
        commodity="MAIZE_GRAIN",
        opened_from=AFTER.replace(year=2025),
        opened_before=AFTER.replace(year=2027),
    )
    assert slices.of(Export.objects.get(pk=ask(market, chosen).pk)) == chosen

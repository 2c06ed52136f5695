"""What an import leaves in the marketplace, and what a second one does."""

import pytest

from marketplace.accounts.models import Organization
from marketplace.errors import NotFound
from marketplace.ledger.models import Entry
from procurement.models import (
    Award,
    Bid,
    BidLine,
    Evaluation,
    ImportBatch,
    ImportLock,
    Lot,
    Tender,
)
from procurement.operations.common import lock_tender
from procurement.queries import facts, lists, search
from procurement.rules.timeline import TenderStatus
from tests.history.cast import NOW, ROWS, import_rows

pytestmark = pytest.mark.django_db

COUNTED = (Tender, Lot, Bid, BidLine, Evaluation, Award, Organization, Entry)


def counts() -> list[int]:
    return [model.objects.count() for model in COUNTED]


def test_everything_is_marked_historical(tmp_path):
    import_rows(tmp_path)
    batch = ImportBatch.objects.get()
    assert all(tender.historical_batch == batch for tender in Tender.objects.all())
    assert set(Organization.objects.values_list("historical_source", flat=True)) == {"depots"}
    assert (batch.tenders_added, batch.bids_added, batch.rows_read) == (2, 4, 4)
    assert batch.finished_at and not ImportLock.objects.exists()


def test_a_firm_is_one_organisation_over_all_its_tenders(tmp_path):
    import_rows(tmp_path)
    assert Organization.objects.get(name="Aloe Farms").bids.count() == 2


def test_historical_tenders_are_public_and_found_by_words(tmp_path):
    import_rows(tmp_path)
    found = search.matching(lists.public(NOW), "cowp depot")
    assert [tender.reference for tender in found] == ["H-depots-2"]


def test_their_status_is_awarded_in_python_and_in_sql(tmp_path):
    import_rows(tmp_path, *ROWS[:2], ROWS[2])
    awarded, unsuccessful = lists.with_status(Tender.objects.order_by("pk"), NOW)
    assert awarded.status_now == facts.status(awarded, NOW) == TenderStatus.AWARDED
    assert unsuccessful.status_now == facts.status(unsuccessful, NOW) == TenderStatus.UNSUCCESSFUL


def test_the_award_is_the_recorded_one_and_nobody_here_decided_it(tmp_path):
    import_rows(tmp_path)
    award = Award.objects.get(lot__tender__reference="H-depots-2")
    assert (award.supplier.name, str(award.price)) == ("Cactus Traders", "450")
    assert award.decided_at == award.lot.tender.deadline
    assert award.decided_by is None


def test_no_operation_changes_a_historical_tender(tmp_path):
    import_rows(tmp_path)
    with pytest.raises(NotFound):
        lock_tender(Tender.objects.first().pk)


def test_the_same_file_a_second_time_adds_nothing(tmp_path):
    import_rows(tmp_path)
    before = counts()
    summary = import_rows(tmp_path).summary
    assert counts() == before
    assert (summary.tenders_added, summary.already_there, summary.differing) == (0, 2, 0)


def test_an_overlapping_file_adds_only_what_is_new(tmp_path):
    import_rows(tmp_path, *ROWS[:2])
    summary = import_rows(tmp_path).summary
    assert (summary.tenders_added, summary.bids_added, summary.already_there) == (1, 2, 1)


def test_a_tender_that_the_second_file_tells_otherwise_stays_and_is_reported(tmp_path):
    import_rows(tmp_path)
    imported = import_rows(tmp_path, ROWS[0].replace("900", "890"), ROWS[1])
    assert imported.summary.differing == 1
    assert str(BidLine.objects.order_by("pk")[0].unit_price) == "900"


def test_a_dry_run_reports_and_writes_nothing(tmp_path):
    summary = import_rows(tmp_path, dry_run=True).summary
    assert (summary.tenders, summary.agreeing) == (2, 2)
    assert counts() == [0] * len(COUNTED)
    assert not ImportBatch.objects.exists()


def test_rows_of_one_tender_may_lie_apart_and_over_batches(tmp_path):
    rows = (ROWS[0], ROWS[2], ROWS[3], ROWS[1])
    import_rows(tmp_path, *rows, batch_tenders=1)
    assert Tender.objects.get(reference="H-depots-1").bids.count() == 2


def test_the_number_of_queries_does_not_grow_with_the_bids(tmp_path, django_assert_max_num_queries):
    rows = [f"1,14/05/2019,Maize,Firm {n},9999,1,{100 + n},{int(n == 0)}," for n in range(300)]
    with django_assert_max_num_queries(60):
        import_rows(tmp_path, *rows)


def test_a_key_that_a_reference_cannot_hold_gets_a_digest(tmp_path):
    import_rows(tmp_path, *(row.replace("1,14", "Lot 7/é,14") for row in ROWS[:2]))
    reference = Tender.objects.get().reference
    assert reference.startswith("H-depots-_")
    assert len(reference) <= 40


def test_a_long_title_is_cut_and_kept_whole_in_the_description(tmp_path):
    title = "Maize " * 60
    import_rows(tmp_path, ROWS[0].replace("White maize", title))
    tender = Tender.objects.get()
    assert len(tender.title) <= 200
    assert title.strip() in tender.description

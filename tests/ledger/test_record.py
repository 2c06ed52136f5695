"""Entries are appended without a gap, in the caller's transaction, and bind what they say."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from marketplace.ledger import canonical, entry, merkle
from marketplace.ledger.models import Entry, Head, Node
from marketplace.ledger.queries import entries_for
from marketplace.ledger.record import (
    OPENING,
    BadEntry,
    NeedsTransaction,
    NotReady,
    PendingEntry,
    record,
    record_many,
)
from tests import ledger_support
from tests.ledger.conftest import START, TENDER, append

pytestmark = pytest.mark.django_db


def pending(count, **fields):
    row = {"event": "BidImported", "subject": TENDER, "body": {}, "by": None, "now": START}
    return [PendingEntry(**{**row, **fields}) for _ in range(count)]


def test_sequences_start_at_zero_and_have_no_gap():
    made = [append("TenderPublished"), append("TenderAmended"), append("TenderClosed")]
    assert [row.sequence for row in made] == [0, 1, 2]
    assert Head.objects.get().size == 3


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    with pytest.raises(NeedsTransaction) as caught:
        record("TenderPublished", subject=TENDER, body={}, by=None, now=START)
    assert "transaction.atomic" in caught.value.remedy
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_when_its_transaction_is_undone():
    append("TenderPublished")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        append("TenderAmended")
        raise ZeroDivisionError
    assert append("TenderClosed").sequence == 1


def test_the_body_is_canonical_and_says_who_what_and_when():
    body = canonical.loads(append("TenderPublished", body={"title": "Maize"}).body)
    assert body == {
        "at": "2026-03-01T07:00:00.000000Z",
        "by": None,
        "event": "TenderPublished",
        "previous": None,
        "subject": TENDER,
        "title": "Maize",
        "visibility": "public",
    }


def test_of_the_person_only_the_public_id_is_recorded():
    person = get_user_model().objects.create(
        email="tendai@farm.example", full_name="Tendai Invented", date_joined=START
    )
    row = append("TenderPublished", by=person)
    assert canonical.loads(row.body)["by"] == person.public_id
    assert not any(word in row.body for word in ("tendai", "Tendai", "0770"))


def test_the_commitment_and_the_leaf_are_made_as_documented():
    row = append("TenderPublished")
    nonce = bytes.fromhex(row.nonce)
    assert row.commitment == entry.commitment(nonce, row.body)
    leaf = f"agri-log/1\n0\n2026-03-01T07:00:00.000000Z\n{row.commitment}\n".encode()
    assert row.leaf_hash == merkle.leaf_hash(leaf).hex()


def test_equal_bodies_have_different_commitments():
    [first, second] = [append("TenderPublished", subject=s) for s in ("A", "B")]
    assert first.nonce != second.nonce
    assert first.commitment != second.commitment


def test_an_entry_names_the_one_before_it_of_its_subject_and_class():
    append("TenderPublished")
    append("BidSubmitted", visibility=OPENING)
    append("TenderPublished", subject="another")
    assert canonical.loads(append("TenderClosed").body)["previous"] == 0


def test_time_never_runs_backwards_and_the_callers_instant_is_kept():
    append("TenderPublished", now=START)
    row = append("TenderAmended", now=START - timedelta(hours=1))
    assert row.recorded_at == START
    assert canonical.loads(row.body)["at"] == "2026-03-01T06:00:00.000000Z"


@pytest.mark.parametrize(
    "fields",
    [
        {"event": "tender_published"},
        {"event": "Tender published"},
        {"event": "E" * 61},
        {"subject": ""},
        {"subject": "s" * 81},
        {"visibility": "secret"},
        {"body": {"by": "me"}},
        {"body": {"previous": 1}},
    ],
)
def test_an_ill_formed_entry_is_refused(fields):
    with pytest.raises(BadEntry), transaction.atomic():
        record_many(pending(1, **fields))


@pytest.mark.parametrize("body", [{"price": 1.5}, {"ü": "x"}])
def test_a_body_without_canonical_text_is_refused_and_nothing_stays(body):
    with pytest.raises(canonical.NotCanonical), transaction.atomic():
        record_many([*pending(2), *pending(1, body=body)])
    assert not Entry.objects.exists()


def test_nothing_to_record_is_no_error():
    with transaction.atomic():
        assert record_many([]) == []


def test_many_entries_are_recorded_as_one_by_one():
    with transaction.atomic():
        made = record_many(pending(700))
    tree = merkle.Tree([bytes.fromhex(row.leaf_hash) for row in made])
    assert Head.objects.get().size == 700
    assert [canonical.loads(row.body)["previous"] for row in made] == [None, *range(699)]
    for node in [(1, 0), (3, 7), (9, 0)]:
        stored = Node.objects.get(number=merkle.node_number(*node))
        assert stored.hash == tree.get_node(*node).hex()


def test_the_number_of_queries_does_not_grow_with_the_ledger(django_assert_num_queries):
    with transaction.atomic():
        record_many(pending(1023))
        with django_assert_num_queries(5):
            record_many(pending(1))


def test_twenty_thousand_entries_take_few_queries(django_assert_max_num_queries):
    with transaction.atomic(), django_assert_max_num_queries(400):
        made = record_many(pending(20_000))
    assert made[-1].sequence == 19_999


def test_the_entries_of_a_subject_come_oldest_first():
    append("TenderPublished")
    append("TenderPublished", subject="another")
    append("TenderClosed")
    assert [row.event for row in entries_for(TENDER)] == ["TenderPublished", "TenderClosed"]


def test_without_its_head_the_ledger_says_what_to_do():
    with ledger_support.without_triggers():
        Head.objects.all().delete()
        with pytest.raises(NotReady) as caught:
            append("TenderPublished")
    assert "migrate" in caught.value.remedy

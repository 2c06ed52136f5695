"""A head is signed only when all that was signed before still holds."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from marketplace.ledger import checkpoint, merkle, outside, proofs, queries, signer
from marketplace.ledger.models import Checkpoint, Entry, Head, Node
from marketplace.ledger.record import PendingEntry, record_many
from tests import ledger_support
from tests.ledger.conftest import START, append
from tests.ledger_support import without_triggers

pytestmark = pytest.mark.django_db(transaction=True)


def fill(count):
    row = PendingEntry("BidImported", "T", {"n": 1}, None, START)
    with transaction.atomic():
        record_many([row] * count)


def alter(model, where, **values):
    with without_triggers():
        model.objects.filter(**where).update(**values)


def test_the_note_is_signed_by_the_published_key_over_the_root_of_all_leaves():
    fill(5)
    made = signer.sign_checkpoint(START)
    head = checkpoint.parse(checkpoint.verify(made.note, queries.verifier_key()))
    leaves = [bytes.fromhex(row.leaf_hash) for row in Entry.objects.order_by("sequence")]
    assert (head.size, head.root) == (5, merkle.root(leaves))
    assert queries.latest_checkpoint() == made


def test_an_empty_ledger_can_be_signed():
    assert signer.sign_checkpoint(START).root == merkle.EMPTY_ROOT.hex()


def test_nothing_new_gives_the_last_checkpoint_again():
    fill(3)
    first = signer.sign_checkpoint(START)
    assert signer.sign_checkpoint(START + timedelta(hours=1)) == first


def test_the_signed_head_is_kept_outside_the_database_after_the_commit():
    fill(3)
    with transaction.atomic():
        made = signer.sign_checkpoint(START)
        assert not outside.head_file().exists()
    assert outside.head_file().read_text() == made.note


def test_a_head_whose_transaction_is_undone_is_not_kept():
    fill(3)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        append("TenderPublished")
        signer.sign_checkpoint(START)
        raise ZeroDivisionError
    assert not outside.head_file().exists()
    assert signer.sign_checkpoint(START).size == 3


def test_the_kept_head_never_moves_back():
    fill(3)
    old = signer.sign_checkpoint(START).note
    fill(3)
    new = signer.sign_checkpoint(START).note
    outside.keep(old)
    assert outside.head_file().read_text() == new


ALTERATIONS = {
    "body": {"body": '{"n":2}'},
    "nonce": {"nonce": "00" * 32},
    "no nonce at all": {"nonce": "zz"},
    "commitment": {"commitment": "00" * 32},
    "leaf": {"leaf_hash": "00" * 32},
    "time": {"recorded_at": START + timedelta(seconds=1)},
}


@pytest.mark.parametrize("values", ALTERATIONS.values(), ids=ALTERATIONS)
def test_an_altered_entry_is_not_signed(values):
    fill(3)
    signer.sign_checkpoint(START)
    fill(3)
    alter(Entry, {"sequence": 4}, **values)
    with pytest.raises(signer.LedgerAltered) as caught:
        signer.sign_checkpoint(START)
    assert caught.value.where == "entry 4"


def test_an_entry_removed_from_the_middle_is_noticed():
    fill(6)
    with without_triggers():
        Entry.objects.filter(sequence=3).delete()
    with pytest.raises(signer.LedgerAltered, match="missing") as caught:
        signer.sign_checkpoint(START)
    assert caught.value.where == "entry 3"


def test_an_entry_removed_from_the_end_is_noticed():
    fill(6)
    with without_triggers():
        Entry.objects.filter(sequence=5).delete()
    with pytest.raises(signer.LedgerAltered):
        signer.sign_checkpoint(START)


@pytest.mark.parametrize("frontier", ["[]", "nonsense", '["00"]', "{}"])
def test_a_head_that_does_not_fit_is_noticed(frontier):
    fill(6)
    Head.objects.update(frontier=frontier)
    with pytest.raises(signer.LedgerAltered):
        signer.sign_checkpoint(START)


def test_a_database_put_back_to_an_earlier_state_is_not_signed():
    fill(6)
    signer.sign_checkpoint(START)
    before = outside.head_file().read_text()
    rewind(4)
    with pytest.raises(outside.LedgerShorter, match="6 entries were signed; the database holds 4"):
        signer.sign_checkpoint(START)
    assert outside.head_file().read_text() == before


def rewind(size):
    """Empty the ledger and fill it anew, as an intruder who wants another history would."""
    with without_triggers():
        for model in (Entry, Node, Checkpoint):
            model.objects.all().delete()
        Head.objects.update(size=0, frontier="[]", last_recorded_at=None)
    kept = ledger_support.signed_head()
    ledger_support.put_signed_head(None)
    fill(size)
    ledger_support.put_signed_head(kept)


@pytest.mark.parametrize("size", [6, 9])
def test_another_history_of_the_same_length_or_longer_is_not_signed(size):
    fill(6)
    signer.sign_checkpoint(START)
    rewind(size)
    with pytest.raises(signer.HeadDisagrees) as caught:
        signer.sign_checkpoint(START)
    assert caught.value.where == "checkpoint 6"


@pytest.mark.parametrize("size", [2, 5])
def test_another_history_that_was_signed_elsewhere_is_not_signed_here(size):
    fill(2)
    signer.sign_checkpoint(START)
    kept = outside.head_file().read_text()
    outside.head_file().unlink()
    rewind(size)
    signer.sign_checkpoint(START)
    outside.head_file().write_text(kept)
    with pytest.raises(signer.HeadDisagrees) as caught:
        signer.sign_checkpoint(START)
    assert caught.value.where == "checkpoint 2"


def test_a_frontier_that_the_signature_does_not_cover_is_refused():
    fill(4)
    signer.sign_checkpoint(START)
    outside.head_file().unlink()
    other = f'["{"00" * 32}"]'
    alter(Checkpoint, {"size": 4}, frontier=other)
    Head.objects.update(frontier=other)
    with pytest.raises(signer.HeadDisagrees):
        signer.sign_checkpoint(START)


@pytest.mark.parametrize("text", ["", "nonsense\n", "musika.example/ledger\n3\nAAAA\n"])
def test_a_head_file_that_nobody_signed_is_refused(text):
    fill(3)
    outside.head_file().write_text(text)
    with pytest.raises(signer.HeadDisagrees) as caught:
        signer.sign_checkpoint(START)
    assert caught.value.where == str(outside.head_file())


@pytest.mark.parametrize(
    "values", [{"note": "x\n"}, {"frontier": '["' + "00" * 32 + '"]'}, {"size": 3, "root": "x"}]
)
def test_an_altered_checkpoint_is_refused(values):
    fill(4)
    signer.sign_checkpoint(START)
    fill(1)
    alter(Checkpoint, {"size": 4}, **values)
    with pytest.raises((signer.HeadDisagrees, signer.LedgerAltered)):
        signer.sign_checkpoint(START)


def test_only_what_was_added_is_read_again(django_assert_max_num_queries):
    fill(3000)
    signer.sign_checkpoint(START)
    fill(1)
    with django_assert_max_num_queries(8) as seen:
        signer.sign_checkpoint(START)
    assert any('"sequence" >= 3000' in query["sql"] for query in seen.captured_queries)


def test_an_entry_altered_long_ago_is_found_by_the_audit():
    fill(4)
    signer.sign_checkpoint(START)
    signer.audit()
    alter(Entry, {"sequence": 1}, body='{"n":2}')
    with pytest.raises(signer.LedgerAltered) as caught:
        signer.audit()
    assert caught.value.where == "entry 1"


def test_a_history_rewritten_whole_is_found_by_the_audit():
    fill(4)
    signer.sign_checkpoint(START)
    rewind(4)
    with pytest.raises(signer.HeadDisagrees):
        signer.audit()


def test_an_erased_body_does_not_break_the_ledger():
    fill(4)
    alter(Entry, {"sequence": 1}, body="", nonce="")
    signer.sign_checkpoint(START)
    assert signer.audit().size == 4


def test_an_entry_is_proved_against_a_checkpoint_of_any_later_size():
    fill(7)
    old = signer.sign_checkpoint(START)
    fill(6)
    new = signer.sign_checkpoint(START)
    for row in Entry.objects.filter(sequence__lt=7):
        for signed in (old, new):
            proof = [bytes.fromhex(text) for text in proofs.inclusion(row, signed)]
            leaf, root = bytes.fromhex(row.leaf_hash), bytes.fromhex(signed.root)
            assert merkle.verify_inclusion(leaf, row.sequence, signed.size, proof, root)


def test_a_proof_costs_two_queries_however_large_the_ledger(django_assert_max_num_queries):
    fill(2000)
    signed = signer.sign_checkpoint(START)
    row = Entry.objects.get(sequence=1999)
    with django_assert_max_num_queries(2):
        assert len(proofs.inclusion(row, signed)) <= 11


def test_two_checkpoints_are_shown_to_be_of_one_ledger():
    fill(7)
    old = signer.sign_checkpoint(START)
    fill(6)
    new = signer.sign_checkpoint(START)
    proof = [bytes.fromhex(text) for text in proofs.consistency(old, new)]
    roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
    assert merkle.verify_consistency(7, 13, *roots, proof)


@pytest.mark.parametrize("change", ["altered", "missing"])
def test_no_proof_is_given_from_a_damaged_tree(change):
    fill(8)
    signed = signer.sign_checkpoint(START)
    with without_triggers(), connection.cursor() as cursor:
        act = "DELETE FROM ledger_node" if change == "missing" else "UPDATE ledger_node SET hash ="
        cursor.execute(act + (f" '{'00' * 32}'" if change == "altered" else ""))
    with pytest.raises(signer.LedgerAltered):
        proofs.inclusion(Entry.objects.get(sequence=0), signed)

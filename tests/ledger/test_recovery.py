"""A database put back to an earlier state: nothing is written, and two people open a new epoch."""

import json
import re
import shutil
from contextlib import contextmanager

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction

from marketplace.__main__ import main
from marketplace.errors import Invalid, NotPermitted
from marketplace.ledger import checkpoint, epochs, export, outside, proofs, queries, signer
from marketplace.ledger.models import Checkpoint, Entry, Epoch, Head, Node
from marketplace.ledger.recovery import EpochMissing, NothingLost
from marketplace.ledger.witnessing import NotSigned
from marketplace.notify.tasks import deliver_outbox
from marketplace.registry import founders, recovery
from marketplace.witness import Memory
from procurement import verification
from procurement.operations import bids
from procurement.operations.receipts import receipt
from tests.factories import AFTER, START, Market, offer, person, tender_at
from tests.ledger.conftest import append
from tests.ledger_support import without_triggers

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Entry, Node, Checkpoint, Head, Epoch)


@contextmanager
def restored():
    """What happens to the ledger inside is undone afterwards, as by a backup of before."""
    before = {model: list(model.objects.all()) for model in TABLES}
    yield
    with without_triggers():
        for model in TABLES:
            model.objects.all().delete()
            model.objects.bulk_create(before[model])


@pytest.fixture
def admins():
    first, second = person("Addie Admin"), person("Bongi Admin")
    founders.found(first=first, second=second, now=START)
    return first, second


@pytest.fixture
def lost(admins):
    """Three of eight entries are lost, after all were signed; gives how many are left."""
    for _ in range(3):
        append("TenderPublished")
    signer.sign_checkpoint(START)
    with restored():
        for _ in range(3):
            append("BidSubmitted")
        signer.sign_checkpoint(START)
    assert (Head.objects.get().size, outside.known().size) == (5, 8)
    return 5


def recovered(admins):
    first, second = admins
    return recovery.recover(first=first, second=second, reason="A disk broke.", now=AFTER)


def test_nothing_is_recorded_while_signed_entries_are_missing(lost):
    with pytest.raises(outside.LedgerShorter, match="8 entries were signed; the database holds 5"):
        append("TenderPublished")
    assert Head.objects.get().size == lost


def test_entries_that_were_not_signed_do_not_stop_the_service(admins):
    with restored():
        append("TenderPublished")
    assert append("TenderPublished").sequence == 2


def test_pages_say_why_and_change_nothing(lost, client):
    answer = client.post("/accounts/signup/", {"email": "x@example.org"})
    assert answer.status_code == 503
    text = answer.content.decode()
    assert "Nothing can be changed for now" in text and "8 entries were signed" in text
    assert client.get("/tenders/").status_code == 200
    assert "Nothing can be changed for now" in client.get("/checkpoint/").content.decode()


def test_one_may_sign_in_and_check_a_receipt(lost, client):
    # What other tests guessed from this address within the minute is not this one's business.
    cache.clear()
    assert client.post("/accounts/login/", {"login": "a@b.c", "password": "x"}).status_code == 200
    assert client.post("/verify/", {"text": "{}"}).status_code == 200


def test_the_api_answers_503_with_a_stable_code(lost, client):
    answer = client.post("/api/v1/accounts", {}, content_type="application/json")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (503, "ledger-shorter-than-signed")
    assert answer["Content-Type"] == "application/problem+json" and body["remedy"]
    assert client.get("/api/v1/tenders").status_code == 200


def test_sweeps_wait(lost, monkeypatch):
    monkeypatch.setattr("marketplace.notify.outbox.waiting", lambda now: pytest.fail("It ran."))
    assert deliver_outbox() is None


def test_commands_refuse(lost, capsys):
    person("X"), person("Y")
    assert main(["ledger", "status"]) == 1
    assert "READ-ONLY: 8 entries were signed; the database holds 5." in capsys.readouterr().out


def test_a_new_epoch_names_the_old_head_and_what_was_lost(lost, admins):
    old = outside.head_file().read_text()
    row = recovered(admins)
    entry = Entry.objects.get(sequence=5)
    body = json.loads(entry.body)
    assert (entry.event, entry.subject, entry.visibility) == ("LedgerRecovered", "ledger", "public")
    assert (row.number, body["epoch"], body["kept"], body["lost"]) == (
        (2, 2, 5, {"first": 5, "last": 7})
    )
    assert body["old_head"] == old and body["reason"] == "A disk broke."
    assert body["approved_by"] == [one.public_id for one in admins]


def test_the_new_epoch_is_signed_under_its_own_name_and_goes_on(lost, admins):
    recovered(admins)
    key = queries.verifier_key()
    signed = queries.latest_checkpoint()
    head = checkpoint.parse(checkpoint.verify(signed.note, key))
    assert (head.origin, head.size) == (f"{epochs.origin_of(1)}/epoch-2", 6)
    assert outside.head_file().read_text() == signed.note
    assert append("TenderPublished").sequence == 6
    assert signer.sign_checkpoint(AFTER).size == signer.audit().size == 7
    kept = Checkpoint.objects.get(size=5)
    assert proofs.consistency(kept, queries.latest_checkpoint())
    assert main(["ledger", "status", "--audit"]) == 0


def test_a_crash_before_the_head_was_kept_outside_does_not_stop_the_new_epoch(lost, admins):
    old = outside.head_file().read_text()
    recovered(admins)
    outside.head_file().write_text(old)
    assert append("TenderPublished").sequence == 6
    assert signer.sign_checkpoint(AFTER).size == 7
    assert "/epoch-2\n7\n" in outside.head_file().read_text()


def test_a_second_loss_opens_a_third_epoch(lost, admins):
    recovered(admins)
    with restored():
        append("TenderPublished")
        signer.sign_checkpoint(AFTER)
    assert isinstance(outside.read_only(), outside.LedgerShorter)
    assert recovered(admins).number == 3
    assert outside.read_only() is None and signer.audit().size == 7


def test_a_backup_of_before_an_epoch_cannot_be_put_back(lost, admins):
    with restored():
        recovered(admins)
    assert isinstance(outside.read_only(), outside.LedgerShorter)
    with pytest.raises(EpochMissing):
        recovered(admins)


def test_nobody_opens_an_epoch_where_nothing_is_lost(admins):
    signer.sign_checkpoint(START)
    with pytest.raises(NothingLost):
        recovered(admins)


def test_what_is_left_is_read_again_before_it_is_built_upon(lost, admins):
    with without_triggers():
        Entry.objects.filter(sequence=1).update(body='{"x":1}')
    with pytest.raises(signer.LedgerAltered):
        recovered(admins)
    assert not Epoch.objects.exists() and Head.objects.get().size == lost


def test_one_person_cannot(lost, admins):
    with pytest.raises(NotPermitted, match="two administrators"):
        recovered((admins[0], admins[0]))
    with pytest.raises(NotPermitted, match="not an administrator"):
        recovered((admins[0], person("Nobody Special")))
    with pytest.raises(Invalid):
        recovery.recover(first=admins[0], second=admins[1], reason=" ", now=AFTER)
    assert not Epoch.objects.exists()


def test_the_command_asks_both_for_their_codes(lost, admins, capsys, monkeypatch):
    monkeypatch.setattr(TOTP, "validate_code", lambda self, code: code == "123456")
    words = ["recover", "--reason", "A disk broke.", "--by", *(one.email for one in admins)]
    wrong = iter(["123456", "000000"])
    assert recovery.main(words, ask=lambda _: next(wrong)) == 1
    assert not Epoch.objects.exists() and "bongi.admin@example.org" in capsys.readouterr().out
    assert recovery.main(words, ask=lambda _: "123456") == 0
    said = capsys.readouterr().out
    assert "Entries 5 to 7" in said and queries.verifier_key() in said
    assert recovery.main(["status"]) == 0
    assert "Lost before epoch 2" in capsys.readouterr().out


def test_the_database_keeps_an_epoch_for_ever(lost, admins):
    recovered(admins)
    for statement in ("DELETE FROM ledger_epoch", "UPDATE ledger_epoch SET kept = 0"):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            connection.cursor().execute(statement)


# --- who holds something from before ------------------------------------------------------------


def receipts_around_the_loss(admins):
    """A receipt of a bid that was kept and one of a bid that was lost, then the recovery."""
    market = Market()
    tender = tender_at("open", market, prices=("310",))
    kept = receipt(tender.sealed_bids.get(), now=START)
    user, firm = market.tenderers[1]
    with restored():
        made = bids.submit(
            tender=tender,
            tenderer=firm,
            content=offer(tender, "300"),
            by=user,
            received_at=START,
            now=START,
        )
        lost = receipt(made, now=START)
    recovered(admins)
    return kept, lost


def words(given, tmp_path, *more):
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(given))
    return [str(path), "--key", queries.verifier_key(), *more]


def test_receipts_of_before_verify_and_say_whether_their_entry_was_lost(admins, tmp_path, capsys):
    kept, lost = receipts_around_the_loss(admins)
    file = tmp_path / "recoveries.jsonl"
    lines = export.as_jsonl(epochs.SUBJECT, include=("public",), now=AFTER)
    file.write_bytes(b"".join(lines))
    assert verification.main(words(kept, tmp_path, "--recoveries", str(file))) == 0
    assert "PASS the record still holds the entry" in capsys.readouterr().out
    assert verification.main(words(lost, tmp_path, "--recoveries", str(file))) == 0
    said = capsys.readouterr().out
    assert re.search(r"SKIP the record still holds .* in the lost range of epoch 2", said)
    assert "PASS the entry is in the signed record" in said
    file.write_bytes(file.read_bytes().replace(b"A disk broke.", b"A disk brake."))
    assert verification.main(words(kept, tmp_path, "--recoveries", str(file))) == 1


def test_the_pages_say_so_too(admins, client):
    kept, lost = receipts_around_the_loss(admins)
    said = client.post("/verify/", {"text": json.dumps(lost)}).content.decode()
    assert "in the lost range of epoch 2" in said and "It is genuine" in said
    said = client.post("/verify/", {"text": json.dumps(kept)}).content.decode()
    assert "was not lost in any" in said
    place = lost["ledger"]["sequence"]
    leaf = lost["ledger"]["leaf"][:16]
    said = client.get(f"/r/{place}-{'-'.join(leaf[n : n + 4] for n in (0, 4, 8, 12))}/")
    assert "It is in a range that was lost" in said.content.decode()
    assert "were lost before epoch 2 began" in client.get("/checkpoint/").content.decode()
    assert b"LedgerRecovered" in client.get("/checkpoint/recoveries.jsonl").getvalue()


def test_a_receipt_changed_in_the_lost_range_still_fails(admins, tmp_path):
    _, lost = receipts_around_the_loss(admins)
    lost["ledger"]["checkpoint"] = lost["ledger"]["checkpoint"].replace("\n", "/epoch-2\n", 1)
    assert verification.main(words(lost, tmp_path)) == 1


def test_a_witness_of_the_first_epoch_notices_and_one_of_the_second_begins_anew(
    lost, admins, tmp_path, live_server, capsys
):
    old = checkpoint.vkey_of(epochs.origin_of(1), signer.keys.load("ledger"))
    memory = Memory(tmp_path / "old")
    memory._keep(outside.head_file().read_text())
    recovered(admins)
    watch = ["witness", live_server.url, "--key"]
    assert main([*watch, old, "--state", str(tmp_path / "old")]) == 1
    assert "SHRUNK" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "old")
    assert main([*watch, old, "--state", str(tmp_path / "old")]) == 1
    assert "epoch-2" in capsys.readouterr().err
    assert main([*watch, queries.verifier_key(), "--state", str(tmp_path / "new")]) == 0
    with pytest.raises(NotSigned):
        Memory(tmp_path / "x").accept(f"old 0\n\n{queries.latest_checkpoint().note}", old)

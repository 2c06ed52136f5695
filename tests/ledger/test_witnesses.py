"""A real witness over HTTP, and the command that watches a running service."""

import threading

import pytest
from django.conf import settings

from marketplace import clock
from marketplace.ledger import checkpoint, cosignature, queries, signer, tasks, witnesses
from marketplace.ledger.models import Cosignature
from marketplace.ledger.witnessing import Offer
from marketplace.witness import SEED_FILE, SEEN_FILE, Memory, main, make_server
from tests.ledger.conftest import START, append

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "witness.example/w1"


@pytest.fixture
def grown():
    """Add entries and sign; returns the size that was signed."""

    def grow(entries: int) -> int:
        for _ in range(entries):
            append("DeliveryReceived")
        return signer.sign_checkpoint(START).size

    return grow


@pytest.fixture
def witness(tmp_path, settings):
    """A witness that listens, and is named in the settings."""
    memory = Memory(tmp_path / "witness")
    server = make_server(memory, queries.verifier_key(), NAME, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    key = cosignature.witness_of(NAME, memory.seed()).vkey
    settings.WITNESSES = [f"{key} http://127.0.0.1:{server.server_port}"]
    yield memory
    server.shutdown()
    server.server_close()


def test_the_sweep_brings_a_cosignature_that_anyone_can_check(witness, grown, client):
    grown(5)
    assert tasks.ask_witnesses() == 1
    row = Cosignature.objects.get()
    ours = cosignature.witness_of(NAME, witness.seed())
    assert cosignature.seconds_of(row.line, row.checkpoint.note, ours)
    note = client.get("/checkpoint/note.txt").content.decode()
    assert row.line in note and checkpoint.verify(note, queries.verifier_key())
    assert NAME in client.get("/checkpoint/").content.decode()


def test_it_asks_once_a_checkpoint_and_again_when_the_ledger_has_grown(witness, grown):
    grown(3)
    assert (tasks.ask_witnesses(), tasks.ask_witnesses()) == (1, 0)
    grown(4)
    assert tasks.ask_witnesses() == 1
    assert [row.checkpoint.size for row in Cosignature.objects.all()] == [3, 7]


def test_a_witness_that_saw_more_than_we_remember_is_asked_from_there(witness, grown):
    grown(3)
    offer = witnesses.offer(0, START)
    witness.accept(offer.to_text(), queries.verifier_key())
    grown(2)
    assert tasks.ask_witnesses() == 1


def test_a_silent_witness_stops_nothing(settings, grown):
    key = cosignature.witness_of(NAME, b"\x07" * 32).vkey
    settings.WITNESSES = [f"{key} http://127.0.0.1:9"]
    grown(1)
    assert tasks.ask_witnesses() == 0


def test_a_signature_of_somebody_else_is_not_kept(witness, settings, grown):
    other = cosignature.witness_of(NAME, b"\x07" * 32).vkey
    settings.WITNESSES = [f"{other} {settings.WITNESSES[0].split()[1]}"]
    grown(1)
    assert tasks.ask_witnesses() == 0 and not Cosignature.objects.exists()


def test_the_seed_of_a_witness_is_its_own(tmp_path):
    memory = Memory(tmp_path / "w")
    assert memory.seed() == memory.seed()
    assert (tmp_path / "w" / SEED_FILE).stat().st_mode & 0o777 == 0o600


def test_no_proof_from_a_size_that_was_never_signed(grown, client):
    grown(4)
    page = client.get("/checkpoint/since/3")
    assert page.status_code == 409 and "No checkpoint of 3 entries" in page.content.decode()


def watch(live_server, folder) -> int:
    return main([live_server.url, "--key", queries.verifier_key(), "--state", str(folder)])


def test_the_command_watches_a_service_that_only_grows(live_server, tmp_path, grown, capsys):
    grown(3)
    assert watch(live_server, tmp_path) == 0 and "first time" in capsys.readouterr().out
    grown(4)
    assert watch(live_server, tmp_path) == 0 and "4 more than the 3" in capsys.readouterr().out


def test_the_command_tells_when_the_record_was_rewritten(live_server, tmp_path, grown, capsys):
    size = grown(3)
    forged = checkpoint.make(settings.LEDGER_ORIGIN, size, b"\x05" * 32)
    key = signer.keys.load("ledger")
    note = checkpoint.sign(forged, name=settings.LEDGER_ORIGIN, seed=key)
    (tmp_path / SEEN_FILE).write_text(note)
    assert watch(live_server, tmp_path) == 1
    assert "REWRITTEN" in capsys.readouterr().err
    assert (tmp_path / SEEN_FILE).read_text() == note, "the evidence is kept"


def test_the_command_tells_when_the_record_has_shrunk(live_server, tmp_path, grown, capsys):
    grown(3)
    text = checkpoint.make(settings.LEDGER_ORIGIN, 90, b"\x05" * 32)
    key = signer.keys.load("ledger")
    note = checkpoint.sign(text, name=settings.LEDGER_ORIGIN, seed=key)
    (tmp_path / SEEN_FILE).write_text(note)
    assert watch(live_server, tmp_path) == 1 and "SHRUNK" in capsys.readouterr().err


def test_the_command_learns_nothing_from_nobody(tmp_path, capsys):
    key = cosignature_free_key()
    assert main(["http://127.0.0.1:9", "--key", key, "--state", str(tmp_path)]) == 2
    assert "Nothing learned" in capsys.readouterr().err


def cosignature_free_key() -> str:
    return checkpoint.vkey_of("musika.example/ledger", b"\x01" * 32)


def test_an_offer_reads_back_as_it_was_written(grown):
    grown(2)
    shown = witnesses.offer(0, clock.now())
    assert isinstance(shown, Offer) and shown.to_text().startswith("old 0\n\n")


def test_the_sweep_signs_even_where_nobody_watches():
    append("DeliveryReceived")
    assert tasks.ask_witnesses() == 0
    assert queries.latest_checkpoint().size == 1

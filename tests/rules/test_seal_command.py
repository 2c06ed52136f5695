"""The sealer on the command line, on a machine without Django and without a database."""

import json
import subprocess
import sys
from decimal import Decimal

import pytest

from procurement.rules import bidding, kit, sealing
from tests.reference import sealing_twin

ITEM = {"item": 1, "quantity": "100", "specification": []}


@pytest.fixture
def keys():
    return [sealing.generate_opener_key() for _ in range(4)]


@pytest.fixture
def told(keys):
    publics = [key.public for key in keys]
    terms = {
        "format": "musika-terms/1",
        "tender": "MUS-2026-000001",
        "title": "Chibage — white maize \x7f",
        "lots": [{"lot": 1, "items": [ITEM], "criteria": []}],
        "committee": {
            "quorum": 2,
            "public_keys": [public.hex() for public in publics[:3]],
            "gate": publics[3].hex(),
        },
    }
    return kit.Kit(terms, "firm-1", 1, 1_000_000).to_data()


@pytest.fixture
def bid():
    line = bidding.LineOffer(1, 1, Decimal("312.50"), Decimal(100))
    return json.loads(bidding.to_bytes(bidding.BidContent(lines=(line,))))


@pytest.fixture
def run(tmp_path):
    def call(told, bid, *more):
        for name, data in (("kit", told), ("bid", bid)):
            text = data if isinstance(data, str) else json.dumps(data)
            (tmp_path / f"{name}.json").write_text(text)
        command = [sys.executable, "-m", "procurement.rules.seal", str(tmp_path / "bid.json")]
        command += ["--kit", str(tmp_path / "kit.json"), *more]
        # No settings: whatever asks Django for something fails here.
        return subprocess.run(command, capture_output=True, env={"PATH": ""}, check=False)

    return call


def test_what_it_seals_opens_by_the_page_alone(run, told, bid, keys):
    done = run(told, bid)
    assert done.returncode == 0, done.stderr
    envelope = sealing.SealedEnvelope.from_bytes(done.stdout)
    assert envelope.header_hash in done.stderr.decode()
    shares = {i: sealing.release_share(envelope, i, keys[i - 1].private) for i in (1, 3)}
    gate = sealing.release_gate(envelope, keys[3].private)
    assert json.loads(sealing.open_envelope(envelope, shares, gate).payload) == bid
    assert sealing_twin is not None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"terms_hash": "0" * 64}, "do not hash"),
        ({"floor": 1}, "do not hash"),
        ({"format": "other"}, "not in the format"),
        ({"extra": 1}, "not in the format"),
        ({"terms": {}}, "not those of a tender"),
        ({"terms": []}, "not those of a tender"),
    ],
)
def test_a_kit_that_was_tampered_with_seals_nothing(run, told, bid, change, said):
    done = run({**told, **change}, bid)
    assert (done.returncode, done.stdout) == (2, b"") and said in done.stderr.decode()


def test_another_opener_in_the_terms_is_seen(run, told, bid):
    stranger = sealing.generate_opener_key().public.hex()
    told["terms"]["committee"]["public_keys"][0] = stranger
    assert b"do not hash" in run(told, bid).stderr


@pytest.mark.parametrize("text", ["", "[", "{}", '{"format": "musika-bid/1"}'])
def test_a_bid_that_is_none_is_refused_in_one_line(run, told, text):
    done = run(told, text)
    assert (done.returncode, done.stdout) == (2, b"") and len(done.stderr.splitlines()) == 1


def test_an_incomplete_bid_is_refused_with_its_place(run, told, bid):
    bid["lines"][0]["quantity"] = "1"
    assert b"lot 1, item 1: Offer the whole quantity" in run(told, bid).stderr


def test_it_writes_over_nothing(run, told, bid, tmp_path):
    out = tmp_path / "sealed.json"
    assert run(told, bid, "--out", str(out)).returncode == 0
    first = out.read_bytes()
    assert run(told, bid, "--out", str(out)).returncode == 2 and out.read_bytes() == first

"""The golden envelope: bytes that were sealed once and must open for ever."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from procurement.rules.sealing import (
    Context,
    SealedEnvelope,
    check_binding,
    committee_hash,
    decrypt_with_dek,
    open_envelope,
    release_gate,
    release_share,
    unlock_private_key,
)
from procurement.rules.sealing.dealing import Deal
from procurement.rules.sealing.draft import draft_context, reveal
from procurement.rules.sealing.sealer import header_of
from tests.reference import sealing_twin
from tests.rules.sealing_cast import cast

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "sealing.json").read_text("utf-8"))
ENVELOPE = SealedEnvelope.from_bytes(VECTOR["container"].encode())
CONTEXT = Context(**VECTOR["context"])
PAYLOAD = VECTOR["payload"].encode()
PRIVATE = {i: bytes.fromhex(key["private"]) for i, key in enumerate(VECTOR["openers"], 1)}
GATE = bytes.fromhex(VECTOR["gate"]["private"])
DEK = bytes.fromhex(VECTOR["dek"])
QUORUMS = list(combinations(PRIVATE, 3))


@pytest.mark.parametrize("quorum", QUORUMS)
def test_the_golden_envelope_opens_for_every_quorum(quorum):
    shares = {i: release_share(ENVELOPE, i, PRIVATE[i]) for i in quorum}
    opened = open_envelope(ENVELOPE, shares, release_gate(ENVELOPE, GATE))
    assert (opened.payload, opened.dek) == (PAYLOAD, DEK)


@pytest.mark.parametrize("quorum", QUORUMS)
def test_the_literal_twin_opens_the_golden_envelope(quorum):
    keys = {i: PRIVATE[i] for i in quorum}
    container = VECTOR["container"].encode()
    assert sealing_twin.open_container(container, keys, GATE) == PAYLOAD


def test_the_literal_twin_opens_what_is_sealed_today():
    people = cast(4, 7)
    keys = {i: opener.private for i, opener in enumerate(people.openers[2:6], 3)}
    container = people.seal(PAYLOAD).to_bytes()
    assert sealing_twin.open_container(container, keys, people.gate.private) == PAYLOAD


def test_the_golden_key_opens_it_offline():
    assert decrypt_with_dek(ENVELOPE, DEK) == PAYLOAD


def test_hashes_are_those_of_the_golden_file():
    assert CONTEXT.digest().hex() == VECTOR["context_hash"]
    assert ENVELOPE.header_hash == VECTOR["header_hash"]
    assert ENVELOPE.ciphertext_hash == VECTOR["ciphertext_hash"]
    publics = [bytes.fromhex(key["public"]) for key in VECTOR["openers"]]
    gate = bytes.fromhex(VECTOR["gate"]["public"])
    assert committee_hash(publics, gate) == VECTOR["committee_hash"]
    check_binding(ENVELOPE, CONTEXT)


def test_the_deal_is_that_of_the_golden_file():
    deal = Deal(DEK, CONTEXT)
    assert deal.payload_key.hex() == VECTOR["payload_key"]
    assert deal.gate.hex() == VECTOR["gate_part"]
    assert [share.hex() for share in deal.shares] == VECTOR["shares"]
    assert header_of(deal).to_bytes().decode() == VECTOR["header"]


def test_the_golden_locked_key_is_unlocked():
    locked = VECTOR["locked_key"]
    private = unlock_private_key(locked["text"], locked["passphrase"])
    assert private.hex() == locked["private"]


def test_the_golden_draft_is_revealed():
    draft = VECTOR["draft"]
    row = draft_context(tender=draft["tender"], organisation=draft["organisation"])
    plain = reveal(bytes.fromhex(draft["protected"]), bytes.fromhex(draft["key"]), row)
    assert plain == draft["plaintext"].encode()

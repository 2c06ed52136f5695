"""A sealed bid belongs to one tender, tenderer, revision, terms and committee, and to no other."""

import hashlib
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from procurement.rules.sealing import (
    CiphertextUnreadable,
    DealMismatch,
    DekMismatch,
    GateUnreadable,
    Header,
    SealedEnvelope,
    SealedForAnother,
    SealingError,
    ShareMismatch,
    ShareUnreadable,
    check_binding,
    decrypt_with_dek,
    open_envelope,
    release_gate,
    release_share,
)
from procurement.rules.sealing.dealing import Deal, share_commit
from procurement.rules.sealing.encoding import canonical
from procurement.rules.sealing.header import gate_info, share_info
from procurement.rules.sealing.keys import hpke_seal
from procurement.rules.sealing.padding import pad
from procurement.rules.sealing.sealer import header_of
from tests.rules.sealing_cast import PAYLOAD, cast

OTHER = {
    "format": "musika-seal/2",
    "tender": "MUS-2031-0008",
    "terms_hash": "5f" * 32,
    "envelope": "technical",
    "tenderer": "org-115",
    "revision": 2,
    "k": 3,
    "n": 4,
    "committee_hash": "00" * 32,
    "tier": "C",
    "dek_commit": "00" * 32,
    "gate_commit": "00" * 32,
    "share_commits": ["00" * 32] * 3,
}
MOVES = ["tender", "terms_hash", "tenderer", "revision", "envelope", "tier"]


def opened(people, envelope):
    shares = people.shares(envelope, (1, 2))
    return open_envelope(envelope, shares, people.gate_part(envelope)).payload


def edited(envelope, changes):
    header = json.loads(envelope.header_bytes) | changes
    return replace(envelope, header_bytes=canonical(header))


def test_the_table_of_edits_covers_every_field_of_the_header():
    assert set(OTHER) == set(Header.__dataclass_fields__)


@pytest.mark.parametrize("name", OTHER)
def test_an_edit_of_any_header_field_makes_opening_fail(name):
    people = cast()
    envelope = people.seal()
    with pytest.raises(SealingError):
        opened(people, edited(envelope, {name: OTHER[name]}))


@pytest.mark.parametrize("name", [name for name in OTHER if name not in ("format", "n")])
def test_even_with_the_key_in_hand_an_edited_header_is_refused(name):
    people = cast()
    envelope = people.seal()
    whole = open_envelope(envelope, people.shares(envelope, (1, 2)), people.gate_part(envelope))
    with pytest.raises((DekMismatch, DealMismatch)):
        decrypt_with_dek(edited(envelope, {name: OTHER[name]}), whole.dek)


@pytest.mark.parametrize("name", MOVES)
def test_a_ciphertext_copied_under_another_header_does_not_open(name):
    people = cast()
    source, target = people.seal(), people.seal(b"{}", **{name: OTHER[name]})
    with pytest.raises(CiphertextUnreadable):
        opened(people, replace(target, ciphertext=source.ciphertext))


@pytest.mark.parametrize("name", MOVES)
def test_all_encrypted_parts_copied_under_another_header_do_not_open(name):
    people = cast()
    source, target = people.seal(), people.seal(b"{}", **{name: OTHER[name]})
    moved = replace(source, header_bytes=target.header_bytes)
    with pytest.raises(ShareUnreadable):
        people.share(moved, 1)
    with pytest.raises(GateUnreadable):
        people.gate_part(moved)


@pytest.mark.parametrize("name", MOVES)
def test_a_whole_envelope_in_the_wrong_place_is_refused(name):
    people = cast()
    envelope = people.seal()
    with pytest.raises(SealedForAnother) as refusal:
        check_binding(envelope, people.context(**{name: OTHER[name]}))
    assert refusal.value.where == name


def test_an_envelope_in_its_own_place_is_accepted():
    people = cast()
    check_binding(people.seal(), people.context())


def test_an_envelope_to_another_committee_is_refused():
    people, strangers = cast(), cast(3, 5)
    envelope = people.seal(
        committee=[*(o.public for o in people.openers[:2]), strangers.gate.public]
    )
    with pytest.raises(SealedForAnother) as refusal:
        check_binding(envelope, people.context())
    assert refusal.value.where == "committee_hash"


def test_sealed_shares_in_each_others_place_do_not_open():
    people = cast()
    envelope = people.seal()
    first, second, third = envelope.sealed_shares
    swapped = replace(envelope, sealed_shares=(second, first, third))
    with pytest.raises(ShareUnreadable):
        people.share(swapped, 1)
    with pytest.raises(ShareUnreadable):
        release_share(swapped, 1, people.openers[1].private)


def test_an_opener_cannot_release_the_share_of_another():
    people = cast()
    with pytest.raises(ShareUnreadable):
        release_share(people.seal(), 2, people.openers[0].private)


def test_an_openers_key_does_not_open_the_gate():
    people = cast()
    with pytest.raises(GateUnreadable):
        release_gate(people.seal(), people.openers[0].private)


@pytest.mark.parametrize("position", [0, 12, 2000, -1])
def test_one_changed_bit_of_the_ciphertext_is_caught(position):
    people = cast()
    envelope = people.seal()
    altered = bytearray(envelope.ciphertext)
    altered[position] ^= 1
    with pytest.raises(CiphertextUnreadable):
        opened(people, replace(envelope, ciphertext=bytes(altered)))


# What a tenderer who writes their own sealer could try.


def forged(people, header, deal, payload=PAYLOAD, shares=None):
    """An envelope whose parts are all well encrypted, under a header of the forger's choice."""
    header_bytes = header.to_bytes()
    digest = hashlib.sha256(header_bytes).digest()
    return SealedEnvelope(
        header_bytes=header_bytes,
        ciphertext=bytes(12)
        + AESGCM(deal.payload_key).encrypt(bytes(12), pad(payload), header_bytes),
        sealed_shares=tuple(
            hpke_seal(share, opener.public, share_info(digest, number))
            for number, (share, opener) in enumerate(
                zip(shares or deal.shares, people.openers, strict=True), 1
            )
        ),
        sealed_gate=hpke_seal(deal.gate, people.gate.public, gate_info(digest)),
    )


def test_a_second_key_under_which_the_ciphertext_is_valid_is_refused():
    people = cast()
    declared, used = Deal(b"\1" * 32, people.context()), Deal(b"\2" * 32, people.context())
    header = replace(header_of(used), dek_commit=header_of(declared).dek_commit)
    with pytest.raises(DekMismatch):
        opened(people, forged(people, header, used))


def test_shares_that_open_for_one_quorum_only_are_refused_by_every_quorum():
    people = cast()
    deal = Deal(b"\1" * 32, people.context())
    shares = [*deal.shares[:2], b"\7" * 32]
    commits = tuple(share_commit(deal.context, i, share) for i, share in enumerate(shares, 1))
    envelope = forged(people, replace(header_of(deal), share_commits=commits), deal, shares=shares)
    gate = people.gate_part(envelope)
    for group, refusal in {(1, 2): DealMismatch, (1, 3): DekMismatch, (2, 3): DekMismatch}.items():
        with pytest.raises(refusal):
            open_envelope(envelope, people.shares(envelope, group), gate)


def test_a_share_that_differs_from_its_commitment_is_named():
    people = cast()
    deal = Deal(b"\1" * 32, people.context())
    shares = [*deal.shares[:2], b"\7" * 32]
    envelope = forged(people, header_of(deal), deal, shares=shares)
    assert opened(people, envelope) == PAYLOAD
    with pytest.raises(ShareMismatch):
        people.share(envelope, 3)

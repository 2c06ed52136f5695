"""k of n openers and the gate open; fewer never do; every quorum says the same."""

from itertools import combinations

import pytest

from procurement.rules.sealing import (
    DekMismatch,
    GateMismatch,
    ShareMismatch,
    TooFewShares,
    UnknownOpener,
    decrypt_with_dek,
    open_envelope,
)
from procurement.rules.sealing.dealing import restore_dek
from tests.rules.sealing_cast import PAYLOAD, cast

QUORUMS = [(2, 3), (3, 5), (4, 7)]


@pytest.mark.parametrize(("k", "n"), QUORUMS)
def test_every_group_of_k_or_more_openers_reads_the_bid(k, n):
    people = cast(k, n)
    envelope = people.seal()
    shares, gate = people.shares(envelope, range(1, n + 1)), people.gate_part(envelope)
    for size in range(k, n + 1):
        for group in combinations(shares, size):
            chosen = {number: shares[number] for number in group}
            assert open_envelope(envelope, chosen, gate).payload == PAYLOAD


@pytest.mark.parametrize(("k", "n"), QUORUMS)
def test_every_smaller_group_is_refused(k, n):
    people = cast(k, n)
    envelope = people.seal()
    shares, gate = people.shares(envelope, range(1, n + 1)), people.gate_part(envelope)
    for size in range(k):
        for group in combinations(shares, size):
            with pytest.raises(TooFewShares):
                open_envelope(envelope, {i: shares[i] for i in group}, gate)


@pytest.mark.parametrize(("k", "n"), QUORUMS)
def test_a_smaller_group_that_skips_the_check_still_finds_no_key(k, n):
    people = cast(k, n)
    envelope = people.seal()
    shares, gate = people.shares(envelope, range(1, n + 1)), people.gate_part(envelope)
    for size in range(1, k):
        for group in combinations(shares, size):
            guess = restore_dek({i: shares[i] for i in group}, gate)
            with pytest.raises(DekMismatch):
                decrypt_with_dek(envelope, guess)


def test_all_openers_without_the_gate_find_no_key():
    people = cast()
    envelope = people.seal()
    guess = restore_dek(people.shares(envelope, (1, 2)), bytes(32))
    with pytest.raises(DekMismatch):
        decrypt_with_dek(envelope, guess)


def test_a_wrong_gate_part_is_named():
    people = cast()
    envelope = people.seal()
    with pytest.raises(GateMismatch):
        open_envelope(envelope, people.shares(envelope, (1, 2)), bytes(32))


def test_shares_given_under_each_others_number_are_refused():
    people = cast()
    envelope = people.seal()
    shares = people.shares(envelope, (1, 2))
    with pytest.raises(ShareMismatch):
        open_envelope(envelope, {1: shares[2], 2: shares[1]}, people.gate_part(envelope))


def test_a_share_of_another_bid_is_refused():
    people = cast()
    envelope, other = people.seal(), people.seal()
    shares = {1: people.share(envelope, 1), 2: people.share(other, 2)}
    with pytest.raises(ShareMismatch) as refusal:
        open_envelope(envelope, shares, people.gate_part(envelope))
    assert refusal.value.where == "share_commits[1]"


@pytest.mark.parametrize("number", [0, 4, -1])
def test_an_opener_outside_the_committee_is_refused(number):
    people = cast()
    envelope = people.seal()
    shares = {1: people.share(envelope, 1), number: bytes(32)}
    with pytest.raises(UnknownOpener):
        open_envelope(envelope, shares, people.gate_part(envelope))


def test_the_published_key_lets_an_auditor_read_the_bid_offline():
    people = cast()
    envelope = people.seal()
    opened = open_envelope(envelope, people.shares(envelope, (2, 3)), people.gate_part(envelope))
    assert decrypt_with_dek(envelope, opened.dek) == PAYLOAD


def test_the_printed_form_of_what_was_opened_shows_nothing_of_it():
    people = cast()
    envelope = people.seal()
    opened = open_envelope(envelope, people.shares(envelope, (1, 2)), people.gate_part(envelope))
    assert "412" not in repr(opened)
    assert opened.dek.hex()[:8] not in repr(opened)
    assert str(people.openers[0].private) not in repr(people.openers[0])

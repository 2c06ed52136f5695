"""Witnesses: cosignatures in the C2SP format, and what a witness refuses."""

import base64

import pytest

from marketplace.ledger import checkpoint, cosignature, merkle
from marketplace.ledger.checkpoint import BadNote, Head
from marketplace.ledger.cosignature import Witness, cosign, parse_vkey, seconds_of, witness_of
from marketplace.ledger.witnessing import (
    NotSigned,
    Offer,
    OtherSize,
    Refused,
    Rewritten,
    UnknownLog,
    judge,
    read_offer,
)

LOG, SEED, OTHER = "musika.example/ledger", b"\x01" * 32, b"\x02" * 32
KEY = checkpoint.vkey_of(LOG, SEED)
LEAVES = [merkle.leaf_hash(bytes([n])) for n in range(40)]


def note(size: int, leaves=LEAVES, *, origin=LOG, seed=SEED) -> str:
    text = checkpoint.make(origin, size, merkle.root(leaves[:size]))
    return checkpoint.sign(text, name=origin, seed=seed)


def head(size: int) -> Head:
    return Head(LOG, size, merkle.root(LEAVES[:size]))


def offer(old: int, new: int, leaves=LEAVES) -> Offer:
    tree = merkle.Tree(leaves)
    proof = merkle.consistency_proof(tree.get_node, old, new) if old else []
    return Offer(old, tuple(proof), note(new, leaves))


# The example of C2SP tlog-cosignature.md, checked by structure: its key is not published there.
EXAMPLE = (
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
    "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def test_a_cosignature_is_read_back_with_its_second():
    line = cosign(note(7), name="witness.example/w", seed=OTHER, seconds=1679315147)
    assert seconds_of(line, note(7), witness_of("witness.example/w", OTHER)) == 1679315147


def test_the_line_has_the_shape_of_the_published_example():
    ours = base64.b64decode(cosign(note(7), name="w", seed=OTHER, seconds=1679315147).split()[2])
    theirs = base64.b64decode(EXAMPLE.split()[2])
    assert len(ours) == len(theirs) == 76 and ours[4:12] == theirs[4:12]


def test_a_cosignature_of_another_checkpoint_is_refused():
    line = cosign(note(7), name="w", seed=OTHER, seconds=1)
    with pytest.raises(BadNote):
        seconds_of(line, note(8), witness_of("w", OTHER))


def test_a_line_of_somebody_else_is_passed_over():
    line = cosign(note(7), name="w", seed=SEED, seconds=1)
    assert seconds_of(line, note(7), witness_of("w", OTHER)) is None
    assert seconds_of("nonsense", note(7), witness_of("w", OTHER)) is None


def test_a_moved_second_is_refused():
    blob = bytearray(base64.b64decode(cosign(note(7), name="w", seed=OTHER, seconds=1).split()[2]))
    blob[11] ^= 1
    line = f"\u2014 w {base64.b64encode(blob).decode()}\n"
    with pytest.raises(BadNote):
        seconds_of(line, note(7), witness_of("w", OTHER))


def test_the_key_of_a_witness_is_not_that_of_a_ledger():
    witness = witness_of("w", OTHER)
    assert parse_vkey(witness.vkey) == witness
    with pytest.raises(BadNote):
        parse_vkey(KEY)
    with pytest.raises(BadNote):
        parse_vkey(Witness("w", b"short").vkey)


@pytest.mark.parametrize(("old", "new"), [(0, 1), (0, 40), (1, 2), (7, 8), (8, 8), (13, 40)])
def test_a_ledger_that_has_only_grown_is_accepted(old, new):
    seen = head(old) if old else None
    assert judge(read_offer(offer(old, new).to_text()), seen, KEY) == head(new)


def test_a_rewritten_ledger_is_caught():
    changed = [*LEAVES[:3], merkle.leaf_hash(b"other"), *LEAVES[4:]]
    with pytest.raises(Rewritten) as caught:
        judge(offer(10, 20, changed), head(10), KEY)
    assert "Keep both" in caught.value.remedy


def test_a_tree_of_one_size_with_two_roots_is_caught():
    changed = [merkle.leaf_hash(b"other"), *LEAVES[1:]]
    with pytest.raises(Rewritten):
        judge(offer(10, 10, changed), head(10), KEY)


def test_a_proof_from_another_size_is_told_the_size_that_was_seen():
    with pytest.raises(OtherSize) as refused:
        judge(offer(9, 20), head(10), KEY)
    assert (refused.value.size, refused.value.status) == (10, 409)


def test_a_shrunk_ledger_is_refused():
    with pytest.raises(Refused):
        judge(Offer(10, (), note(5)), head(10), KEY)


def test_a_checkpoint_that_the_ledger_did_not_sign_is_refused():
    with pytest.raises(NotSigned):
        judge(Offer(0, (), note(5, seed=OTHER)), None, KEY)


def test_a_checkpoint_of_another_ledger_is_refused():
    text = checkpoint.make("other.example/ledger", 1, b"\x00" * 32)
    with pytest.raises((UnknownLog, NotSigned)):
        judge(Offer(0, (), checkpoint.sign(text, name=LOG, seed=SEED)), None, KEY)


@pytest.mark.parametrize("text", ["", "old 1\n", "old 01\n\nx", "old -1\n\nx", "new 1\n\nx",
                                  "old 1\nAAAA\n\nx", "old 1\n" + "x\n" * 64 + "\nx"])  # fmt: skip
def test_a_body_of_another_form_is_refused(text):
    with pytest.raises(Refused):
        read_offer(text)


def test_text_of_an_unsigned_note_is_refused():
    with pytest.raises(BadNote):
        cosignature.text_of("no signature")

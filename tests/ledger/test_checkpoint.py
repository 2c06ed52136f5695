"""Signed notes and checkpoints, against a published example and two implementations of Ed25519."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.ledger import checkpoint, merkle, notes
from marketplace.ledger.checkpoint import BadNote

NAME = "musika.example/ledger"
SEED = bytes(range(32))
ROOT = merkle.leaf_hash(b"leaf")

# The example of golang.org/x/mod/sumdb/note, the origin of the C2SP signed-note format.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# RFC 8032, section 7.1, tests 1 to 3: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
        "1cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
        "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760"
        "984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def signed(size=1, root=ROOT):
    text = checkpoint.make(NAME, size, root)
    return checkpoint.sign(text, name=NAME, seed=SEED)


KEY = checkpoint.vkey_of(NAME, SEED)


def test_the_published_example_is_accepted_by_both_verifiers():
    assert checkpoint.verify(GO_NOTE, GO_KEY) == GO_NOTE[: GO_NOTE.index("\n\n") + 1]
    notes.verify_note(GO_NOTE, GO_KEY)


def test_the_published_example_altered_is_refused_by_both_verifiers():
    bad = GO_NOTE.replace("answer", "Answer")
    with pytest.raises(BadNote):
        checkpoint.verify(bad, GO_KEY)
    with pytest.raises(ValueError, match="does not belong"):
        notes.verify_note(bad, GO_KEY)


def test_a_checkpoint_has_origin_size_and_root_on_three_lines():
    assert checkpoint.make(NAME, 7, bytes(32)) == f"{NAME}\n7\n{'A' * 43}=\n"


@given(st.integers(0, 2**40), st.binary(min_size=32, max_size=32))
@settings(max_examples=20)
def test_a_checkpoint_comes_back_as_it_was_signed(size, root):
    note = signed(size, root)
    text = checkpoint.verify(note, KEY)
    assert checkpoint.parse(text) == checkpoint.Head(NAME, size, root)
    assert checkpoint.parse(note) == checkpoint.parse(text)
    notes.verify_note(note, KEY)


def test_signatures_of_unknown_keys_are_passed_over():
    other = checkpoint.sign(checkpoint.make(NAME, 1, ROOT), name="witness.example", seed=bytes(32))
    both = other + signed().rpartition("\n\n")[2]
    checkpoint.verify(both, KEY)
    notes.verify_note(both, KEY)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        signed().replace("\n1\n", "\n2\n"),
        signed().replace("— ", "-- "),
        signed().replace(NAME + " ", "other.example "),
        signed().rstrip("=\n") + "\n",
        signed().rpartition("\n\n")[0] + "\n\n",
        checkpoint.sign(checkpoint.make(NAME, 1, ROOT), name=NAME, seed=bytes(32)),
    ],
)
def test_a_note_that_the_key_did_not_sign_is_refused(note):
    with pytest.raises(BadNote):
        checkpoint.verify(note, KEY)
    with pytest.raises(ValueError):
        notes.verify_note(note, KEY)


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", "a\n-1\nAAAA\n", "a\n01\nAAAA\n", "a\n1\nAAAA\n", "a\n1\n*\n", "\n1\nAAAA\n"],
)
def test_a_malformed_checkpoint_is_refused(text):
    with pytest.raises(BadNote):
        checkpoint.parse(text)


@pytest.mark.parametrize("bad", ["", "a", "a+b+c", KEY.replace("+", "x", 1), KEY[:-4], "x" + KEY])
def test_a_malformed_verifier_key_is_refused(bad):
    with pytest.raises(BadNote):
        checkpoint.parse_vkey(bad)


@pytest.mark.parametrize("text", ["no newline", "a\tb\n"])
def test_a_text_that_cannot_be_a_note_is_not_signed(text):
    with pytest.raises(BadNote):
        checkpoint.sign(text, name=NAME, seed=SEED)


@pytest.mark.parametrize("name", ["", "a b", "a+b"])
def test_a_name_that_cannot_be_a_key_name_is_refused(name):
    with pytest.raises(BadNote):
        checkpoint.make(name, 1, ROOT)


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_ed25519_in_plain_python_agrees_with_the_rfc(public, message, signature):
    values = [bytes.fromhex(text) for text in (public, message, signature)]
    assert notes.ed25519_verify(*values)
    assert not notes.ed25519_verify(values[0], values[1] + b"x", values[2])


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
@settings(max_examples=25, deadline=None)
def test_ed25519_in_plain_python_agrees_with_the_library(seed, message, bit):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert notes.ed25519_verify(public, message, signature)
    flipped = (int.from_bytes(signature, "big") ^ (1 << bit)).to_bytes(64, "big")
    assert not notes.ed25519_verify(public, message, flipped)


def test_a_signature_with_the_group_order_added_is_refused():
    public, message, signature = [bytes.fromhex(text) for text in RFC_8032[0]]
    s = int.from_bytes(signature[32:], "little") + notes.ORDER
    assert not notes.ed25519_verify(public, message, signature[:32] + s.to_bytes(32, "little"))


@pytest.mark.parametrize("public", [b"", bytes(31), b"\xff" * 32, b"\x02" + bytes(31)])
def test_a_key_that_is_no_point_is_refused(public):
    assert not notes.ed25519_verify(public, b"", bytes(64))


def test_the_key_id_is_the_one_of_the_signed_note_rules():
    name, public = checkpoint.parse_vkey(GO_KEY)
    assert (name, checkpoint.key_id(name, public).hex()) == ("PeterNeumann", "c74f20a3")
    assert base64.b64decode(GO_KEY.rpartition("+")[2])[:1] == checkpoint.ED25519

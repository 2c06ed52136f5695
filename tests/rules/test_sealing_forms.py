"""Headers and containers have one form; everything else is refused by name."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.rules.sealing import (
    BadCommittee,
    BadHeader,
    BadKey,
    Header,
    MalformedEnvelope,
    SealedEnvelope,
    SealingError,
)
from procurement.rules.sealing.encoding import canonical
from tests.rules.sealing_cast import cast

WHOLE = cast().seal()
CONTAINER = WHOLE.to_bytes()


def refused(data: bytes) -> SealingError | None:
    """Any other exception than a refusal of this package fails the test."""
    try:
        SealedEnvelope.from_bytes(data)
    except SealingError as error:
        assert error.code != "sealing"
        assert error.where
        assert error.remedy
        return error
    return None


def test_a_container_is_read_back_to_the_same_envelope_and_bytes():
    again = SealedEnvelope.from_bytes(CONTAINER)
    assert again == WHOLE
    assert again.to_bytes() == CONTAINER


@given(st.binary(max_size=300))
def test_garbage_is_refused_by_name(data):
    assert refused(data)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_json_of_any_shape_is_refused_by_name(value):
    assert refused(json.dumps(value).encode())
    assert refused(json.dumps({"format": value}).encode())


@given(st.integers(min_value=0, max_value=len(CONTAINER) - 1))
def test_a_truncated_container_is_refused_by_name(length):
    assert isinstance(refused(CONTAINER[:length]), MalformedEnvelope)


@given(st.integers(min_value=0, max_value=len(CONTAINER) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_gives_another_envelope(position, change):
    data = bytearray(CONTAINER)
    data[position] ^= change
    if refused(bytes(data)) is None:
        changed = SealedEnvelope.from_bytes(bytes(data))
        hashes = (changed.header_hash, changed.ciphertext_hash)
        assert hashes != (WHOLE.header_hash, WHOLE.ciphertext_hash)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ODD = SCALARS | st.lists(SCALARS, max_size=4) | st.dictionaries(st.text(max_size=3), SCALARS)


@given(st.sampled_from(sorted(json.loads(CONTAINER))), ODD)
def test_an_odd_value_in_any_place_of_the_container_is_refused_by_name(name, value):
    assert refused(json.dumps(json.loads(CONTAINER) | {name: value}).encode())
    text = json.dumps(json.loads(CONTAINER) | {name: value}, sort_keys=True, separators=(",", ":"))
    assert refused(text.encode())


@given(st.sampled_from(sorted(json.loads(WHOLE.header_bytes))), ODD)
def test_an_odd_value_in_any_field_of_the_header_is_refused_by_name(name, value):
    header = json.loads(WHOLE.header_bytes)
    if header[name] == value and type(header[name]) is type(value):
        return
    text = json.dumps(header | {name: value}, sort_keys=True, separators=(",", ":"))
    try:
        accepted = Header.from_bytes(text.encode())
    except BadHeader:
        return
    assert getattr(accepted, name) == value
    assert name in ("tender", "tenderer", "revision")


def test_deeply_nested_json_is_refused_by_name():
    assert refused(b"[" * 100_000)
    assert refused(b'{"a":' * 100_000)


def test_a_container_beyond_the_limit_is_refused_before_it_is_parsed():
    assert "more than" in str(refused(b" " * (32 * 1024 * 1024 + 1)))


@pytest.mark.parametrize(
    "spelling",
    [
        CONTAINER + b"\n",
        b" " + CONTAINER,
        CONTAINER.replace(b'":"', b'": "', 1),
        CONTAINER.replace(b'{"ciphertext"', b'{"format":"musika-seal/1","ciphertext"', 1),
        CONTAINER.replace(b"musika", b"\\u006dusika", 1),
    ],
)
def test_the_same_content_in_another_spelling_is_refused(spelling):
    assert isinstance(refused(spelling), MalformedEnvelope)


def test_base64_with_stray_last_bits_is_refused():
    values = json.loads(CONTAINER)
    gate = values["sealed_gate"]
    assert gate.endswith("=")
    index = gate.index("=") - 1
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    stray = letters[letters.index(gate[index]) ^ 1]
    values["sealed_gate"] = gate[:index] + stray + gate[index + 1 :]
    assert refused(canonical(values)).where == "sealed_gate"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("sealed_shares", WHOLE.sealed_shares[:2]),
        ("sealed_shares", (*WHOLE.sealed_shares, WHOLE.sealed_gate)),
        ("sealed_gate", WHOLE.sealed_gate[:-1]),
        ("ciphertext", b""),
        ("ciphertext", WHOLE.ciphertext[:-1]),
        ("ciphertext", WHOLE.ciphertext + b"\0"),
    ],
)
def test_parts_of_a_wrong_number_or_length_are_refused(part, value):
    with pytest.raises(MalformedEnvelope):
        replace(WHOLE, **{part: value})


def test_the_ciphertext_hash_covers_every_encrypted_part():
    first, second, third = WHOLE.sealed_shares
    changed = [
        replace(WHOLE, ciphertext=bytes(12) + WHOLE.ciphertext[12:]),
        replace(WHOLE, sealed_gate=first),
        replace(WHOLE, sealed_shares=(second, first, third)),
    ]
    assert len({envelope.ciphertext_hash for envelope in (WHOLE, *changed)}) == 4
    assert len({envelope.header_hash for envelope in (WHOLE, *changed)}) == 1


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"tender": ""}, "tender"),
        ({"tender": "a b"}, "tender"),
        ({"tenderer": "nzou\n"}, "tenderer"),
        ({"tenderer": "Chipo Ñ"}, "tenderer"),
        ({"terms_hash": "5E" * 32}, "terms_hash"),
        ({"revision": 0}, "revision"),
        ({"revision": True}, "revision"),
        ({"revision": 1.0}, "revision"),
        ({"k": 1}, "k"),
        ({"k": 4}, "k"),
        ({"envelope": "third"}, "envelope"),
        ({"tier": "s"}, "tier"),
    ],
)
def test_a_bid_is_not_sealed_with_an_impossible_header(changes, where):
    with pytest.raises(BadHeader) as refusal:
        cast().seal(**changes)
    assert refusal.value.where == where


def test_a_committee_of_one_or_with_a_key_twice_is_refused():
    people = cast()
    publics = [opener.public for opener in people.openers]
    for committee in (publics[:1], [publics[0], *publics[:2]], [*publics, people.gate.public]):
        with pytest.raises(BadCommittee):
            people.seal(committee=committee)


@pytest.mark.parametrize("public", [b"", bytes(65), b"\x04" + b"\1" * 64, b"\x02" + b"\1" * 32])
def test_what_is_not_a_point_on_the_curve_is_refused_as_a_key(public):
    people = cast()
    with pytest.raises(BadKey) as refusal:
        people.seal(committee=[people.openers[0].public, public])
    assert refusal.value.where == "public key of opener 2"


def test_the_order_of_the_committee_is_part_of_its_hash():
    people = cast()
    backwards = [opener.public for opener in reversed(people.openers)]
    assert people.context().committee_hash != people.context(committee=backwards).committee_hash

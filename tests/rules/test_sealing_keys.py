"""Opener keys: as bytes, and locked under a passphrase."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from procurement.rules.sealing import (
    BadKey,
    LockCost,
    MalformedKeyFile,
    SealingError,
    WrongPassphrase,
    generate_opener_key,
    lock_private_key,
    public_of,
    release_gate,
    release_share,
    unlock_private_key,
)
from procurement.rules.sealing.encoding import canonical
from tests.rules.sealing_cast import cast

QUICK = LockCost(iterations=1, lanes=1, memory_kib=8)
KEY = generate_opener_key()
LOCKED = lock_private_key(KEY.private, "mbira nhema", cost=QUICK)


def test_a_key_pair_is_32_and_65_bytes_and_belongs_together():
    assert (len(KEY.private), len(KEY.public), KEY.public[0]) == (32, 65, 4)
    assert public_of(KEY.private) == KEY.public


def test_the_passphrase_gives_the_key_back():
    assert unlock_private_key(LOCKED, "mbira nhema") == KEY.private


def test_the_default_cost_is_that_of_the_standard_and_works():
    text = lock_private_key(KEY.private, "x")
    values = json.loads(text)
    assert (values["iterations"], values["lanes"], values["memory_kib"]) == (3, 4, 65536)
    assert unlock_private_key(text, "x") == KEY.private


@pytest.mark.parametrize("wrong", ["", "mbira", "Mbira nhema", "mbira nhema "])
def test_a_wrong_passphrase_is_refused(wrong):
    with pytest.raises(WrongPassphrase):
        unlock_private_key(LOCKED, wrong)


def test_accents_typed_on_different_devices_are_the_same_passphrase():
    text = lock_private_key(KEY.private, "caf\u00e9", cost=QUICK)
    assert unlock_private_key(text, "cafe\u0301") == KEY.private


def test_neither_key_nor_passphrase_stands_in_the_text():
    assert KEY.private.hex() not in LOCKED
    assert "mbira" not in LOCKED


@pytest.mark.parametrize("name", ["iterations", "lanes", "memory_kib", "salt", "nonce"])
def test_edited_parameters_do_not_unlock(name):
    values = json.loads(LOCKED)
    value = values[name]
    values[name] = value + 8 if isinstance(value, int) else "00" * (len(value) // 2)
    with pytest.raises(SealingError):
        unlock_private_key(canonical(values).decode(), "mbira nhema")


@pytest.mark.parametrize(
    "changes",
    [{"memory_kib": 2**30}, {"iterations": 10**6}, {"lanes": 0}, {"memory_kib": "8"}, {"x": 1}],
)
def test_a_key_file_that_asks_too_much_is_refused_before_any_work(changes):
    text = canonical(json.loads(LOCKED) | changes).decode()
    with pytest.raises(MalformedKeyFile):
        unlock_private_key(text, "mbira nhema")


@given(st.text(max_size=200) | st.integers(0, len(LOCKED) - 1).map(lambda end: LOCKED[:end]))
def test_garbage_and_truncated_key_files_are_refused_by_name(text):
    with pytest.raises(MalformedKeyFile):
        unlock_private_key(text, "mbira nhema")


@pytest.mark.parametrize("private", [b"", bytes(32), b"\xff" * 32, b"\1" * 31])
def test_what_is_not_a_private_key_is_refused(private):
    with pytest.raises(BadKey):
        lock_private_key(private, "x", cost=QUICK)
    with pytest.raises(BadKey):
        release_share(cast().seal(), 1, private)


def test_a_key_object_serves_as_well_as_its_bytes():
    """The gate key reaches us as an object, from marketplace.keys."""
    people = cast()
    envelope = people.seal()
    number = int.from_bytes(people.gate.private, "big")
    key = ec.derive_private_key(number, ec.SECP256R1())
    assert release_gate(envelope, key) == people.gate_part(envelope)
    with pytest.raises(BadKey):
        release_gate(envelope, ec.generate_private_key(ec.SECP384R1()))

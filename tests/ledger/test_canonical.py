"""One value, one text; what has no exact text is refused."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.ledger import canonical
from marketplace.ledger.canonical import NotCanonical
from marketplace.ledger.verify import canonical as auditors_canonical

HARARE = timezone(timedelta(hours=2))
# Surrogates have no UTF-8; keys are ASCII by our rule.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127))
NUMBERS = st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20
)


@given(VALUES)
def test_reading_and_writing_again_changes_nothing(value):
    text = canonical.dumps(value)
    assert canonical.loads(text) == value
    assert canonical.dumps(canonical.loads(text)) == text == auditors_canonical(json.loads(text))


@given(st.dictionaries(KEYS, NUMBERS))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical.dumps(value) == canonical.dumps(dict(reversed(value.items())))


@given(st.integers(-(10**30), 10**30), st.integers(-20, 20), st.integers(0, 9))
def test_equal_numbers_have_equal_text(digits, exponent, zeros):
    short = Decimal(f"{digits}E{exponent}")
    long = Decimal(f"{digits}{'0' * zeros}E{exponent - zeros}")
    assert short == long == Decimal(canonical.number(short))
    assert canonical.number(short) == canonical.number(long)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("10.50"), '"10.5"'),
        (Decimal("1E+3"), '"1000"'),
        (Decimal("-0.00"), '"0"'),
        (Decimal("0.0000001"), '"0.0000001"'),
        (Decimal("123456789012345.67"), '"123456789012345.67"'),
        (datetime(2026, 3, 1, 9, tzinfo=HARARE), '"2026-03-01T07:00:00.000000Z"'),
        (datetime(2026, 3, 1, 9, 0, 0, 1, tzinfo=UTC), '"2026-03-01T09:00:00.000001Z"'),
        (date(2026, 3, 1), '"2026-03-01"'),
        ({"b": 1, "a": (True, None)}, '{"a":[true,null],"b":1}'),
        ("Chipinge – “dry”\n\x01\x7f", '"Chipinge – “dry”\\n\\u0001\x7f"'),
        ('"\\/', '"\\"\\\\/"'),
    ],
)
def test_a_value_has_this_text(value, text):
    assert canonical.dumps(value) == text


def test_an_enumeration_is_written_as_its_text():
    kind = StrEnum("kind", {"FARMER": "farmer"})
    assert canonical.dumps({kind.FARMER: kind.FARMER}) == '{"farmer":"farmer"}'


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        {"a": [0.1]},
        Decimal("NaN"),
        Decimal("Infinity"),
        datetime(2026, 3, 1),  # noqa: DTZ001 - what is refused
        2**53,
        -(2**53),
        {1: "a"},
        {"ä": 1},
        "\ud800",
        b"bytes",
        {"a"},
        object(),
    ],
)
def test_what_has_no_exact_text_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical.dumps(value)


def test_a_refusal_names_the_place():
    with pytest.raises(NotCanonical) as caught:
        canonical.dumps({"lots": [{"price": Decimal(1)}, {"price": 1.0}]})
    assert caught.value.where == ".lots[1].price"
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["1.0", "NaN", '{"a":1,"a":2}', "{", "", "[" * 100_000])
def test_what_is_not_canonical_is_not_read(text):
    with pytest.raises(NotCanonical):
        canonical.loads(text)


def test_the_digest_is_sha_256_of_utf_8():
    assert canonical.digest("abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )

"""The short form of an entry, as people type it."""

import pytest

from marketplace.errors import Invalid
from marketplace.ledger.short import Short, read, short

LEAF = "9f3a1c20b8d4e6f1" + "0" * 48


def test_a_short_form_is_read_back():
    assert short(4711, LEAF) == "4711-9f3a-1c20-b8d4-e6f1"
    assert read(short(4711, LEAF)) == Short(4711, LEAF[:16])


@pytest.mark.parametrize("typed", ["4711 - 9F3A 1C20 B8D4 E6F1", "4711-9f3a1c20b8d4e6f1"])
def test_blanks_and_capitals_do_not_matter(typed):
    assert read(typed) == Short(4711, LEAF[:16])


@pytest.mark.parametrize("typed", ["", "4711", "9f3a-1c20-b8d4-e6f1", "x-9f3a-1c20-b8d4-e6f1",
                                   "4711-9f3a-1c20-b8d4", "4711-9f3a-1c20-b8d4-e6f1-00",
                                   "9" * 16 + "-9f3a-1c20-b8d4-e6f1"])  # fmt: skip
def test_what_is_none_is_refused_with_an_example(typed):
    with pytest.raises(Invalid) as refused:
        read(typed)
    assert "4711-9f3a" in refused.value.remedy

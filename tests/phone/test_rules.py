"""Screens: short enough in three languages, every choice on some page, nothing lost."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import given, settings
from hypothesis import strategies as st

import marketplace.phone
from marketplace.notify import gsm
from marketplace.phone.rules import machine, offering
from marketplace.phone.rules.facts import (
    Facts,
    Goods,
    Line,
    LotFacts,
    Me,
    Standing,
    TenderFacts,
    questions,
)
from marketplace.phone.rules.screens import MOST, Act, State, chosen, compose, pages, split

LONG = "Nyika yeZimbabwe yakakura kwazvo " * 4
LOT = LotFacts(
    1,
    LONG[:200],
    (Goods(1, LONG[:120], Decimal("123456789.5"), "t"),),
    (LONG[:90],),
    ((1, "Storage", (("1", "Own silo"), ("2", "None"))),),
)
TENDER = TenderFacts("MUS-2026-000123", LONG[:100], LONG[:60], LONG[:80], "1.12.2026 10:00",
                     "USD", True, (LOT, LOT))  # fmt: skip
ME = Me("Tariro Moyo", "Matabeleland South", "Gwanda")
FACTS = Facts(
    me=ME,
    places=tuple(f"{LONG[:30]}{n}" for n in range(20)),
    tenders=tuple(Line(f"M{n}", f"{n} {LONG[:90]}") for n in range(20)),
    tender=TENDER,
    totals=("Lot 1: USD 12,345,678,901,234.50",),
    bids=tuple(Line(f"M{n}", f"M{n} {LONG[:90]}") for n in range(20)),
    standing=Standing("MUS-2026-000123", "waiting for delivery", "1.12.2026 10:00",
                      "123456-9f3a-1c20-b8d4-e6f1", True),
    payments=(LONG, LONG),
    code="123456-9f3a-1c20-b8d4-e6f1",
)  # fmt: skip
AT = {"district": ("Midlands",), "tenders": ("all",), "tender": ("M",), "lots": ("M",),
      "ask": ("M", "1", "0"), "check": ("M", "1"), "sent": ("MUS-2026-000123",), "bid": ("M",),
      "withdraw": ("MUS-2026-000123",)}  # fmt: skip
NOTE = "Asina haapihwe. Munogona kuenderera kana kudzoka. " * 3


@pytest.mark.parametrize("language", ["en", "sn", "nd"])
@pytest.mark.parametrize("note", ["", NOTE])
@pytest.mark.parametrize("screen", sorted(machine.SCREENS))
def test_every_screen_fits_a_telephone(screen, language, note):
    with translation.override(language):
        for page in range(6):
            state = State(screen, AT.get(screen, ()), page, note)
            shown = machine.SCREENS[screen][0](state, FACTS, gettext)
            assert gsm.is_gsm(shown.text) and gsm.length(shown.text) <= MOST, shown.text
            way_out = shown.ends or re.search(r"^00? ", shown.text, re.MULTILINE)
            assert way_out, shown.text


@pytest.mark.parametrize("screen", sorted(machine.SCREENS))
@pytest.mark.parametrize("typed", ["", "0", "9", "99999999999999999999", "x", "²", "\x00", "1*1"])
def test_no_input_breaks_a_screen(screen, typed):
    state = State(screen, AT.get(screen, ()))
    assert isinstance(machine.take(state, typed, FACTS, gettext), State | Act)


FEW = settings(max_examples=40, deadline=None)


@FEW
@given(st.lists(st.integers(1, 60), min_size=1, max_size=30))
def test_each_option_of_a_list_has_one_digit_on_one_page(lengths):
    options = ["a" * length for length in lengths]
    footer = ["9 More", "0 Back"]
    found = [at for page in pages("Title", options, footer) for at in page.digits.values()]
    assert found == list(range(len(options)))
    state = State(page=len(pages("Title", options, footer)) - 1)
    assert chosen(state, "Title", options, "7" * 3, str) is None


@FEW
@given(st.text("abcdefgh {}", max_size=300), st.integers(20, 150))
def test_a_long_text_is_told_whole(text, room):
    told = split(text, room)
    assert all(gsm.length(piece) <= room for piece in told)
    assert "".join(told).replace(" ", "") == text.replace(" ", "")


def test_options_are_never_cut_for_a_long_head():
    shown = compose(LONG, ["1 Yes", "0 Back"], NOTE).text
    assert shown.endswith("1 Yes\n0 Back") and len(shown) <= MOST


def test_a_bid_is_asked_price_by_price_then_choices_then_gates():
    assert [q.kind for q in questions(LOT)] == ["price", "option", "gate"]


@pytest.mark.parametrize("typed", ["0", "-1", "1,5", "1e3", "NaN", "Infinity", "", "٣", "1" * 50])
def test_a_price_is_digits_above_zero(typed):
    with pytest.raises(offering.bidding.BadBid):
        offering.price(typed, str)


def test_a_price_keeps_every_decimal():
    assert offering.price("0.3175", str) == "0.3175"


FOLDER = Path(marketplace.phone.__file__).parent
WORDS = re.compile(r"""\b(?:say|_)\(\s*((?:"[^"]*"\s*)+|'[^']*')\s*\)""")


def sentences() -> set[str]:
    texts = [path.read_text() for path in FOLDER.rglob("*.py")]
    said = [match[1] for text in texts for match in WORDS.finditer(text)]
    return {"".join(re.findall(r"""["']([^"']*)["']""", one)) for one in said}


@pytest.mark.parametrize("language", ["sn", "nd"])
def test_the_menu_has_words_in_each_language(language):
    with translation.override(language):
        same = {text for text in sentences() if gettext(text) == text}
    assert same - {"PIN"} == set()
    assert len(sentences()) > 50

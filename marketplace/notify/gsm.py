"""How long a text is for a telephone: septets of the GSM-7 alphabet, segments of a message. Pure.

Source: 3GPP TS 23.038 (alphabet), TS 23.040 (segments of 153 septets or 67 characters of UCS-2).
"""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Written with an escape before them: two septets.
EXTENDED = frozenset("\f^{}\\[~]|€")
ONE = 160
PART = 153
ONE_WIDE, PART_WIDE = 70, 67
# What is written otherwise in print than on a telephone.
_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ",
     "×": "x", "·": "-", "\u202f": " ", "\t": " ",
     "µ": "u", "μ": "u", "°": " deg ", "≤": "<=", "≥": ">=", "•": "-"}
)  # fmt: skip


def plain(text: str) -> str:
    """The text in the telephone's alphabet: print's quotes and dashes, and letters with signs
    that it lacks, are written with those that it has.
    """
    found = text.translate(_PLAIN)
    return found if is_gsm(found) else "".join(_nearest(letter) for letter in found)


def _nearest(letter: str) -> str:
    if letter in BASIC or letter in EXTENDED:
        return letter
    bare = "".join(c for c in unicodedata.normalize("NFKD", letter) if is_gsm(c))
    return bare or "?"


def is_gsm(text: str) -> bool:
    return all(letter in BASIC or letter in EXTENDED for letter in text)


def septets(text: str) -> int:
    """Length in the GSM-7 alphabet; only for what `is_gsm`."""
    return sum(2 if letter in EXTENDED else 1 for letter in text)


def length(text: str) -> int:
    """Septets, or UTF-16 units where a letter is outside the alphabet."""
    return septets(text) if is_gsm(text) else len(text.encode("utf-16-be")) // 2


def segments(text: str) -> int:
    """How many messages the network charges for; at least one."""
    one, part = (ONE, PART) if is_gsm(text) else (ONE_WIDE, PART_WIDE)
    size = length(text)
    return 1 if size <= one else -(-size // part)


def cut(text: str, most: int = ONE) -> str:
    """The text, shortened with two points where it is longer than `most`."""
    if length(text) <= most:
        return text
    while length(text) > most - 2:
        text = text[:-1]
    return text.rstrip() + ".."

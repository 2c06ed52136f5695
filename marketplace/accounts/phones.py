"""Telephone numbers: read strictly, kept sealed, found by a keyed digest, never in a log."""

import hashlib
import hmac
import secrets
from itertools import pairwise

import phonenumbers
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from marketplace import keys
from marketplace.accounts import personal
from marketplace.accounts.models import Phone, User
from marketplace.errors import Invalid

# What the number is bound to when it is sealed, beside its holder.
SEALED_AS = "mobile"
PIN_DIGITS = 5
CODE_DIGITS = 6


class BadNumber(Invalid):
    """Not a telephone number that a text message can reach."""

    code = "bad-phone-number"


class WeakPin(Invalid):
    """A PIN that others try first."""

    code = "weak-pin"


def number(text: str) -> str:
    """The number in E.164, for example +263771234567; raises BadNumber."""
    try:
        read = phonenumbers.parse(text, settings.JURISDICTION.upper())
    except phonenumbers.NumberParseException:
        read = None
    if read is None or not phonenumbers.is_valid_number(read):
        raise BadNumber(
            "This is not a telephone number.",
            where="phone",
            remedy="Write it as you dial it, for example 077 123 4567, or with the country: "
            "+263 77 123 4567.",
        )
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)


def shown(e164: str) -> str:
    """As people read it, for its owner alone."""
    read = phonenumbers.parse(e164)
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def digest(e164: str) -> str:
    """HMAC-SHA-256 (hex) under a key that is not in the database."""
    return keyed("musika-phone/1", e164)


def keyed(domain: str, text: str) -> str:
    """HMAC-SHA-256 (hex) of a short secret; the key lies outside the database."""
    told = f"{domain}\n{text}".encode()
    return hmac.new(keys.load("personal"), told, hashlib.sha256).hexdigest()


def seal(user: User, e164: str) -> bytes:
    return personal.seal(user.public_id, SEALED_AS, e164)


def of(user: User) -> str | None:
    """The person's proved number, or None."""
    row = Phone.objects.filter(user=user).first()
    return None if row is None else read(row)


def read(row: Phone) -> str:
    return personal.unseal(row.user.public_id, SEALED_AS, bytes(row.ciphertext))


def owner(e164: str) -> Phone | None:
    """Whose number it is; None for nobody's, or somebody's who was erased."""
    rows = Phone.objects.filter(digest=digest(e164), user__is_active=True)
    return rows.select_related("user").first()


def new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def code_digest(place: str, code: str) -> str:
    """Of a code that was sent; `place` keeps one code from counting elsewhere."""
    return keyed(f"musika-code/1\n{place}", code)


def check_pin(pin: str) -> str:
    """The PIN, or WeakPin: five digits, not all alike and not counted up or down."""
    digits = pin.isascii() and pin.isdecimal()
    steps = {int(b) - int(a) for a, b in pairwise(pin)} if digits else {0}
    if len(pin) != PIN_DIGITS or steps in ({0}, {1}, {-1}):
        raise WeakPin(
            f"Choose {PIN_DIGITS} digits, not all alike and not in a row.",
            where="pin",
            remedy="For example not 11111 and not 12345.",
        )
    return pin


def hash_pin(pin: str) -> str:
    return make_password(check_pin(pin))


def pin_matches(row: Phone, pin: str) -> bool:
    """Slow by design (Argon2id): ask before a lock is taken."""
    return bool(row.pin) and check_password(pin, row.pin)

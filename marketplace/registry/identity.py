"""National identity numbers: read strictly, kept only as a keyed digest."""

import hashlib
import hmac
import re

from marketplace import keys
from marketplace.errors import Invalid

# Zimbabwe: two digits of the district, six or seven of the serial, a check letter, two of origin.
PATTERN = re.compile(r"\d{2}\d{6,7}[A-Z]\d{2}")


class BadIdentityNumber(Invalid):
    """Not a national identity number as they are written."""

    code = "bad-identity-number"


def digest(text: str) -> str:
    """HMAC-SHA-256 (hex) of the number without blanks and dashes; raises BadIdentityNumber."""
    number = re.sub(r"[\s-]", "", text).upper()
    if not PATTERN.fullmatch(number):
        raise BadIdentityNumber(
            "This is not a national identity number.",
            where="identity_number",
            remedy="Write it as on the card, for example 63-1234567 A 42.",
        )
    return hmac.new(keys.load("identity"), number.encode(), hashlib.sha256).hexdigest()

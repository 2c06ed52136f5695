"""Words that wait in a row and must not be read there: text messages, a webhook's secret.

Form: 0x01 || nonce (12) || AES-256-GCM || tag (16), bound to the place where it lies.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from marketplace import keys
from marketplace.errors import Invalid

VERSION = b"\x01"
NONCE = 12


def seal(place: str, text: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    body = AESGCM(keys.load("message")).encrypt(nonce, text.encode(), VERSION + place.encode())
    return VERSION + nonce + body


def unseal(place: str, sealed: bytes) -> str:
    """Undo `seal`; raises Invalid when the key is another one or the row is not where it was."""
    nonce, body = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
    try:
        bound = VERSION + place.encode()
        return AESGCM(keys.load("message")).decrypt(nonce, body, bound).decode()
    except InvalidTag as error:
        raise Invalid("This can no longer be read: its key was exchanged.") from error

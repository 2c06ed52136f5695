"""Personal data under one key for each person, in a file of its own beside the other keys.

Form: 0x01 || nonce (12) || AES-256-GCM of the text || tag (16), bound to holder and kind. To
erase is to delete the file: no copy of the database can be read any more, old backups included.
The file is written first and deleted last, so that a crash leaves a key without data, which
`finish_erasures` removes, and never data that should be readable without their key.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from marketplace import keys
from marketplace.accounts.models import PersonalDatum
from marketplace.errors import Invalid

VERSION = b"\x01"
NONCE = 12
Kind = PersonalDatum.Kind
HOLDER = re.compile(r"[0-9a-f]{16}")
LONGEST = 300


def plain(kind: str, text: str) -> str:
    """The value as it is compared: digits of a telephone, small letters without blanks."""
    if kind == Kind.PHONE:
        digits = re.sub(r"\D", "", text)
        # The same telephone is written with and without the country: its last nine digits.
        return digits[-9:]
    return re.sub(r"[\s.,;:/-]", "", text.casefold())


def digest(kind: str, text: str) -> str:
    """HMAC-SHA-256 (hex) under a key that is not in the database; "" for an empty value."""
    value = plain(kind, text)
    told = f"musika-personal/1\n{kind}\n{value}".encode()
    return hmac.new(keys.load("personal"), told, hashlib.sha256).hexdigest() if value else ""


def state(holder: str, kind: str, text: str, now: datetime) -> None:
    """Keep a value in place of the one before it; an empty one takes it away."""
    text = text.strip()
    if len(text) > LONGEST:
        raise Invalid(f"At most {LONGEST} characters.", where=kind)
    if not text:
        PersonalDatum.objects.filter(holder=holder, kind=kind).delete()
        return
    PersonalDatum.objects.update_or_create(
        holder=holder,
        kind=kind,
        defaults={
            "ciphertext": seal(holder, kind, text),
            "digest": digest(kind, text),
            "stated_at": now,
        },
    )


def stated(holder: str) -> dict[str, str]:
    """What the holder stated, by kind; nothing after an erasure."""
    return {
        row.kind: unseal(holder, row.kind, bytes(row.ciphertext))
        for row in PersonalDatum.objects.filter(holder=holder)
    }


def seal(holder: str, kind: str, text: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    cipher = AESGCM(_key(holder, make=True))
    return VERSION + nonce + cipher.encrypt(nonce, text.encode(), _bound(holder, kind))


def unseal(holder: str, kind: str, sealed: bytes) -> str:
    """Undo `seal`; raises Invalid when the key is gone or the row is not the one it was."""
    try:
        nonce, body = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        return AESGCM(_key(holder)).decrypt(nonce, body, _bound(holder, kind)).decode()
    except (InvalidTag, FileNotFoundError) as error:
        raise Invalid("This can no longer be read: its key is gone.", where=kind) from error


def destroy(holders: Iterable[str]) -> None:
    """Delete the keys, for good; harmless where there is none. Call it after the commit."""
    for holder in holders:
        _path(holder).unlink(missing_ok=True)


def _bound(holder: str, kind: str) -> bytes:
    return VERSION + f"{holder}\n{kind}".encode()


def _path(holder: str) -> Path:
    if not HOLDER.fullmatch(holder):
        raise ValueError("A holder is named by its public id.")
    return Path(settings.KEY_DIR) / "people" / f"{holder}.key"


def _key(holder: str, *, make: bool = False) -> bytes:
    path = _path(holder)
    if make and not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        _write(path)
    return bytes.fromhex(path.read_text().strip())


def _write(path: Path) -> None:
    """Whole or not at all: two requests at once make one key."""
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

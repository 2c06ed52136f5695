"""Keys that live outside the database and outside its backups, one file each, mode 0600.

| file | what |
|---|---|
| django.key | Django's SECRET_KEY |
| ledger.key | Ed25519 seed (32 bytes, hex) that signs checkpoints and receipts |
| gate.key | P-256 private key (HPKE), without which k openers cannot read a stolen backup |
| draft.key | 32 bytes, hex: bid drafts at rest |
| identity.key | 32 bytes, hex: keyed digests of national identity numbers |
| personal.key | 32 bytes, hex: keyed digests of telephones, addresses, bank accounts |
| message.key | 32 bytes, hex: text messages that wait, secrets of webhooks, USSD sessions |
| people/ID.key | 32 bytes, hex: the data of one person; deleted when the person is erased |
"""

import os
import secrets
from functools import cache, lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SECRETS = ("django", "ledger", "draft", "identity", "personal", "message")


def ensure() -> list[str]:
    """Make the keys that are missing; return the names of those made. Never replaces one."""
    folder = Path(settings.KEY_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = [name for name in SECRETS if _write(folder / f"{name}.key", secrets.token_hex(32))]
    if _write(folder / "gate.key", _new_gate_key()):
        made.append("gate")
    load.cache_clear()
    return made


def _write(path: Path, text: str) -> bool:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
    return True


def _new_gate_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return number.to_bytes(32, "big").hex()


@cache
def load(name: str) -> bytes:
    """Return the 32 bytes of a key; raises ImproperlyConfigured with the command that mends it."""
    path = Path(settings.KEY_DIR) / f"{name}.key"
    if not path.exists():
        raise ImproperlyConfigured(f"{path} is missing: run `python -m marketplace keys`.")
    return bytes.fromhex(path.read_text().strip())


def gate_private_key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(load("gate"), "big"), ec.SECP256R1())


def gate_public_bytes() -> bytes:
    """The gate's public key as an uncompressed P-256 point, 65 bytes."""
    return _public_bytes(load("gate"))


@lru_cache(maxsize=4)
def _public_bytes(secret: bytes) -> bytes:
    """Kept, because every bid is sealed to it; by the secret, because a drill has several."""
    private = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())
    return private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )

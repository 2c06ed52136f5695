"""An opener's private key under a passphrase: Argon2id, then AES-256-GCM, as JSON text.

The cost stands in the text, so that it can be raised later without losing older keys. Default:
the second recommended option of RFC 9106, section 4 (3 passes, 4 lanes, 64 MiB).
"""

import secrets
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from procurement.rules.sealing.encoding import canonical, parse_canonical
from procurement.rules.sealing.errors import MalformedKeyFile, WrongPassphrase
from procurement.rules.sealing.keys import PRIVATE_LENGTH, load_private

FORMAT = "musika-key/1"
SALT = 16
NONCE = 12
MAX_TEXT = 2048

_NAMES = {"format", "kdf", "iterations", "lanes", "memory_kib", "salt", "nonce", "ciphertext"}


@dataclass(frozen=True)
class LockCost:
    """Argon2id's cost: passes, lanes, and memory in KiB."""

    iterations: int = 3
    lanes: int = 4
    memory_kib: int = 64 * 1024

    def __post_init__(self) -> None:
        values = (self.iterations, self.lanes, self.memory_kib)
        # Bounds, because a key file that asks for all memory must not stop the server.
        in_range = (
            all(type(value) is int for value in values)
            and 1 <= self.iterations <= 16
            and 1 <= self.lanes <= 16
            and 8 * self.lanes <= self.memory_kib <= 1024 * 1024
        )
        if not in_range:
            raise _malformed("the cost of the passphrase is out of range")


DEFAULT_COST = LockCost()


def lock_private_key(private: bytes, passphrase: str, *, cost: LockCost = DEFAULT_COST) -> str:
    """Lock 32 private bytes; the JSON text may be stored. Raises BadKey."""
    load_private(private)
    parameters = {
        "format": FORMAT,
        "kdf": "argon2id",
        **asdict(cost),
        "salt": secrets.token_hex(SALT),
        "nonce": secrets.token_hex(NONCE),
    }
    sealed = _cipher(parameters, cost, passphrase).encrypt(
        bytes.fromhex(parameters["nonce"]), private, canonical(parameters)
    )
    return canonical({**parameters, "ciphertext": sealed.hex()}).decode("ascii")


def unlock_private_key(text: str, passphrase: str) -> bytes:
    """The 32 private bytes; raises WrongPassphrase or MalformedKeyFile."""
    parameters = _parse(text)
    sealed = _unhex(parameters.pop("ciphertext"), PRIVATE_LENGTH + 16)
    nonce = _unhex(parameters["nonce"], NONCE)
    cost = LockCost(*(parameters[name] for name in ("iterations", "lanes", "memory_kib")))
    cipher = _cipher(parameters, cost, passphrase)
    try:
        return cipher.decrypt(nonce, sealed, canonical(parameters))
    except InvalidTag as error:
        raise WrongPassphrase(
            "This passphrase does not unlock the key.",
            where="passphrase",
            remedy="Type it again; mind capital letters and the keyboard's language.",
        ) from error


def _cipher(parameters: dict[str, Any], cost: LockCost, passphrase: str) -> AESGCM:
    # Devices compose accented letters differently: NFKC makes them the same passphrase.
    typed = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    kdf = Argon2id(
        salt=_unhex(parameters["salt"], SALT),
        length=32,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return AESGCM(kdf.derive(typed))


def _parse(text: str) -> dict[str, Any]:
    try:
        if len(text) > MAX_TEXT:
            raise ValueError("too long")
        values = parse_canonical(text.encode("ascii"))
    except ValueError as error:
        raise _malformed("it is not canonical JSON") from error
    if set(values) != _NAMES:
        raise _malformed("a field is missing or unknown")
    if values["format"] != FORMAT or values["kdf"] != "argon2id":
        raise _malformed("its format is unknown")
    return values


def _unhex(text: object, length: int) -> bytes:
    try:
        data = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        data = b""
    if len(data) != length:
        raise _malformed("a field has the wrong length")
    return data


def _malformed(problem: str) -> MalformedKeyFile:
    return MalformedKeyFile(
        f"The locked key cannot be read: {problem}.",
        where="locked key",
        remedy="Use the copy that was saved when the key was made.",
    )

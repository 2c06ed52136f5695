"""P-256 keys as plain bytes, and HPKE (RFC 9180) in the one suite that the format uses.

Suite: base mode, DHKEM(P-256, HKDF-SHA256) 0x0010, HKDF-SHA256 0x0001, AES-256-GCM 0x0002, one
message with empty AAD; output is enc (65 bytes) || ciphertext || tag (16 bytes).
"""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from procurement.rules.sealing.errors import BadKey

PRIVATE_LENGTH = 32
PUBLIC_LENGTH = 65
HPKE_OVERHEAD = PUBLIC_LENGTH + 16

CURVE = ec.SECP256R1()
SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

PrivateKey = bytes | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class OpenerKey:
    """A key pair: `private` is 32 bytes big-endian, `public` an uncompressed point of 65 bytes."""

    private: bytes = field(repr=False)
    public: bytes


def generate_opener_key() -> OpenerKey:
    key = ec.generate_private_key(CURVE)
    number = key.private_numbers().private_value
    return OpenerKey(number.to_bytes(PRIVATE_LENGTH, "big"), public_of(key))


def public_of(private: PrivateKey) -> bytes:
    """The 65 bytes of the public key; raises BadKey."""
    point = load_private(private).public_key()
    return point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def load_private(private: PrivateKey) -> ec.EllipticCurvePrivateKey:
    """Raises BadKey unless it is a P-256 private key."""
    if isinstance(private, ec.EllipticCurvePrivateKey):
        if isinstance(private.curve, ec.SECP256R1):
            return private
    elif len(private) == PRIVATE_LENGTH:
        try:
            return ec.derive_private_key(int.from_bytes(private, "big"), CURVE)
        except ValueError:
            pass
    raise BadKey(
        "This is not a P-256 private key of 32 bytes.",
        where="private key",
        remedy="Use the key that was made for this committee.",
    )


def load_public(public: bytes, where: str = "public key") -> ec.EllipticCurvePublicKey:
    """Raises BadKey unless it is an uncompressed point on P-256."""
    if len(public) == PUBLIC_LENGTH:
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public)
        except ValueError:
            pass
    raise BadKey(
        f"The {where} is not an uncompressed P-256 point of 65 bytes.",
        where=where,
        remedy="Have this key made again and published before the tender is.",
    )


def hpke_seal(plaintext: bytes, public: bytes, info: bytes) -> bytes:
    return SUITE.encrypt(plaintext, load_public(public), info=info)


def hpke_open(sealed: bytes, private: PrivateKey, info: bytes) -> bytes:
    """Raises cryptography's InvalidTag or ValueError if key, info or bytes do not fit."""
    return SUITE.decrypt(sealed, load_private(private), info=info)

"""A slow, literal opener of musika-seal/1, written from docs/reference/sealing.md alone.

It shares no code with the product: HPKE is spelled out from RFC 9180, the field arithmetic goes
bit by bit. If both agree on the golden envelope, the page is enough to write a third.
"""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def open_container(container: bytes, private_keys: dict[int, bytes], gate_key: bytes) -> bytes:
    box = json.loads(container)
    header_bytes = base64.b64decode(box["header"])
    digest = hashlib.sha256(header_bytes).digest()
    a_points = {
        i: hpke_open(
            base64.b64decode(box["sealed_shares"][i - 1]),
            key,
            b"musika-seal/1 share\0" + digest + bytes([i]),
        )
        for i, key in private_keys.items()
    }
    sealed_gate = base64.b64decode(box["sealed_gate"])
    b = hpke_open(sealed_gate, gate_key, b"musika-seal/1 gate\0" + digest)
    a = bytes(at_zero({i: share[j] for i, share in a_points.items()}) for j in range(32))
    dek = bytes(x ^ y for x, y in zip(a, b, strict=True))
    return decrypt(header_bytes, base64.b64decode(box["ciphertext"]), dek)


def decrypt(header_bytes: bytes, ciphertext: bytes, dek: bytes) -> bytes:
    header = json.loads(header_bytes)
    public = {
        name: value
        for name, value in header.items()
        if name not in ("dek_commit", "gate_commit", "share_commits")
    }
    text = json.dumps(public, sort_keys=True, separators=(",", ":"))
    context = hashlib.sha256(b"musika-seal/1 context\0" + text.encode()).digest()
    commit = hashlib.sha256(b"musika-seal/1 dek commit\0" + context + dek).hexdigest()
    assert commit == header["dek_commit"]
    key = expand(extract(context, dek), b"musika-seal/1 payload\0", 32)
    padded = AESGCM(key).decrypt(ciphertext[:12], ciphertext[12:], header_bytes)
    length = int.from_bytes(padded[:4], "big")
    return padded[4 : 4 + length]


def hpke_open(sealed: bytes, private: bytes, info: bytes) -> bytes:
    """RFC 9180: sections 4.1 (Decap), 5.1 (KeySchedule, mode_base), 6.1 (Open, sequence 0)."""
    enc, body = sealed[:65], sealed[65:]
    curve = ec.SECP256R1()
    key = ec.derive_private_key(int.from_bytes(private, "big"), curve)
    numbers = key.public_key().public_numbers()
    own = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    dh = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, enc))

    kem = b"KEM" + (0x0010).to_bytes(2, "big")
    eae_prk = labelled_extract(kem, b"", b"eae_prk", dh)
    shared = labelled_expand(kem, eae_prk, b"shared_secret", enc + own, 32)

    suite = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (0x0010, 0x0001, 0x0002))
    schedule = b"\0" + labelled_extract(suite, b"", b"psk_id_hash", b"")
    schedule += labelled_extract(suite, b"", b"info_hash", info)
    secret = labelled_extract(suite, shared, b"secret", b"")
    aead_key = labelled_expand(suite, secret, b"key", schedule, 32)
    nonce = labelled_expand(suite, secret, b"base_nonce", schedule, 12)
    return AESGCM(aead_key).decrypt(nonce, body, b"")


def labelled_extract(suite: bytes, salt: bytes, name: bytes, ikm: bytes) -> bytes:
    return extract(salt, b"HPKE-v1" + suite + name + ikm)


def labelled_expand(suite: bytes, prk: bytes, name: bytes, info: bytes, length: int) -> bytes:
    return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + name + info, length)


def extract(salt: bytes, ikm: bytes) -> bytes:
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([counter]), hashlib.sha256).digest()
        out, counter = out + block, counter + 1
    return out[:length]


def at_zero(points: dict[int, int]) -> int:
    total = 0
    for x, y in points.items():
        for other in points:
            if other != x:
                y = times(y, times(other, one_over(other ^ x)))
        total ^= y
    return total


def one_over(a: int) -> int:
    return next(b for b in range(1, 256) if times(a, b) == 1)


def times(a: int, b: int) -> int:
    product = 0
    for bit in range(8):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(14, 7, -1):
        if product >> bit & 1:
            product ^= 0x11B << (bit - 8)
    return product

"""Sealed bids: musika-seal/1 (docs/reference/sealing.md), AES of FIPS 197."""

from __future__ import annotations

import hashlib
import hmac
import struct

from procurement.dossier.verifier.base import Body, Broken, canonical


def _sbox() -> bytes:
    """FIPS 197, section 5.1.1: p runs through the powers of 3, q through their inverses."""
    box, p, q = [0x63] * 256, 1, 1
    while True:
        p ^= (p << 1 & 0xFF) ^ (0x1B if p & 0x80 else 0)
        for shift in (1, 2, 4):
            q ^= q << shift & 0xFF
        q ^= 0x09 if q & 0x80 else 0
        turned = q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4)
        box[p] = (turned & 0xFF) ^ 0x63
        if p == 1:
            return bytes(box)


SBOX = _sbox()
TWICE = [s << 1 ^ (0x11B if s & 0x80 else 0) for s in SBOX]
ROUND = [t << 24 | s << 16 | s << 8 | (s ^ t) for s, t in zip(SBOX, TWICE)]
ROUNDS = [[(t >> 8 * n | t << (32 - 8 * n)) & 0xFFFFFFFF for t in ROUND] for n in range(4)]


def _schedule(key: bytes) -> list[int]:
    words, constant = list(struct.unpack(">8L", key)), 1
    for i in range(8, 60):
        word = words[-1]
        if i % 8 == 0:
            word = (word << 8 | word >> 24) & 0xFFFFFFFF
        if i % 4 == 0:
            word = int.from_bytes(word.to_bytes(4, "big").translate(SBOX), "big")
        if i % 8 == 0:
            word, constant = word ^ constant << 24, constant << 1
        words.append(words[-8] ^ word)
    return words


def aes_block(words: list[int], block: bytes) -> bytes:
    """FIPS 197, one block under a schedule of 60 words (AES-256)."""
    (t0, t1, t2, t3), w = ROUNDS, words
    a, b, c, d = (x ^ y for x, y in zip(struct.unpack(">4L", block), words))
    for i in range(4, 56, 4):
        a, b, c, d = (
            t0[a >> 24] ^ t1[b >> 16 & 255] ^ t2[c >> 8 & 255] ^ t3[d & 255] ^ w[i],
            t0[b >> 24] ^ t1[c >> 16 & 255] ^ t2[d >> 8 & 255] ^ t3[a & 255] ^ w[i + 1],
            t0[c >> 24] ^ t1[d >> 16 & 255] ^ t2[a >> 8 & 255] ^ t3[b & 255] ^ w[i + 2],
            t0[d >> 24] ^ t1[a >> 16 & 255] ^ t2[b >> 8 & 255] ^ t3[c & 255] ^ w[i + 3],
        )
    flat = struct.pack(">4L", a, b, c, d).translate(SBOX)
    mixed = struct.unpack(">4L", bytes(flat[i * 5 % 16] for i in range(16)))
    return struct.pack(">4L", *(x ^ y for x, y in zip(mixed, words[56:])))


def aes_ctr(key: bytes, sealed: bytes) -> bytes:
    """AES-256-GCM without looking at the tag: the ledger's hash binds every byte before it."""
    words, text = _schedule(key), sealed[12:-16]
    counters = (sealed[:12] + struct.pack(">L", n + 2) for n in range(-(-len(text) // 16)))
    stream = b"".join(aes_block(words, block) for block in counters)[: len(text)]
    number = int.from_bytes(text, "big") ^ int.from_bytes(stream, "big")
    return number.to_bytes(len(text), "big")


def labelled(name: str, *parts: bytes) -> bytes:
    return hashlib.sha256(b"musika-seal/1 " + name.encode() + b"\0" + b"".join(parts)).digest()


def hkdf(secret: bytes, salt: bytes, name: str) -> bytes:
    """RFC 5869 with SHA-256, 32 bytes."""
    key = hmac.new(salt, secret, "sha256").digest()
    return hmac.new(key, b"musika-seal/1 " + name.encode() + b"\0\1", "sha256").digest()


def unseal(header: Body, ciphertext: bytes, dek: bytes) -> bytes:
    """The payload; the key must be the committed one."""
    late = ("dek_commit", "gate_commit", "share_commits")
    context = labelled("context", canonical({k: v for k, v in header.items() if k not in late}))
    gate = labelled("gate commit", context, hkdf(dek, context, "gate part")).hex()
    commits = (labelled("dek commit", context, dek).hex(), gate)
    if commits != (header["dek_commit"], header["gate_commit"]):
        raise Broken("the published key is not the committed one")
    padded = aes_ctr(hkdf(dek, context, "payload"), ciphertext)
    end = 4 + int.from_bytes(padded[:4], "big")
    if end > len(padded) or padded[end:].strip(b"\0"):
        raise Broken("it does not decrypt: the padding is wrong")
    return padded[4:end]

"""Opening: shares and the gate part are released, checked and put together.

Nothing here knows whether the tender has closed: the operation that calls it does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from procurement.rules.sealing.dealing import (
    SECRET_LENGTH,
    Deal,
    dek_commit,
    gate_commit,
    restore_dek,
    share_commit,
)
from procurement.rules.sealing.envelope import NONCE, SealedEnvelope
from procurement.rules.sealing.errors import (
    CiphertextUnreadable,
    DealMismatch,
    DekMismatch,
    GateMismatch,
    GateUnreadable,
    ShareMismatch,
    ShareUnreadable,
    TooFewShares,
    UnknownOpener,
)
from procurement.rules.sealing.header import Header, gate_info, share_info
from procurement.rules.sealing.keys import PrivateKey, hpke_open
from procurement.rules.sealing.padding import unpad


@dataclass(frozen=True)
class Opened:
    """What was inside, and the key that lets anyone repeat the decryption offline."""

    payload: bytes = field(repr=False)
    dek: bytes = field(repr=False)


def release_share(envelope: SealedEnvelope, index: int, private_key: PrivateKey) -> bytes:
    """The share (32 bytes) of opener `index`, 1..n.

    Raises UnknownOpener, BadKey, ShareUnreadable (the key or the header does not fit) or
    ShareMismatch (it opens, but is not what the header committed to).
    """
    _check_number(envelope.header, index)
    try:
        info = share_info(envelope.header_digest, index)
        share = hpke_open(envelope.sealed_shares[index - 1], private_key, info)
    except (InvalidTag, ValueError) as error:
        raise ShareUnreadable(
            f"The share of opener {index} does not open with this key.",
            where=f"sealed_shares[{index - 1}]",
            remedy="Check that this is opener's own key for this tender; if it is, the envelope "
            "was altered or wrongly sealed: let the other openers release theirs.",
        ) from error
    _check_share(envelope.header, index, share)
    return share


def release_gate(envelope: SealedEnvelope, gate_private_key: PrivateKey) -> bytes:
    """The gate part (32 bytes); raises BadKey, GateUnreadable or GateMismatch."""
    try:
        part = hpke_open(envelope.sealed_gate, gate_private_key, gate_info(envelope.header_digest))
    except (InvalidTag, ValueError) as error:
        raise GateUnreadable(
            "The gate part of this envelope does not open with this gate key.",
            where="sealed_gate",
            remedy="Restore the gate key with which the tender was published.",
        ) from error
    _check_gate(envelope.header, part)
    return part


def open_envelope(
    envelope: SealedEnvelope, shares: Mapping[int, bytes], gate_part: bytes
) -> Opened:
    """Open with at least k shares, keyed by opener 1..n, and the gate part.

    Raises UnknownOpener, ShareMismatch, GateMismatch, TooFewShares, and what `decrypt_with_dek`
    raises. Every quorum of right shares gives the same answer.
    """
    header = envelope.header
    for index, share in shares.items():
        _check_number(header, index)
        _check_share(header, index, share)
    _check_gate(header, gate_part)
    if len(shares) < header.k:
        raise TooFewShares(
            f"{len(shares)} of {header.k} openers have released their share.",
            where="shares",
            remedy=f"{header.k - len(shares)} more must release theirs.",
        )
    quorum = {index: shares[index] for index in sorted(shares)[: header.k]}
    dek = restore_dek(quorum, gate_part)
    return Opened(decrypt_with_dek(envelope, dek), dek)


def decrypt_with_dek(envelope: SealedEnvelope, dek: bytes) -> bytes:
    """The payload, for whoever holds the published DEK: checks the whole header on the way.

    Raises DekMismatch, DealMismatch, CiphertextUnreadable.
    """
    _check_deal(envelope.header, dek)
    key = Deal(dek, envelope.header).payload_key
    nonce, body = envelope.ciphertext[:NONCE], envelope.ciphertext[NONCE:]
    try:
        return unpad(AESGCM(key).decrypt(nonce, body, envelope.header_bytes))
    except (InvalidTag, ValueError) as error:
        raise CiphertextUnreadable(
            "The encrypted bid was altered or does not belong to this header.",
            where="ciphertext",
            remedy="Compare its hash with the receipt; publish the envelope as not openable.",
        ) from error


def _check_deal(header: Header, dek: bytes) -> None:
    if len(dek) != SECRET_LENGTH or not _same(dek_commit(header, dek), header.dek_commit):
        raise DekMismatch(
            "This key is not the one to which the header committed.",
            where="dek_commit",
            remedy="Use the key that was published for this revision of this bid.",
        )
    honest = Deal(dek, header).commitments()
    if honest != (header.dek_commit, header.gate_commit, header.share_commits):
        raise DealMismatch(
            "The shares of this envelope were not dealt as the format demands.",
            where="share_commits",
            remedy="Publish the envelope as wrongly sealed, with the released shares as evidence.",
        )


def _check_number(header: Header, index: int) -> None:
    if not 1 <= index <= header.n:
        raise UnknownOpener(
            f"There is no opener {index}: the committee has openers 1 to {header.n}.",
            where="index",
            remedy="Use the opener's number in the published committee.",
        )


def _check_share(header: Header, index: int, share: bytes) -> None:
    if not _same(share_commit(header, index, share), header.share_commits[index - 1]):
        raise ShareMismatch(
            f"The share of opener {index} is not the one to which the header committed.",
            where=f"share_commits[{index - 1}]",
            remedy="Release it again from this envelope; the other openers can also open it.",
        )


def _check_gate(header: Header, part: bytes) -> None:
    if not _same(gate_commit(header, part), header.gate_commit):
        raise GateMismatch(
            "The gate part is not the one to which the header committed.",
            where="gate_commit",
            remedy="Release it again from this envelope.",
        )


def _same(a: str, b: str) -> bool:
    return compare_digest(a, b)

"""Sealing: one payload into one envelope to a committee and the gate."""

import hashlib
import secrets
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from procurement.rules.sealing.dealing import SECRET_LENGTH, Deal
from procurement.rules.sealing.envelope import NONCE, SealedEnvelope
from procurement.rules.sealing.header import Context, Header, gate_info, share_info
from procurement.rules.sealing.keys import hpke_seal
from procurement.rules.sealing.padding import FLOOR, pad


def seal(
    payload: bytes,
    *,
    tender: str,
    terms_hash: str,
    tenderer: str,
    revision: int,
    committee: Sequence[bytes],
    k: int,
    gate_public: bytes,
    envelope: str = "single",
    tier: str = "S",
    floor: int = FLOOR,
) -> SealedEnvelope:
    """Seal `payload` so that k openers of the committee and the gate together can read it.

    `committee` holds public keys of 65 bytes, opener 1 first. `floor` (bytes) is the length below
    which all bids look alike; for a tender whose fullest bid is longer than 4 KiB the caller
    passes that length, computed from the tender and never from the bid.
    Raises BadHeader, BadKey, BadCommittee, PayloadTooLarge.
    """
    context = Context.of(
        tender=tender,
        terms_hash=terms_hash,
        tenderer=tenderer,
        revision=revision,
        committee=committee,
        k=k,
        gate_public=gate_public,
        envelope=envelope,
        tier=tier,
    )
    deal = Deal(secrets.token_bytes(SECRET_LENGTH), context)
    return _enclose(pad(payload, floor), deal, committee, gate_public)


def _enclose(
    padded: bytes, deal: Deal, committee: Sequence[bytes], gate_public: bytes
) -> SealedEnvelope:
    header_bytes = header_of(deal).to_bytes()
    digest = hashlib.sha256(header_bytes).digest()
    nonce = secrets.token_bytes(NONCE)
    return SealedEnvelope(
        header_bytes=header_bytes,
        ciphertext=nonce + AESGCM(deal.payload_key).encrypt(nonce, padded, header_bytes),
        sealed_shares=tuple(
            hpke_seal(share, public, share_info(digest, number))
            for number, (share, public) in enumerate(
                zip(deal.shares, committee, strict=True), start=1
            )
        ),
        sealed_gate=hpke_seal(deal.gate, gate_public, gate_info(digest)),
    )


def header_of(deal: Deal) -> Header:
    """The header that an honest sealer publishes for this deal."""
    dek, gate, shares = deal.commitments()
    fields = {name: getattr(deal.context, name) for name in Context.__dataclass_fields__}
    return Header(**fields, dek_commit=dek, gate_commit=gate, share_commits=shares)

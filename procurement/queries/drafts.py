"""Read a bid draft back; the key lives outside the database."""

from marketplace import keys
from marketplace.accounts.models import Organization
from procurement.models import BidDraft, Tender
from procurement.rules import sealing


def protect(data: bytes, tender: Tender, tenderer: Organization) -> bytes:
    return sealing.protect(data, keys.load("draft"), _context(tender, tenderer))


def read(tender: Tender, tenderer: Organization) -> tuple[bytes, int] | None:
    """The saved bytes and their version, or None. Raises DraftUnreadable after a key was lost."""
    row = BidDraft.objects.filter(tender=tender, tenderer=tenderer).first()
    if row is None:
        return None
    data = sealing.reveal(bytes(row.ciphertext), keys.load("draft"), _context(tender, tenderer))
    return data, row.version


def _context(tender: Tender, tenderer: Organization) -> bytes:
    return sealing.draft_context(tender=tender.reference, organisation=tenderer.public_id)

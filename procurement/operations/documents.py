"""Files that belong to a tender."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import puremagic
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import Tender, TenderDocument
from procurement.operations.common import check_tender_allows, lock_tender
from procurement.rules import documents as rules
from procurement.rules.bidding import Attachment

MAX_DOCUMENTS = 30
MAX_ATTACHMENTS = 50


def checked(filename: str, content: bytes) -> rules.CheckedFile:
    """Check a file by its content; raises BadDocument."""
    try:
        # Without the name: with it, a name alone would count as evidence of the content.
        found = frozenset(match.mime_type for match in puremagic.magic_string(content))
    except (puremagic.PureError, ValueError):
        found = frozenset()
    return rules.check(filename, content, found, settings.DOCUMENT_MAX_BYTES)


def check_attachments(attachments: Sequence[Attachment]) -> None:
    """What a bid brings with it: asked before we seal it, and of every bid at the opening.

    Raises BadDocument.
    """
    if len(attachments) > MAX_ATTACHMENTS:
        raise rules.BadDocument(
            f"A bid has at most {MAX_ATTACHMENTS} documents, not {len(attachments)}.",
            where="documents",
            remedy="Put pages that belong together into one PDF.",
        )
    for one in attachments:
        if checked(one.filename, one.content).media_type != one.media_type:
            raise rules.BadDocument(
                f"“{one.title}” is not of the type {one.media_type}.", where="documents"
            )


@transaction.atomic
def attach(
    *, tender: Tender, title: str, filename: str, content: bytes, by: User, now: datetime
) -> TenderDocument:
    """Attach a file to a draft; its type is read from its content."""
    locked = lock_tender(tender.pk)
    permissions.check_role(by, Permission.TENDER_DRAFT, locked.buyer)
    permissions.check_second_factor(by)
    check_tender_allows("tenders.edit", locked, now)
    locked.drafters.add(by)
    if locked.documents.count() >= MAX_DOCUMENTS:
        raise Invalid(f"A tender has at most {MAX_DOCUMENTS} documents.", where="file")
    file = checked(filename, content)
    digest = hashlib.sha256(content).hexdigest()
    if locked.documents.filter(sha256=digest).exists():
        raise Conflict("This file is attached already.", where="file")
    document = TenderDocument.objects.create(
        tender=locked,
        title=title.strip()[:200] or file.filename,
        filename=file.filename,
        media_type=file.media_type,
        size=len(content),
        sha256=digest,
        # Named by its digest: nothing that a person typed reaches the file system.
        file=ContentFile(content, name=digest),
        uploaded_at=now,
        uploaded_by=by,
    )
    record(
        "DocumentAttached",
        subject=locked.reference,
        body={"title": document.title, "sha256": digest, "size": len(content)},
        by=by,
        now=now,
        visibility="auditor",
    )
    return document


@transaction.atomic
def detach(*, document: TenderDocument, by: User, now: datetime) -> None:
    """Take a file off a draft; the ledger keeps that it was there."""
    locked = lock_tender(document.tender_id)
    permissions.check_role(by, Permission.TENDER_DRAFT, locked.buyer)
    permissions.check_second_factor(by)
    check_tender_allows("tenders.edit", locked, now)
    row = locked.documents.filter(pk=document.pk).first()
    if row is None:
        raise NotFound("There is no such document.")
    # Whoever takes a paper away shapes the tender as much as whoever adds one.
    locked.drafters.add(by)
    body = {"title": row.title, "sha256": row.sha256}
    row.delete()
    record(
        "DocumentDetached",
        subject=locked.reference,
        body=body,
        by=by,
        now=now,
        visibility="auditor",
    )

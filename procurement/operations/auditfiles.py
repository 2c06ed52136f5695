"""Audit files: drawing a sample, writing notes and findings."""

import re
import secrets
from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.errors import Invalid, NotFound
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import AuditFile, AuditFileLot, AuditNote, Tender
from procurement.operations.common import new_public_id
from procurement.queries import auditfiles
from procurement.rules import sampling

LARGEST = 500


@transaction.atomic
def draw(*, title: str, method: str, size: int, seed: str, by: User, now: datetime) -> AuditFile:
    """Draw a sample of awarded lots; without a seed one is made. The ledger keeps the seed.

    Raises NotPermitted, Invalid.
    """
    permissions.check_user_can_read_history(by)
    _check(title, method, size, seed)
    seed = seed or secrets.token_hex(16)
    lots, candidates = auditfiles.population(method, now)
    if not candidates:
        raise Invalid("Nothing was awarded yet, so there is nothing to draw from.", where="size")
    drawn = sampling.draw(candidates, seed, size, ranked=method != AuditFile.Method.RANDOM)
    made = AuditFile.objects.create(
        public_id=new_public_id(),
        title=title.strip(),
        method=method,
        seed=seed,
        population=len(candidates),
        population_digest=sampling.digest(candidates),
        made_by=by,
        made_at=now,
    )
    AuditFileLot.objects.bulk_create(
        AuditFileLot(file=made, position=place, lot=lots[row.name], measure=_measure(made, row))
        for place, row in enumerate(drawn, 1)
    )
    record(
        "AuditFileDrawn",
        subject=f"audit:{made.public_id}",
        body={
            "lots": [row.name for row in drawn],
            "method": method,
            "population": made.population,
            "population_digest": made.population_digest,
            "seed": seed,
        },
        by=by,
        now=now,
        visibility="auditor",
    )
    return made


def _measure(file: AuditFile, row: sampling.Candidate) -> str:
    if file.method == AuditFile.Method.RANDOM:
        return sampling.ticket(file.seed, row.name)[:12]
    return f"{row.measure:f}"


def _check(title: str, method: str, size: int, seed: str) -> None:
    if not title.strip():
        raise Invalid("Give the file a title.", where="title")
    if method not in AuditFile.Method.values:
        raise Invalid("Random, by risk or by value?", where="method")
    if not 1 <= size <= LARGEST:
        raise Invalid(f"Draw 1 to {LARGEST} lots.", where="size")
    if seed and not re.fullmatch(r"[0-9A-Za-z-]{1,64}", seed):
        raise Invalid("A seed has at most 64 letters, digits and hyphens.", where="seed")


@transaction.atomic
def write(
    *, file: AuditFile, kind: str, text: str, tender: Tender | None, by: User, now: datetime
) -> AuditNote:
    """Add a note or a finding, about a tender of the sample or the whole file.

    Raises NotPermitted, NotFound (not one's own file), Invalid.
    """
    permissions.check_user_can_read_history(by)
    if file.made_by_id != by.pk:
        raise NotFound("There is no such file, or it is not yours.")
    if kind not in AuditNote.Kind.values:
        raise Invalid("A note or a finding?", where="kind")
    if not text.strip():
        raise Invalid("Write something.", where="text")
    if tender and not file.lots.filter(lot__tender=tender).exists():
        raise Invalid("This tender is not in the sample.", where="tender")
    return AuditNote.objects.create(
        file=file, kind=kind, text=text.strip(), tender=tender, written_by=by, written_at=now
    )
